import type { CaseReport } from '../report.ts';
import { type BenchOptions, runBench } from '../run-bench.ts';
import { largeRoom } from './channels/large-room.ts';
import { localLatency } from './channels/local-latency.ts';
import { manyRooms } from './channels/many-rooms.ts';
import { postsOfARoom } from './channels/posts-of-a-room.ts';
import { publishCost } from './channels/publish-cost.ts';
import { smallRoom } from './channels/small-room.ts';
import { subscriberMemory } from './channels/subscriber-memory.ts';

/** Compares channels with broadcasts to all, and measures large rooms and many rooms. */
export const channels = (options: BenchOptions): Promise<CaseReport[]> =>
  runBench([smallRoom, postsOfARoom, publishCost, localLatency, largeRoom, manyRooms, subscriberMemory], options);
