import type { Stub } from './stub/start-stub.ts';

/** What every case of a run is given. */
export interface BenchRun {
  /** Fewer rounds and smaller: a look, not a measurement to publish. */
  readonly quick: boolean;
  readonly stub: Stub;
  /** The ways, bundled as functions are. */
  readonly workerFile: string;
  /** Folder of the bundled handlers. */
  readonly handlersFolder: string;
  /** Where files may be written that last as long as the run. */
  readonly folder: string;
  /** Told what is measured next. */
  readonly onProgress: (line: string) => void;
}
