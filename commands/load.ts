// `npm run load`: load-tests a stage and writes a report. See docs/load-testing.md.
import { fileURLToPath } from 'node:url';
import { load } from '../packages/load/cli.ts';

await load(fileURLToPath(new URL('./start.ts', import.meta.url)));
