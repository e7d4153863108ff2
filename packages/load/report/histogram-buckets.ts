import type { JsHistogram } from 'hdr-histogram-js';
import type { LatencyHistogram } from '../generator/latency-histogram.ts';
import type { Report } from './report-schema.ts';

type Bucket = Report['histogram']['buckets'][number];

/** Each bucket ends 1.26 times above the one before: ten to a factor of ten. */
const PER_DECADE = 10;

/** A histogram of microseconds in logarithmic buckets of milliseconds, from the lowest with a value to the highest. */
export const histogramBuckets = (histogram: LatencyHistogram): Bucket[] => {
  const counts = new Map<number, number>();
  const values = (histogram as JsHistogram).recordedValuesIterator;
  values.reset();
  while (values.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = values.next();
    const bucket = Math.ceil(Math.log10(valueIteratedTo / 1_000) * PER_DECADE);
    counts.set(bucket, (counts.get(bucket) ?? 0) + countAtValueIteratedTo);
  }
  const numbers = [...counts.keys()];
  const buckets: Bucket[] = [];
  for (let bucket = Math.min(...numbers); bucket <= Math.max(...numbers); bucket++) {
    buckets.push({ fromMs: edge(bucket - 1), toMs: edge(bucket), count: counts.get(bucket) ?? 0 });
  }
  return buckets;
};

const edge = (bucket: number): number => Number((10 ** (bucket / PER_DECADE)).toPrecision(4));
