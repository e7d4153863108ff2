// `npm run bench`: the fan-out beside the way it replaces and the least that is possible; or a part of the local run.
import { parseArgs } from 'node:util';
import { type CaseReport, formatReport, judgeFigure } from '../bench/report.ts';
import type { BenchOptions } from '../bench/run-bench.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';

const HELP = `npm run bench -- [fan-out|gateway|invocation] [--quick]

  fan-out     (default) the fan-out against a stub of AWS on this machine, beside the usual SDK loop and an unsigned raw
              TLS socket. Takes about five minutes; with --quick under one, for a look. Exits with 1 if a figure misses
              its target.
  gateway     the local gateway, beside a plain broadcast of ws: connections, signed posts, memory. Ten seconds.
  invocation  the local functions and queues: cold starts, what a warm invocation adds, how long a message waits. Seconds.

Quote ratios: times depend on the machine and on what else it does.`;

/** Each is loaded only when it runs, so that the memory it measures is its own. */
const BENCHES: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<CaseReport[]>>>> = {
  'fan-out': async () => (await import('../bench/cases/fan-out.ts')).fanOut,
  gateway: async () => (await import('../bench/cases/gateway.ts')).gateway,
  invocation: async () => (await import('../bench/cases/invocation.ts')).invocation,
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return console.log(HELP);
  const [name = 'fan-out', ...more] = positionals;
  const load = BENCHES[name];
  if (!load || more.length > 0)
    throw new Error(`Expected one of ${Object.keys(BENCHES).join(', ')}, got ${positionals.join(' ')}`);
  const measure = await load();
  const reports = await measure({ quick: values.quick, onProgress: (line) => process.stderr.write(`${line}\n`) });
  console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}${values.quick ? ', --quick' : ''}\n`);
  console.log(formatReport(reports));
  const missed = reports.flatMap(({ figures }) => figures).filter((figure) => judgeFigure(figure) === 'missed');
  if (missed.length > 0) process.exitCode = 1;
};

await main().catch(endWithSentence);
