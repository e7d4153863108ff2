// `npm run plan`: computes what a stage of a given size does on AWS and what it costs. See docs/load-testing.md.
import { plan } from '../packages/load/cli.ts';

await plan();
