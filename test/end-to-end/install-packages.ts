import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A package, as `npm pack --json` describes it. */
export interface Packed {
  name: string;
  filename: string;
  files: { path: string }[];
}

const run = promisify(execFile);
const PACKAGES = ['.', 'packages/local', 'packages/load'];
const PEERS = ['aws-cdk-lib', 'constructs', 'esbuild'];

/**
 * Packs the packages of this repository, and installs them in an application with their peers, in the versions that
 * this repository has.
 * @param folder The application. It has a `package.json`.
 */
export const installPackages = async (folder: string): Promise<readonly Packed[]> => {
  const packed: Packed[] = [];
  // One after another: they build in one repository.
  for (const path of PACKAGES) packed.push(await pack(path, folder));
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const peers = PEERS.map((name) => `${name}@${devDependencies[name]}`);
  const files = packed.map(({ filename }) => join(folder, filename));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...files, ...peers], { cwd: folder });
  return packed;
};

const pack = async (path: string, folder: string): Promise<Packed> => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: path });
  const [first] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))) as Packed[];
  return first as Packed;
};
