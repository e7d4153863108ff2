// Synthesizes examples in one process, so that the CDK is loaded only once. Arguments: an output folder, names of
// examples.
import { join } from 'node:path';

const [folder, ...names] = process.argv.slice(2);
for (const name of names) {
  process.env.CDK_OUTDIR = join(folder, name);
  await import(`../../examples/${name}/app.ts`);
}
