// `npm run bench`: measures the fan-out against the usual SDK loop and a raw TLS socket, or a part of the local run.
import { type CaseReport, formatReport, judgeFigure } from '../bench/report.ts';
import type { BenchOptions } from '../bench/run-bench.ts';
import { EXIT, runCommand, UsageError } from '../packages/command-line/command.ts';

/** A bench is imported only when it runs, so that it measures only its own memory. */
const BENCHES: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<CaseReport[]>>>> = {
  'fan-out': async () => (await import('../bench/cases/fan-out.ts')).fanOut,
  channels: async () => (await import('../bench/cases/channels.ts')).channels,
  gateway: async () => (await import('../bench/cases/gateway.ts')).gateway,
  invocation: async () => (await import('../bench/cases/invocation.ts')).invocation,
  validation: async () => (await import('../bench/cases/validation-cost.ts')).validationCost,
};

await runCommand(
  {
    usage: 'npm run bench -- [fan-out|channels|gateway|invocation|validation] [--quick]',
    about: `Measures one part and the code that it replaces. Quote the ratios: times depend on the machine and its load.

  fan-out     (default) the fan-out, the usual SDK loop and an unsigned raw TLS socket, against a stub of AWS on this
              machine. Five minutes, or under one with --quick. The exit code is 1 if a figure misses its target.
  channels    channels and broadcasts to all: CPU, reads, memory, publishing, the local run, large and many rooms.
              Ten minutes, or two with --quick. The exit code is 1 if a figure misses its target.
  gateway     the local gateway and a plain broadcast of ws: connections, signed posts, memory. Ten seconds.
  invocation  the local functions and queues: cold starts, time of a warm invocation, wait in the queue. Seconds.
  validation  compileValidator, Valibot, Zod and ArkType in a route: bundle size and cold start. Under a minute.`,
    argument: 'bench',
    argumentDefault: 'fan-out',
    options: { quick: { type: 'flag', help: 'run fewer rounds' } },
  },
  async ({ quick }, name) => {
    const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
    if (!load) throw new UsageError(`Expected one of ${Object.keys(BENCHES).join(', ')}, got ${name}`);
    const measure = await load();
    const reports = await measure({ quick, onProgress: (line) => process.stderr.write(`${line}\n`) });
    console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}${quick ? ', --quick' : ''}\n`);
    console.log(formatReport(reports));
    const missed = reports.flatMap(({ figures }) => figures).filter((figure) => judgeFigure(figure) === 'missed');
    if (missed.length > 0) process.exitCode = EXIT.failed;
  },
);
