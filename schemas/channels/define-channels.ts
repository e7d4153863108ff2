import { assertValidator, type BodyValidator } from '../validation/body-validator.ts';
import { isStandardSchema } from '../validation/standard-schema.ts';
import { type ChannelMatch, type ChannelRule, type ChannelRules, checkRules, findRule } from './channel-rules.ts';

/** Which clients may use the route `publish`. The server may always publish. */
export type PublishPolicy = 'nobody' | 'subscribers' | 'anyone';

const POLICIES: readonly PublishPolicy[] = ['nobody', 'subscribers', 'anyone'];

/** The channels of one pattern. */
export interface ChannelDefinition<Data = unknown> extends ChannelRule {
  /** Validates the `data` of a message, and gives it its type: a validator from a `*.validator.ts` file, or a schema of Zod, Valibot or ArkType. */
  readonly message: BodyValidator<Data>;
  /** Which clients may publish. Default `nobody`: only the server. */
  readonly publish?: PublishPolicy;
}

// biome-ignore lint/suspicious/noExplicitAny: a definition of any data.
export type ChannelDefinitions = Readonly<Record<string, ChannelDefinition<any>>>;

/** The channels of an application. */
export interface Channels<Definitions extends ChannelDefinitions = ChannelDefinitions> {
  readonly definitions: Definitions;
}

/**
 * Declares the channels of an application by pattern. A parameter in braces is one part between colons, and matches
 * anything but `:`. The channel `user:ID` of each user exists without a definition; declared as `user:{user}`, it can
 * have a history.
 *
 * ```ts
 * // schemas/channels.ts
 * import { defineChannels } from 'middy-fanout/schemas';
 * import { wave } from './wave.validator.ts';
 *
 * export const channels = defineChannels({
 *   'room:{room}': { message: wave, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
 *   'typing:{room}': { message: wave, publish: 'subscribers', ephemeral: true },
 * });
 * ```
 * - `history`: messages have numbers, are kept for 60 to 604,800 seconds, and a client can resume after a number.
 * - `presence`: the channel tells which users are here. It needs `history`.
 * - `ephemeral`: a message that could not be posted within 5 seconds is dropped.
 * @throws {TypeError} if a definition is wrong: two patterns that match one name, presence without history, a pattern
 * that begins with a parameter or with `user:`, an unknown option. The message names the pattern.
 */
export const defineChannels = <const Definitions extends ChannelDefinitions>(
  definitions: Definitions,
): Channels<Definitions> => {
  checkRules(definitions, ['message', 'publish']);
  for (const [pattern, { message, publish = 'nobody' }] of Object.entries(definitions)) {
    if (!POLICIES.includes(publish))
      throw new TypeError(
        `The channel '${pattern}': write publish: ${POLICIES.map((name) => `'${name}'`).join(' or ')}`,
      );
    try {
      if (!isStandardSchema(message)) assertValidator(message);
    } catch (error) {
      throw new TypeError(`The channel '${pattern}' needs message: ${(error as Error).message}`);
    }
  }
  return { definitions };
};

/** Finds the definition of a channel. The channel of a user may have a match without a definition. */
export const findChannel = (
  { definitions }: Channels,
  channel: string,
): ChannelMatch<Partial<ChannelDefinition> & ChannelRule> | undefined => findRule(definitions, channel);

/** The rules of all channels as plain data: without validators. */
export const rulesOf = ({ definitions }: Channels): ChannelRules =>
  Object.fromEntries(
    Object.entries(definitions).map(([pattern, { history, presence, ephemeral }]) => [
      pattern,
      {
        ...(history && { history: { seconds: history.seconds } }),
        ...(presence && { presence }),
        ...(ephemeral && { ephemeral }),
      },
    ]),
  );

/** The names that a pattern matches, as a type: `room:${string}` for `room:{room}`. */
type NamesOfPattern<Pattern> = Pattern extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${NamesOfPattern<After>}`
  : Pattern;

type PatternsOf<C> = C extends Channels<infer Definitions> ? keyof Definitions & string : never;

/** The names of all channels that are declared, as a type. */
export type ChannelName<C> = { [P in PatternsOf<C>]: NamesOfPattern<P> }[PatternsOf<C>];

/** The data of a channel's messages, as a type. */
export type ChannelData<C, Name extends string> =
  C extends Channels<infer Definitions>
    ? {
        [P in keyof Definitions]: Name extends NamesOfPattern<P>
          ? Definitions[P] extends { readonly message: BodyValidator<infer Data> }
            ? Data
            : never
          : never;
      }[keyof Definitions]
    : never;
