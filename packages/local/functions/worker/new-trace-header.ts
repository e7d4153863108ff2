import { randomBytes } from 'node:crypto';
import { newTraceRoot } from '../../model/new-trace-root.ts';

/** The trace header of an event that came with none: Lambda generates one for each. */
export const newTraceHeader = (): string =>
  `${newTraceRoot(Date.now())};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
