import type { Node } from 'constructs';
import { isStageName } from './constructs/fan-out-api-props.ts';

export interface Context {
  /** `-c stage=dev`. Default `production`. */
  stageName: string;
  /** `-c accessLogs=true`. Default false. */
  accessLogs: boolean;
}

/**
 * The options of the command line: CDK gives them as text.
 * @throws {Error} where `accessLogs` is neither `true` nor `false`, or `stage` is no name that a stage can have.
 */
export const readContext = (node: Node): Context => {
  const stageName = String(node.tryGetContext('stage') ?? 'production');
  const accessLogs = String(node.tryGetContext('accessLogs') ?? false);
  if (!isStageName(stageName))
    throw new Error(`-c stage: expected 1 to 128 letters, digits, "-" and "_", got "${stageName}"`);
  if (!['true', 'false'].includes(accessLogs))
    throw new Error(`-c accessLogs: expected true or false, got "${accessLogs}"`);
  return { stageName, accessLogs: accessLogs === 'true' };
};
