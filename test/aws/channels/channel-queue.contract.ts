import { describe, expect, it } from '@jest/globals';
import type { ChannelQueue } from '../../../aws/channels/channel-queue.ts';
import type { ChannelRecord } from '../../../schemas/channels/channel-record.ts';
import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import { MAX_MESSAGE_BYTES } from '../../../schemas/quotas.ts';

export interface ChannelQueueUnderTest {
  /** An empty queue, and functions that return the content of it and of its dead-letter queue, in order. */
  start(): Promise<{
    queue: ChannelQueue;
    sent(): Promise<ChannelRecord[]>;
    deadLetters(): Promise<{ letter: DeadLetter; group: string }[]>;
  }>;
  /** A queue that cannot be reached. */
  startDown(): Promise<ChannelQueue>;
}

const record: ChannelRecord = { v: 1, channel: 'room:42', data: { text: 'hello' }, id: 'm1', at: 1 };
const letter: DeadLetter = { v: 1, reason: 'unreadable', diedAt: 3, record: 'not a record' };

/** The promises of every channel queue. */
export const channelQueueContract = (name: string, { start, startDown }: ChannelQueueUnderTest): void => {
  describe(`${name} as a channel queue`, () => {
    it('takes records unchanged and in order', async () => {
      const { queue, sent, deadLetters } = await start();
      const look: ChannelRecord = { v: 1, channel: 'room:42', look: 'ann' };
      await queue.send(record, 'm1');
      await queue.send(look);
      expect(await sent()).toEqual([record, look]);
      expect(await deadLetters()).toEqual([]);
    });

    it('takes the same record again if it has no deduplication id', async () => {
      const { queue, sent } = await start();
      for (let time = 0; time < 2; time++) await queue.send(record);
      expect(await sent()).toEqual([record, record]);
    });

    it('keeps every character of a text', async () => {
      const { queue, sent } = await start();
      const data = '\u0000\u0001\t\n"\\ \u007f é 漢 😀 \ud800 \ufffd \ufffe \uffff';
      await queue.send({ ...record, data });
      expect((await sent()).map((message) => message.data)).toEqual([data]);
    });

    it('takes the largest message, whose every byte is escaped', async () => {
      const { queue, sent } = await start();
      const data = '\u0001'.repeat(MAX_MESSAGE_BYTES);
      await queue.send({ ...record, data });
      expect(await sent()).toEqual([{ ...record, data }]);
    });

    it('sends a dead letter with its group to the dead-letter queue alone, each time', async () => {
      const { queue, sent, deadLetters } = await start();
      for (let time = 0; time < 2; time++) await queue.deadLetter(letter, 'room:42');
      const expected = { letter, group: 'room:42' };
      expect(await deadLetters()).toEqual([expected, expected]);
      expect(await sent()).toEqual([]);
    });

    it('rejects if it did not take the message', async () => {
      const queue = await startDown();
      await expect(queue.send(record)).rejects.toThrow();
      await expect(queue.deadLetter(letter, 'room:42')).rejects.toThrow();
    });
  });
};
