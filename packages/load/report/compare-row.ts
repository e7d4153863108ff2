import { format } from '../text/format.ts';
import type { ComparedMetric } from './compare-reports.ts';

/** A compared figure as text: old, new and the change. */
export const compareRow = ({
  label,
  unit,
  old,
  new: current,
  verdict,
}: ComparedMetric): [string, string, string, string] => {
  const shown = unit === 'ms' ? format.duration : format.number;
  const change =
    old === 0
      ? `${current > 0 ? '+' : ''}${shown(current)}`
      : `${current >= old ? '+' : ''}${Math.round((current / old - 1) * 100)} %`;
  return [label, shown(old), shown(current), `${change}${verdict === 'same' ? '' : `, ${verdict}`}`];
};
