/** What a target tells of one of its queues. */
export interface QueueReading {
  name: string;
  visible: number;
  inFlight: number;
  oldestAgeMs: number;
}
