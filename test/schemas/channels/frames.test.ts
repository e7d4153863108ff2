import { describe, expect, it } from '@jest/globals';
import { entryFrame, messageFrame, textOf } from '../../../schemas/channels/frames.ts';

const entry = { seq: 7, id: 'x', source: 'chat.fifo/1', at: 5 };

describe('entryFrame', () => {
  it('is the message without its source', () => {
    expect(entryFrame('room:1', { ...entry, kind: 'message', data: { a: 1 } })).toEqual({
      ...{ type: 'message', channel: 'room:1', seq: 7, data: { a: 1 }, id: 'x', at: 5 },
    });
  });

  it('tells who came and went, and not how many are here', () => {
    const data = { joined: ['ann'], left: ['bob'], count: 3 };
    expect(entryFrame('room:1', { ...entry, kind: 'presence', data })).toEqual({
      ...{ type: 'presence', channel: 'room:1', seq: 7, joined: ['ann'], left: ['bob'] },
    });
  });

  it.each([true, false])('tells large: %j', (large) => {
    const data = { joined: [], left: [], count: 80, large };
    expect(entryFrame('room:1', { ...entry, kind: 'presence', data })).toMatchObject({ large });
  });
});

it('messageFrame has no number without history', () => {
  expect(messageFrame('news', { data: null, id: 'x', at: 5 })).toEqual({
    ...{ type: 'message', channel: 'news', data: null, id: 'x', at: 5 },
  });
});

it('textOf is a string as it is, and any other value as JSON', () => {
  expect(['"hi"', { a: 1 }, null, 0].map(textOf)).toEqual(['"hi"', '{"a":1}', 'null', '0']);
});
