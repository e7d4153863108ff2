import { describe, expect, it } from '@jest/globals';
import type { BroadcastQueue } from '../../../aws/queue/broadcast-queue.ts';
import type { BroadcastRecord } from '../../../schemas/broadcast-record.ts';
import type { EndedRecord } from '../../../schemas/channels/ended-record.ts';
import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import { MAX_MESSAGE_BYTES } from '../../../schemas/quotas.ts';

export interface QueueUnderTest {
  /** An empty queue, and functions that return the content of it and of its dead-letter queue. */
  start(): Promise<{
    queue: BroadcastQueue;
    sent(): { record: BroadcastRecord | EndedRecord; delayed: boolean }[];
    deadLetters(): DeadLetter[];
  }>;
  /** A queue that cannot be reached. */
  startDown(): Promise<BroadcastQueue>;
}

const record: BroadcastRecord = { v: 1, id: 'b1', data: 'hello, everyone!', sentAt: 1, expiresAt: 2, except: 'c1' };
const letter: DeadLetter = { v: 1, reason: 'slow', diedAt: 3, record: JSON.stringify(record) };

/** The promises of every broadcast queue. */
export const broadcastQueueContract = (name: string, { start, startDown }: QueueUnderTest): void => {
  describe(`${name} as a broadcast queue`, () => {
    it('takes a record as one unchanged message without delay', async () => {
      const { queue, sent, deadLetters } = await start();
      await queue.send(record);
      expect(sent()).toEqual([{ record, delayed: false }]);
      expect(deadLetters()).toEqual([]);
    });

    it('keeps every character of a text', async () => {
      const { queue, sent } = await start();
      const data = '\u0000\u0001\t\n"\\ \u007f é 漢 😀 \ud800 \ufffd \ufffe \uffff';
      await queue.send({ ...record, data });
      expect(sent()).toEqual([{ record: { ...record, data }, delayed: false }]);
    });

    it('takes the largest message, whose every byte is escaped', async () => {
      const { queue, sent } = await start();
      const data = '\u0001'.repeat(MAX_MESSAGE_BYTES);
      await queue.send({ ...record, data });
      expect(sent()).toEqual([{ record: { ...record, data }, delayed: false }]);
    });

    it('delays a record', async () => {
      const { queue, sent } = await start();
      await queue.send(record, { delaySeconds: 30 });
      expect(sent()).toEqual([{ record, delayed: true }]);
    });

    it('delays a record of ended connections', async () => {
      const { queue, sent } = await start();
      const ended: EndedRecord = { v: 2, ended: ['c1'], channel: 'room:42' };
      await queue.send(ended, { delaySeconds: 30 });
      expect(sent()).toEqual([{ record: ended, delayed: true }]);
    });

    it('sends a dead letter to the dead-letter queue alone', async () => {
      const { queue, sent, deadLetters } = await start();
      await queue.deadLetter(letter);
      expect(deadLetters()).toEqual([letter]);
      expect(sent()).toEqual([]);
    });

    it('rejects if it did not take the message', async () => {
      const queue = await startDown();
      await expect(queue.send(record)).rejects.toThrow();
      await expect(queue.deadLetter(letter)).rejects.toThrow();
    });
  });
};
