import type { Channels } from '../../../../schemas/channels/define-channels.ts';
import type { ChannelState } from '../../../../schemas/channels/frames.ts';
import { type Bug, copyWithBug } from '../../simulation/plant-bug.ts';
import { type ChannelEngine, RULES } from './channel-world.ts';

type Load = (name: string) => Promise<Record<string, unknown>>;

/** The engine of this repository. */
export const loadEngine = (): Promise<ChannelEngine> =>
  engineOf((name) => import(new URL(`../../../../${name}`, import.meta.url).href));

/** The engine with a bug. */
export const loadEngineWithBug = async (bug: Bug): Promise<ChannelEngine> =>
  engineOf(await copyWithBug(bug, ['fan-out', 'schemas', 'middleware', 'aws']));

const CHANNELS: Channels = {
  definitions: Object.fromEntries(
    Object.entries(RULES).map(([pattern, rule]) => [pattern, { ...rule, message: (_: unknown): _ is unknown => true }]),
  ),
};

const engineOf = async (load: Load): Promise<ChannelEngine> => {
  const { fanOutChannels } = await load('fan-out/channels/fan-out-channels.ts');
  const { endConnections } = await load('fan-out/channels/end-connections.ts');
  const { sync } = await load('middleware/channels/subscriptions.ts');
  const { Caller } = await load('middleware/channels/caller.ts');
  const { ENDED_DELAY_SECONDS } = await load('schemas/channels/ended-record.ts');
  return {
    fanOutChannels,
    endConnections,
    endedDelaySeconds: ENDED_DELAY_SECONDS,
    subscribe: async ({ connectionId, channel, after }, { channels, channelQueue }) => {
      const call = {
        table: channels,
        queue: channelQueue,
        channels: CHANNELS,
        // biome-ignore lint/suspicious/noExplicitAny: the class of the copy.
        caller: new (Caller as any)(channels, connectionId),
      };
      // biome-ignore lint/suspicious/noExplicitAny: the function of the copy.
      const answer = await (sync as any)({ channels: [{ channel, ...(after !== undefined && { after }) }] }, call);
      const [state] = answer.channels as (ChannelState & { code?: string })[];
      if (!state || state.code) throw new Error(state?.code ?? 'no state');
      return state;
    },
  } as ChannelEngine;
};
