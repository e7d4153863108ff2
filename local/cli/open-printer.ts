import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { LocalEvent, LocalLog } from '../local-event.ts';
import { describeEvent } from './describe-event.ts';
import { functionLabels } from './function-labels.ts';

export interface PrinterOptions {
  json: boolean;
  /** Each line that a function prints, as it is, goes there too, in place of what an earlier run left. */
  logFile?: string;
}

/** Where a local run says what happens: to stdout, for a person or a program. */
export const openPrinter = ({ json, logFile }: PrinterOptions): LocalLog => {
  const file = logFile === undefined ? undefined : openFile(logFile);
  let labels: ReadonlyMap<string, string> = new Map();
  return (event: LocalEvent) => {
    if (event.type === 'log') file?.write(`${event.line}\n`);
    if (event.type === 'ready') labels = functionLabels(event.functions);
    const lines = json
      ? [JSON.stringify(event)]
      : describeEvent(event, (functionName) => labels.get(functionName) ?? functionName, new Date());
    for (const line of lines) process.stdout.write(`${line}\n`);
  };
};

const openFile = (logFile: string): WriteStream => {
  mkdirSync(dirname(logFile), { recursive: true });
  return createWriteStream(logFile);
};
