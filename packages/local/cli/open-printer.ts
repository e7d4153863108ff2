import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { LocalEvent, LocalLog } from '../model/local-event.ts';
import { shortLogicalId } from '../model/names.ts';
import { describeEvent } from './describe-event.ts';
import { describeLogLine } from './describe-log-line.ts';

export interface PrinterOptions {
  json: boolean;
  /** A file for the lines that functions print. It is emptied at the start. */
  logFile?: string;
  /** Shows ordinary log lines too. By default they are only in the file, if there is one. */
  verbose: boolean;
}

/** Opens the log of a local run: prints each event to stdout, as text or as JSON. */
export const openPrinter = ({ json, logFile, verbose }: PrinterOptions): LocalLog => {
  let file = logFile === undefined ? undefined : openFile(logFile);
  let isBroken = false;
  file?.once('error', ({ message }) => {
    file = undefined;
    const line = `${logFile} cannot be written (${message}). All lines that functions log are shown here.`;
    isBroken = true;
    process.stdout.write(json ? `${JSON.stringify({ type: 'notice', line })}\n` : `  ! ${line}\n`);
  });
  let labels: ReadonlyMap<string, string> = new Map();
  return (event: LocalEvent) => {
    const isQuiet = !isBroken && !verbose && !json;
    if (event.type === 'log') file?.write(`${event.line}\n`);
    if (event.type === 'ready') labels = functionLabels(event.logicalIds);
    if (isQuiet && event.type === 'log' && describeLogLine(event.line).isOrdinary) return;
    const lines = json
      ? [JSON.stringify(event)]
      : describeEvent(event, (functionName) => labels.get(functionName) ?? functionName, new Date());
    for (const line of lines) process.stdout.write(`${line}\n`);
    if (isQuiet && event.type === 'ready') {
      const kept = logFile === undefined ? 'not shown' : `in ${logFile}`;
      process.stdout.write(`  Lines that functions log at level info are ${kept}. --verbose shows them here.\n\n`);
    }
  };
};

const openFile = (logFile: string): WriteStream => {
  try {
    mkdirSync(dirname(logFile), { recursive: true });
  } catch {
    // createWriteStream fails too, with the reason.
  }
  return createWriteStream(logFile);
};

/**
 * Returns a short label for each function: its logical id without the hash at the end. If two functions would have the
 * same label, each keeps its full name.
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
