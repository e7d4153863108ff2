import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DeliveryLedger,
  type LedgerConnection,
  NumberSet,
} from '../../../../packages/load/generator/delivery-ledger.ts';

const SETTLE_US = 1_000;
const END_US = 100_000;

describe('DeliveryLedger', () => {
  let ledger: DeliveryLedger;
  let sender: LedgerConnection;
  beforeEach(() => {
    ledger = new DeliveryLedger(false);
    sender = ledger.open(0, false);
  });

  const send = (message: number, sentAtUs: number): void => ledger.send(sender, { message, sentAtUs });
  const receive = (connection: LedgerConnection, message: number, sentAtUs: number, atUs: number) =>
    ledger.receive(connection, { message, sentAtUs }, atUs);
  const account = (endUs = END_US) => ledger.account({ ...ledger.times(), settleUs: SETTLE_US, endUs });

  it('expects a message at connections that were present throughout, but not at its sender', () => {
    const other = ledger.open(0, false);
    send(0, 100);
    receive(other, 0, 100, 150);
    expect([...account().expected]).toEqual([1]);
    expect([...account().lost]).toEqual([0]);
  });

  it('counts the lost deliveries exactly', () => {
    const others = [1, 2, 3].map(() => ledger.open(0, false));
    for (const message of [0, 1, 2]) {
      send(message, 100 + message);
      for (const [index, connection] of others.entries())
        if (index !== message) receive(connection, message, 100 + message, 200);
    }
    expect([...account().expected]).toEqual([3, 3, 3]);
    expect([...account().lost]).toEqual([1, 1, 1]);
  });

  it('does not expect a message at a connection that opened after it was sent', () => {
    const late = ledger.open(101, false);
    send(0, 100);
    expect([...account().expected]).toEqual([0]);
    expect(receive(late, 0, 100, 120)).toEqual({ receipt: 'first', outOfOrder: false });
    expect([...account().expected]).toEqual([0]);
  });

  it('does not expect a message at a connection that closed before the settle time was over', () => {
    const early = ledger.open(0, false);
    send(0, 100);
    ledger.close(early, 100 + SETTLE_US - 1);
    expect([...account().expected]).toEqual([0]);
  });

  it('expects a message at a connection that closed after the settle time', () => {
    const early = ledger.open(0, false);
    send(0, 100);
    ledger.close(early, 100 + SETTLE_US);
    expect([...account().expected]).toEqual([1]);
    expect([...account().lost]).toEqual([1]);
  });

  it('does not expect a message at a connection that closed before the last delivery of the message', () => {
    const [early, stayed] = [ledger.open(0, false), ledger.open(0, false)];
    send(0, 100);
    ledger.close(early, 5_000);
    receive(stayed, 0, 100, 9_000);
    expect([...account().expected]).toEqual([1]);
    expect([...account().lost]).toEqual([0]);
  });

  it('does not expect messages that were sent less than the settle time before the end', () => {
    ledger.open(0, false);
    send(0, END_US - SETTLE_US + 1);
    expect([...account().expected]).toEqual([0]);
  });

  it('counts a second delivery as a duplicate, even if the first was overdue', () => {
    const other = ledger.open(0, false);
    send(0, 100);
    expect(ledger.overdue(100 + SETTLE_US, SETTLE_US)).toBe(1);
    expect(receive(other, 0, 100, 5_000).receipt).toBe('first');
    expect(receive(other, 0, 100, 5_001).receipt).toBe('duplicate');
    expect(ledger.overdue(6_000, SETTLE_US)).toBe(0);
    expect([...account().lost]).toEqual([0]);
  });

  it('keeps a delivery overdue when another message arrives in time', () => {
    const other = ledger.open(0, false);
    send(0, 100);
    send(1, 900);
    expect(ledger.overdue(100 + SETTLE_US, SETTLE_US)).toBe(1);
    receive(other, 1, 900, 1_200);
    expect(ledger.overdue(1_300, SETTLE_US)).toBe(1);
  });

  it('calls a delivery out of order if a message that was sent later arrived before it', () => {
    const other = ledger.open(0, false);
    for (const message of [0, 1, 2, 3]) send(message, 100 + message);
    const inOrder = [2, 0, 1, 3].map((message) => !receive(other, message, 100 + message, 200).outOfOrder);
    expect(inOrder).toEqual([true, false, false, true]);
  });

  it('recognizes a delivery to the sender', () => {
    send(0, 100);
    expect(receive(sender, 0, 100, 150).receipt).toBe('own');
  });

  it('expects a message at its sender too if senders are included', () => {
    ledger = new DeliveryLedger(true);
    sender = ledger.open(0, false);
    send(0, 100);
    expect([...account().expected]).toEqual([1]);
    expect(receive(sender, 0, 100, 150).receipt).toBe('first');
    expect([...account().lost]).toEqual([0]);
  });

  it('counts slow connections separately, and leaves them out of the time to the last client', () => {
    const [slow, prompt] = [ledger.open(0, true), ledger.open(0, false)];
    send(0, 100);
    receive(prompt, 0, 100, 200);
    receive(slow, 0, 100, 50_000);
    expect([...account().expectedSlow]).toEqual([1]);
    expect([...ledger.times().lastPromptAtUs]).toEqual([200]);
    expect([...ledger.times().lastAtUs]).toEqual([50_000]);
  });

  it('does not expect messages at a slow connection that closed early, because some may be unread', () => {
    const slow = ledger.open(0, true);
    send(0, 100);
    ledger.close(slow, 50_000);
    expect([...account().expected]).toEqual([0]);
  });

  it('explains a message without a delivery by a later error frame, one frame a message', () => {
    ledger.open(0, false);
    for (const message of [0, 1]) send(message, 100 + message);
    ledger.refuse(sender, 150);
    expect(account()).toMatchObject({ refused: [0], cutOff: [] });
    ledger.refuse(sender, 151);
    expect(account()).toMatchObject({ refused: [0, 1] });
  });

  it('explains a message without a delivery by the lost connection of its sender', () => {
    ledger.open(0, false);
    send(0, 100);
    ledger.close(sender, 200);
    expect(account()).toMatchObject({ refused: [], cutOff: [0] });
  });
});

it('NumberSet has the same members as a Set, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 })), (numbers) => {
      const [numberSet, set] = [new NumberSet(), new Set<number>()];
      for (const number of numbers) {
        expect(numberSet.add(number)).toBe(!set.has(number));
        set.add(number);
      }
      for (const number of [...numbers, 0, 31, 32, 1_023, 1_024, 9_999])
        expect(numberSet.has(number)).toBe(set.has(number));
    }),
  );
});
