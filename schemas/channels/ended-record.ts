/** Our choice: delay of an ended record, in seconds: no `subscribe` of the connection runs any more after it. */
export const ENDED_DELAY_SECONDS = 30;

/**
 * A record of the broadcast queue that removes the subscriptions of connections that have ended. With `channel`, it
 * removes one subscription of a connection that the server has unsubscribed.
 */
export interface EndedRecord {
  v: 2;
  ended: readonly string[];
  channel?: string;
}

/** An ended record that was received from the queue. */
export interface ReceivedEnd {
  /** Id of the SQS message. */
  messageId: string;
  record: EndedRecord;
}

/** Parses a record. @returns `undefined` if the text is not such a record. */
export const readEndedRecord = (text: string): EndedRecord | undefined => {
  try {
    const record: Partial<EndedRecord> | null = JSON.parse(text);
    const { v, ended, channel } = record ?? {};
    const isRight =
      v === 2 &&
      Array.isArray(ended) &&
      ended.every((id) => typeof id === 'string' && id !== '') &&
      (channel === undefined || typeof channel === 'string');
    return isRight ? (record as EndedRecord) : undefined;
  } catch {
    return undefined;
  }
};
