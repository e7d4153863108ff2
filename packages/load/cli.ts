// Commands import this file.
import { runCommand } from '../command-line/command.ts';
import { channelPlanTable } from './plan/channels/channel-plan-table.ts';
import { makeChannelPlan } from './plan/channels/make-channel-plan.ts';
import { makePlan } from './plan/make-plan.ts';
import { channelQuestionOf, PLAN_OPTIONS, questionOf } from './plan/plan-options.ts';
import { planTable } from './plan/plan-table.ts';
import { PRICES_AND_QUOTAS } from './plan/prices-and-quotas.ts';

/** `npm run plan`: computes what a stage of a given size does on AWS and what it costs. */
export const plan = (): Promise<void> =>
  runCommand(
    {
      usage: 'npm run plan -- [options]',
      about: 'Computes what a stage of a given size does on AWS and what it costs. It does not send anything.',
      options: PLAN_OPTIONS,
    },
    async (options) => {
      const question = channelQuestionOf(options);
      process.stdout.write(
        question
          ? channelPlanTable(makeChannelPlan(question, PRICES_AND_QUOTAS))
          : planTable(makePlan(questionOf(options), PRICES_AND_QUOTAS)),
      );
    },
  );

/**
 * `npm run load`: load-tests a stage and writes a report.
 * @param chat The program to start if neither `--url` nor `--app` is given: `npm start` of this repository.
 */
export const load = async (chat?: string): Promise<void> => {
  // A lazy import: a plan starts twice as fast without it.
  const { loadCommand } = await import('./load-command.ts');
  await loadCommand(chat);
};
