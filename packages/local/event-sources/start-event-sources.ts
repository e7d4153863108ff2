import type { QueueAccess } from '../engines/start-engines.ts';
import type { Authority, EventSource, Invoker, LambdaFunction } from '../model/application.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { EventSourceMapping } from './event-source-mapping.ts';

/** The permissions that Lambda checks when it creates a mapping. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const NEEDED_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

export interface EventSourcesOptions {
  eventSources: readonly EventSource[];
  /** Called for each batch, because a reload may change the functions. */
  functions: () => readonly LambdaFunction[];
  invoker: Invoker;
  queues: QueueAccess;
  authority: Authority;
  clock?: Clock;
  /** Logs one sentence for the developer. */
  log?: (line: string) => void;
}

export interface EventSources {
  /** Decides again which mappings poll. Call it after the permissions have changed. */
  reload(): void;
  /** Receives no more messages, and waits for the running batches. */
  stop(): Promise<void>;
}

/**
 * Polls queues and invokes functions as Lambda's event source mappings do. A mapping whose function is not allowed to
 * receive from its queue does not poll, and the log says so: AWS would refuse to create it.
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
    const lambda = functions().find((candidate) => candidate.functionName === functionName);
    if (!lambda) throw new Error(`An event source names the function ${functionName}, which does not exist`);
    return lambda;
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
        `${source.logicalId} does not poll ${source.queueArn}: the role of ${source.functionName} is not allowed to. ${refusal}`,
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
