import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { LocalEvent, LocalLog } from '../model/local-event.ts';
import { shortLogicalId } from '../model/names.ts';
import { describeEvent } from './describe-event.ts';
import { describeLogLine } from './describe-log-line.ts';

export interface PrinterOptions {
  json: boolean;
  /** Each line that a function prints, as it is, goes there too, in place of what an earlier run left. */
  logFile?: string;
  /** Shows ordinary log lines too, which are otherwise in the file only. Without a file all are shown. */
  verbose: boolean;
}

/** Where a local run says what happens: to stdout, for a person or a program. */
export const openPrinter = ({ json, logFile, verbose }: PrinterOptions): LocalLog => {
  let file = logFile === undefined ? undefined : openFile(logFile);
  file?.once('error', ({ message }) => {
    file = undefined;
    const line = `${logFile} takes no more (${message}): all that functions log is shown here.`;
    process.stdout.write(json ? `${JSON.stringify({ type: 'notice', line })}\n` : `  ! ${line}\n`);
  });
  let labels: ReadonlyMap<string, string> = new Map();
  return (event: LocalEvent) => {
    const isQuiet = file !== undefined && !verbose && !json;
    if (event.type === 'log') file?.write(`${event.line}\n`);
    if (event.type === 'ready') labels = functionLabels(event.logicalIds);
    if (isQuiet && event.type === 'log' && describeLogLine(event.line).isOrdinary) return;
    const lines = json
      ? [JSON.stringify(event)]
      : describeEvent(event, (functionName) => labels.get(functionName) ?? functionName, new Date());
    for (const line of lines) process.stdout.write(`${line}\n`);
    if (isQuiet && event.type === 'ready') {
      process.stdout.write(`  What functions log at level info is in ${logFile}; --verbose shows it here.\n\n`);
    }
  };
};

const openFile = (logFile: string): WriteStream => {
  try {
    mkdirSync(dirname(logFile), { recursive: true });
  } catch {
    // Opening it fails too, and says why.
  }
  return createWriteStream(logFile);
};

/**
 * Names of functions as a person knows them: the logical id without the hash behind. Where that is the same for several,
 * each keeps its whole name.
 * @param logicalIds By function name.
 */
export const functionLabels = (logicalIds: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const short = Object.values(logicalIds).map(shortLogicalId);
  return new Map(
    Object.entries(logicalIds).map(([functionName, logicalId]) => {
      const label = shortLogicalId(logicalId);
      return [functionName, short.filter((other) => other === label).length === 1 ? label : functionName];
    }),
  );
};
