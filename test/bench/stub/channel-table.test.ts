import { expect, it } from '@jest/globals';
import { toIndex } from '../../../bench/connection-ids.ts';
import { answerChannels, countRead } from '../../../bench/stub/channel-table.ts';
import { StubState } from '../../../bench/stub/stub-state.ts';

const stubWith = (members: number): StubState => {
  const state = new StubState();
  state.reset({ ...state.settings, members });
  return state;
};
type Page = {
  Items: { sk: { S: string } }[];
  LastEvaluatedKey?: { pk: { S: string }; sk: { S: string } };
};
const queryRoom = (room: number, state: StubState, ExclusiveStartKey?: Page['LastEvaluatedKey']): Page =>
  answerChannels.Query(
    {
      ExpressionAttributeValues: { ':pk': { S: `sub#room:${room}` } },
      Limit: 2,
      ConsistentRead: true,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    },
    state,
  ) as Page;

it('gives out the members of a room in pages, and no member of another room', () => {
  const state = stubWith(3);
  const first = queryRoom(7, state);
  const second = queryRoom(7, state, first.LastEvaluatedKey);
  const members = [first, second].flatMap(({ Items }) => Items.map(({ sk }) => toIndex(sk.S.split('#')[1] ?? '')));
  expect(members).toEqual([21, 22, 23]);
  expect(second.LastEvaluatedKey).toBeUndefined();
  expect(state.counts.readUnits).toBe(2);
});

it('counts a read as DynamoDB does: 4 KB a unit, at least one, and half of it if it may be stale', () => {
  const { counts } = new StubState();
  const item = { pk: { S: 'x'.repeat(98) } };
  const unitsOf = (count: number, isConsistent: boolean): number => {
    const before = counts.readUnits;
    countRead(
      Array.from({ length: count }, () => item),
      counts,
      isConsistent,
    );
    return counts.readUnits - before;
  };
  expect([unitsOf(0, true), unitsOf(40, true), unitsOf(41, true), unitsOf(41, false)]).toEqual([1, 1, 2, 1]);
});

it('keeps a head that was moved, until it is reset', () => {
  const state = stubWith(0);
  const key = { Key: { pk: { S: 'head#room:1' }, sk: { S: 'head' } }, ConsistentRead: true };
  const first = answerChannels.GetItem(key, state) as { Item: object };
  const values = { ':seq': { N: '8' }, ':source': { S: 'q/1' }, ':presenceSeq': { N: '0' } };
  answerChannels.UpdateItem({ ...key, ExpressionAttributeValues: values }, state);
  expect(answerChannels.GetItem(key, state)).toMatchObject({ Item: { seq: { N: '8' }, source: { S: 'q/1' } } });
  state.reset(state.settings);
  expect(answerChannels.GetItem(key, state)).toEqual(first);
});
