import type { Target } from '../workload/target.ts';
import type { Workload } from '../workload/workload.ts';
import type { FailCondition } from './fail-conditions.ts';

/** What `npm run load` was asked for, checked. */
export interface LoadArguments {
  /** `undefined`: the run starts its own target. */
  url: string | undefined;
  /** Added to the URL, the local run's too. */
  query: readonly (readonly [name: string, value: string])[];
  target: Omit<Target, 'url'>;
  workload: Workload;
  /** Generator processes. */
  processes: number;
  /** What the local run breaks on purpose, as `npm start -- --fault` takes it. */
  faults: readonly string[];
  /** The local run gets no warm-up. */
  cold: boolean;
  /** Folder of `report.json` and `report.html`. */
  out: string;
  /** A `report.json` to compare with. */
  compare: string | undefined;
  failOn: readonly FailCondition[];
}
