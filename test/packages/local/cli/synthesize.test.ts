import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { synthesize } from '../../../../packages/local/cli/synthesize.ts';
import { until } from '../../../support/until.ts';

const outFolder = () => join(mkdtempSync(join(tmpdir(), 'synthesize-')), 'out');
/** An application in one line: a folder with a manifest, and what it was given. */
const APPLICATION =
  'mkdir -p "$CDK_OUTDIR" && echo "$CDK_CONTEXT_JSON" > "$CDK_OUTDIR/context.json" && echo {} > "$CDK_OUTDIR/manifest.json"';

describe('synthesize', () => {
  it('gives the folder that the application wrote', async () => {
    const folder = outFolder();
    expect(await synthesize({ command: APPLICATION, outFolder: folder })).toBe(folder);
    expect(await synthesize({ command: `sleep 0.01; ${APPLICATION}`, outFolder: folder })).toBe(folder);
  });

  it('shows what the application printed where it failed', async () => {
    const command = 'echo "stack.ts:3:1: no such thing" >&2; exit 3';
    await expect(synthesize({ command, outFolder: outFolder() })).rejects.toThrow(
      /ended with exit code 3 and made no cloud assembly:\nstack\.ts:3:1: no such thing$/,
    );
  });

  it.each([
    ['const stack = ;', /^file:.*\/app\.ts:1\nconst stack = ;\n *\^\n+SyntaxError .*: Expression expected$/],
    ['throw new Error("Set ISSUER");', /^file:.*\/app\.ts:1\n.*\n *\^\n+Error: Set ISSUER\n +at .*\/app\.ts:1:7\)?$/],
  ])('shows of %s where it is, and nothing of Node', async (text, said) => {
    const file = join(mkdtempSync(join(tmpdir(), 'application-')), 'app.ts');
    writeFileSync(file, text);
    const failure = await synthesize({ command: `node ${file}`, outFolder: outFolder() }).catch(
      ({ message }) => message,
    );
    expect(failure.replace(/^.*\n/, '')).toMatch(said);
  });

  it.each([
    ['true', 'ended with exit code 0 and made no cloud assembly:\nGive what synthesizes it, such as "npx cdk synth"'],
    ['kill -9 $$', 'ended with SIGKILL and made no cloud assembly:\nIt said nothing'],
  ])('says of %s, which prints nothing, how it ended', async (command, said) => {
    await expect(synthesize({ command, outFolder: outFolder() })).rejects.toThrow(said);
  });

  it('does not take an assembly of before for what a command made', async () => {
    const folder = outFolder();
    await synthesize({ command: APPLICATION, outFolder: folder });
    await expect(synthesize({ command: 'true', outFolder: folder })).rejects.toThrow(
      /exit code 0 and made no cloud assembly/,
    );
  });

  it('needs nothing of PATH', async () => {
    const { PATH } = process.env;
    process.env.PATH = join(tmpdir(), 'nowhere');
    const script =
      "require('fs').mkdirSync(process.env.CDK_OUTDIR);require('fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{}')";
    const folder = outFolder();
    const made = synthesize({ command: `"${process.execPath}" -e "${script}"`, outFolder: folder });
    process.env.PATH = PATH;
    expect(await made).toBe(folder);
  });

  it('ends everything that the command has started when it is told to', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'synthesize-')), 'pid');
    const ending = new AbortController();
    const command = `sh -c 'echo $$ > "${file}"; exec sleep 1000'; true`;
    const synthesis = synthesize({ command, outFolder: outFolder(), signal: ending.signal });
    const refused = expect(synthesis).rejects.toThrow('made no cloud assembly');
    const pid = Number(await until(() => existsSync(file) && readFileSync(file, 'utf8').trim()));
    ending.abort();
    await refused;
    await until(() => !isAlive(pid));
  });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
