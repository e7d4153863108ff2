import * as hdr from 'hdr-histogram-js';

export type LatencyHistogram = hdr.Histogram;

/** Microseconds in three significant digits (0.1 %) up to a minute; it grows when something takes longer. */
export const latencyHistogram = (): LatencyHistogram =>
  hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: true,
  });
