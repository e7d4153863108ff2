// The door of load testing for commands.
import { runCommand } from '../command-line/command.ts';
import { makePlan } from './plan/make-plan.ts';
import { PLAN_OPTIONS, questionOf } from './plan/plan-options.ts';
import { planTable } from './plan/plan-table.ts';
import { PRICES_AND_QUOTAS } from './plan/prices-and-quotas.ts';

/** `npm run plan`: what a stage of a given size does on AWS, and what it costs. */
export const plan = (): Promise<void> =>
  runCommand(
    {
      usage: 'npm run plan -- [options]',
      about: 'Says what a stage of a size does on AWS and what it costs, without running anything.',
      options: PLAN_OPTIONS,
    },
    async (options) => {
      process.stdout.write(planTable(makePlan(questionOf(options), PRICES_AND_QUOTAS)));
    },
  );

/**
 * `npm run load`: load-tests a stage and writes a report.
 * @param chat The program to start if neither `--url` nor `--app` is given: `npm start` of this repository.
 */
export const load = async (chat?: string): Promise<void> => {
  // Imported only here, because a plan starts in half the time without it.
  const { loadCommand } = await import('./load-command.ts');
  await loadCommand(chat);
};
