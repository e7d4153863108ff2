// `npm run plan`: what a stage of a given size does on AWS, and what it costs. See docs/load-testing.md.

import { makePlan } from '../packages/load/plan/make-plan.ts';
import { planTable } from '../packages/load/plan/plan-table.ts';
import { PRICES_AND_QUOTAS } from '../packages/load/plan/prices-and-quotas.ts';
import { readPlanArguments } from '../packages/load/plan/read-plan-arguments.ts';
import { InputError } from '../packages/load/workload/input-error.ts';

const HELP = `npm run plan -- [options]

  --connections 1000
  --rate 10/s        broadcasts a second, each to all connections
  --size 200B        of a message
  --hours 730        a month that they are connected and sent
  --quota 10000/s    requests a second of the account, if it was raised or the Region has less
  --concurrency 2    fan-out functions at once
`;

if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
  try {
    const question = readPlanArguments(process.argv.slice(2), PRICES_AND_QUOTAS);
    process.stdout.write(planTable(makePlan(question, PRICES_AND_QUOTAS)));
  } catch (error) {
    process.exitCode = error instanceof InputError ? 2 : 1;
    process.stderr.write(`${(error as Error).message}\n`);
  }
}
