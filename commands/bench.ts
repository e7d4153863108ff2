// `npm run bench`: the fan-out beside the way it replaces and the least that is possible.
import { parseArgs } from 'node:util';
import { formatReport } from '../bench/format-report.ts';
import { judgeFigure } from '../bench/judge-figure.ts';
import { runBench } from '../bench/run-bench.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';

const HELP = `npm run bench -- [--quick]

Measures the fan-out against a stub of AWS on this machine, beside the usual SDK loop and an unsigned raw TLS socket.
Takes about five minutes; with --quick under one, for a look. Quote ratios: times depend on the machine and on what else it
does. Exits with 1 where a figure misses its target.`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean' } } });
  if (values.help) return console.log(HELP);
  const reports = await runBench({ quick: values.quick, onProgress: (line) => process.stderr.write(`${line}\n`) });
  console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}${values.quick ? ', --quick' : ''}\n`);
  console.log(formatReport(reports));
  const missed = reports.flatMap(({ figures }) => figures).filter((figure) => judgeFigure(figure) === 'missed');
  if (missed.length > 0) process.exitCode = 1;
};

await main().catch(endWithSentence);
