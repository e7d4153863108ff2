import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** What both `npm start` and `middy-fanout local` understand. */
export interface LocalOptions {
  /** Of the first WebSocket API; further ones take the next. 0 takes free ones. */
  port: number;
  host: string;
  /** The stage whose URLs are shown. Default: the application's first. */
  stage?: string;
  /** A cloud assembly that is run as it is, without synthesizing. */
  cdkOut?: string;
  /** One JSON object a line in place of text. */
  json: boolean;
  /** Shows ordinary log lines that are otherwise in the log file only. */
  verbose: boolean;
  /** Lists grants that were never used when the run ends. */
  iamReport: boolean;
  /** Where the lines that functions print are kept. `npm run explain` reads them there. */
  logFile?: string;
  faults: readonly string[];
  seed: number;
  parameters: Readonly<Record<string, string>>;
  ignore: readonly string[];
}

const OPTIONS = {
  port: { type: 'string', default: '3001' },
  host: { type: 'string', default: '127.0.0.1' },
  stage: { type: 'string' },
  'cdk-out': { type: 'string' },
  json: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  'iam-report': { type: 'boolean', default: false },
  'log-file': { type: 'string' },
  fault: { type: 'string', multiple: true, default: [] },
  seed: { type: 'string', default: '1' },
  parameter: { type: 'string', multiple: true, default: [] },
  ignore: { type: 'string', multiple: true, default: [] },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies NonNullable<Parameters<typeof parseArgs>[0]>['options'];

export const LOCAL_OPTIONS_HELP = `
  --port 3001            port of the first WebSocket API; further ones take the next
  --host 127.0.0.1       address to listen on
  --stage NAME           the stage to run
  --cdk-out DIR          run this cloud assembly, without synthesizing
  --json                 print one JSON object a line
  --verbose              show what functions log at level info too, beside keeping it in the log file
  --iam-report           list grants that were never used, at the end
  --log-file FILE        keep the lines that functions print in this file, those of the last run
  --fault SPEC           break something on purpose: post:410=1%, post:429=1%, post:hang=1%,
                         post:delay=20ms±10ms, sqs:duplicate=1%, sqs:delay=2s±1s, dynamodb:throttle=1%,
                         function:crash=1%, function:crash=NAME@1%. May be repeated
  --seed 1               makes faults the same each time
  --parameter NAME=VALUE value of a template parameter. May be repeated
  --ignore NAME          leave out a resource by logical id, or all of a type. May be repeated
  --help`;

/** Options that only one of the commands has: `{ app: 'string' }`. */
type Extra = Readonly<Record<string, 'string' | 'boolean'>>;

/**
 * @param extra Further options, which are in `values`.
 * @returns `undefined` where help is asked for.
 * @throws {UsageError} naming the option, what was given and what is expected.
 */
export const parseLocalOptions = (
  args: readonly string[],
  extra: Extra = {},
): { options: LocalOptions; values: Readonly<Record<string, unknown>> } | undefined => {
  const further = Object.fromEntries(Object.entries(extra).map(([name, type]) => [name, { type }]));
  const { values } = parse(args, further);
  if (values.help) return undefined;
  return {
    values,
    options: {
      port: integer('--port', values.port, 65_535),
      host: values.host,
      ...(values.stage !== undefined && { stage: values.stage }),
      ...(values['cdk-out'] !== undefined && { cdkOut: values['cdk-out'] }),
      json: values.json,
      verbose: values.verbose,
      iamReport: values['iam-report'],
      ...(values['log-file'] !== undefined && { logFile: values['log-file'] }),
      faults: values.fault,
      seed: integer('--seed', values.seed, 2 ** 32 - 1),
      parameters: Object.fromEntries(values.parameter.map(nameAndValue)),
      ignore: values.ignore,
    },
  };
};

const parse = (args: readonly string[], further: Record<string, { type: 'string' | 'boolean' }>) => {
  try {
    return parseArgs({ args: [...args], options: { ...further, ...OPTIONS }, allowPositionals: false });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. --help lists the options`);
  }
};

const integer = (option: string, given: string, max: number): number => {
  const value = Number(given);
  if (/^\d+$/.test(given) && value <= max) return value;
  throw new UsageError(`${option} is "${given}": give a whole number from 0 to ${max}`);
};

const nameAndValue = (given: string): [string, string] => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--parameter is "${given}": give NAME=VALUE`);
};
