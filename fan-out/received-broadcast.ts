import type { Broadcast } from '../schemas/broadcast-record.ts';

/** A broadcast as it came out of the queue. */
export interface ReceivedBroadcast {
  /** Of the SQS message: what is answered where the record has to come back. */
  messageId: string;
  /** How often SQS has handed the message out, this time included. */
  receiveCount: number;
  broadcast: Broadcast;
}
