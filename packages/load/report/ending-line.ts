import { format } from '../text/format.ts';
import type { Report } from './report-schema.ts';

/** How a run ended where it did not run to its end: `The target died at 12.3 s: …`. Empty otherwise. */
export const endingLine = ({ ended: { reason, second, detail } }: Report): string => {
  if (reason === 'finished') return '';
  const what = reason === 'interrupted' ? 'Interrupted' : 'The target died';
  return `${what} at ${format.duration(second * 1_000)}: ${detail}. What was measured until then is below.`;
};
