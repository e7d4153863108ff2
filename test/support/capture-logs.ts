import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';

/** A logger whose lines a test can read as objects. */
export const captureLogs = (): { logger: Logger; lines: Record<string, unknown>[] } => {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const logger = new Logger({ logLevel: 'DEBUG' });
  Object.assign(logger, { console: new Console(stream, stream) });
  return { logger, lines };
};
