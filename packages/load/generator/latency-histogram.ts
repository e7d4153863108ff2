import * as hdr from 'hdr-histogram-js';

export type LatencyHistogram = hdr.Histogram;

/** A histogram of microseconds with three significant digits (0.1 %). It is made for a minute and grows for more. */
export const latencyHistogram = (): LatencyHistogram =>
  hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: true,
  });
