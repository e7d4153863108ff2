import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { UsageError } from '../local/cli/usage-error.ts';
import { parseTranscript } from '../local/transcript/parse-transcript.ts';
import { runTranscript } from '../local/transcript/run-transcript.ts';

const HELP = `npm run transcript -- FILE [--url ws://127.0.0.1:3001/production]

Plays a terminal transcript (test/transcripts/README.md) with real WebSocket clients against a running stack, here or
deployed, and shows where what happens departs from it. Exit code 1 where it does.

  --url URL             default: ws://127.0.0.1:3001/production, where "npm start" listens
  --header "NAME: TEXT" header of the handshake; may be repeated
  --help`;

const header = (given: string): [string, string] => {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(given) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--header is "${given}": give "NAME: TEXT"`);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:3001/production' },
      header: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('Give one transcript: npm run transcript -- FILE');
  const steps = parseTranscript(readFileSync(file, 'utf8'), file);
  const departure = await runTranscript({
    steps,
    url: values.url,
    headers: Object.fromEntries(values.header.map(header)),
  });
  if (departure) throw new Error(`${file}:${departure.line}: this is not what happened\n${departure.description}`);
  console.log(`${file}: as written, ${steps.length} lines`);
};

await main().catch(endWithSentence);
