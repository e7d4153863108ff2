import { type ChannelRules, checkRules } from '../../schemas/channels/channel-rules.ts';
import { readEnvironment } from '../../schemas/environment.ts';

/**
 * Reads the rules of the channels from `FAN_OUT_CHANNELS`.
 * @throws {Error} that names the variable, if it is missing or invalid.
 */
export const readChannelRules = (environment: NodeJS.ProcessEnv = process.env): ChannelRules => {
  const text = readEnvironment('FAN_OUT_CHANNELS', environment);
  try {
    const rules: ChannelRules = JSON.parse(text);
    checkRules(rules);
    return rules;
  } catch (error) {
    throw new Error(`The environment variable FAN_OUT_CHANNELS is invalid: ${(error as Error).message}`);
  }
};
