import type { QueueAccess } from '../engines/start-engines.ts';
import type { Authority, EventSource, Invoker, LambdaFunction } from '../model/application.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { EventSourceMapping } from './event-source-mapping.ts';

/** What Lambda checks when a mapping is made. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const NEEDED_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

export interface EventSourcesOptions {
  eventSources: readonly EventSource[];
  /** Asked at each batch: a run may be given others. */
  functions: () => readonly LambdaFunction[];
  invoker: Invoker;
  queues: QueueAccess;
  authority: Authority;
  clock?: Clock;
  /** One sentence for the developer. */
  log?: (line: string) => void;
}

export interface EventSources {
  /** Decides anew which mappings poll: the permissions have changed. */
  reload(): void;
  /** Receives nothing more, and waits for the batches that are being run. */
  stop(): Promise<void>;
}

/**
 * Polls queues and invokes functions as Lambda's event source mappings do. A mapping whose function may not receive from
 * its queue does not poll, which one line says: on AWS it could not have been made.
 */
export const startEventSources = ({
  eventSources,
  functions,
  invoker,
  queues,
  authority,
  clock = systemClock,
  log = () => {},
}: EventSourcesOptions): EventSources => {
  const functionOf = ({ functionName }: EventSource): LambdaFunction => {
    const found = functions().find((candidate) => candidate.functionName === functionName);
    if (!found) throw new Error(`An event source names the function ${functionName}, which does not exist`);
    return found;
  };
  const refusalOf = (source: EventSource): string | undefined => {
    const { functionName, roleArn } = functionOf(source);
    return NEEDED_ACTIONS.map((action) =>
      authority.decide({ kind: 'function', functionName, roleArn }, action, source.queueArn),
    )
      .map((decision) => (decision.allowed ? undefined : decision.message))
      .find((message) => message !== undefined);
  };
  const mappings = eventSources
    .filter(({ enabled }) => enabled)
    .map((source) => {
      const definition = () => functionOf(source);
      return { source, mapping: new EventSourceMapping({ source, definition, invoker, queues, clock, log }) };
    });
  const reload = (): void => {
    for (const { source, mapping } of mappings) {
      const refusal = refusalOf(source);
      if (refusal === undefined) {
        mapping.start();
        continue;
      }
      void mapping.stop();
      log(
        `${source.logicalId} does not poll ${source.queueArn}: the role of ${source.functionName} may not. ${refusal}`,
      );
    }
  };
  reload();
  return {
    reload,
    stop: async () => {
      await Promise.all(mappings.map(({ mapping }) => mapping.stop()));
    },
  };
};
