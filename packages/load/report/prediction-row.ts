import { format } from '../text/format.ts';
import type { Report } from './report-schema.ts';

/** A prediction as text: what, predicted, measured, and how far the measurement is from it. */
export const predictionRow = ({
  name,
  unit,
  predicted,
  measured,
}: Report['predictions'][number]): [string, string, string, string] => {
  const shown = (value: number): string =>
    unit === 'ms' ? format.duration(value) : `${format.number(value)} ${unit}`.trim();
  const off =
    predicted === 0 ? '' : `${measured >= predicted ? '+' : ''}${Math.round((measured / predicted - 1) * 100)} %`;
  return [name, shown(predicted), shown(measured), off];
};
