import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createChannelRecord, type PublishOptions } from '../../../schemas/channels/create-channel-record.ts';
import { defineChannels } from '../../../schemas/channels/define-channels.ts';
import { MAX_MESSAGE_FRAME_BYTES } from '../../../schemas/channels/frames.ts';
import type { ClientError } from '../../../schemas/errors.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

const text = compileValidator({ type: 'object', required: ['text'], properties: { text: { type: 'string' } } });
const channels = defineChannels({
  'room:{room}': { message: text, history: { seconds: 60 } },
  'name:{room}': { message: z.object({ name: z.string().trim() }) },
  'any:{room}': { message: (data: unknown): data is unknown => data !== 'never' },
});
const create = (channel: string, data: unknown, options?: PublishOptions & { publisher?: string }) =>
  createChannelRecord(channels, channel, data, options);
const refusal = (channel: string, data: unknown): Promise<ClientError> =>
  create(channel, data).then(
    () => Promise.reject(new Error('It was accepted')),
    (error) => error,
  );

describe('createChannelRecord', () => {
  it('makes a record with an id and the time', async () => {
    const before = Date.now();
    const record = await create('room:42', { text: 'hi' });
    expect(record).toEqual({
      ...{ v: 1, channel: 'room:42', data: { text: 'hi' }, id: expect.any(String), at: expect.any(Number) },
    });
    expect(record.at).toBeGreaterThanOrEqual(before);
    expect((await create('room:42', { text: 'hi' })).id).not.toBe(record.id);
  });

  it('has the data as the validator returns them, as JSON', async () => {
    expect((await create('name:1', { name: ' Ada ' })).data).toEqual({ name: 'Ada' });
    expect((await create('any:1', { at: new Date(0), gone: undefined })).data).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('takes data for the channel of a user, which has no definition', async () => {
    expect(await create('user:ann', 'hi')).toMatchObject({ channel: 'user:ann', data: 'hi' });
  });

  it('gives the same key of the same user the same id, and nobody else', async () => {
    const idOf = async (key: string, publisher?: string) =>
      (await create('any:1', Math.random(), { key, ...(publisher !== undefined && { publisher }) })).id;
    const first = await idOf('k1', 'ann');
    expect(await idOf('k1', 'ann')).toBe(first);
    const others = [await idOf('k1', 'bob'), await idOf('k2', 'ann'), await idOf('k1'), await idOf('nnk1', 'a')];
    expect(new Set([first, ...others]).size).toBe(5);
    expect(first).toMatch(/^[\w-]{32}$/);
  });

  it('leaves a connection out, but not in a channel with history', async () => {
    expect(await create('any:1', 'hi', { except: 'c1' })).toMatchObject({ except: 'c1' });
    await expect(create('room:1', { text: 'hi' }, { except: 'c1' })).rejects.toThrow(
      new TypeError(
        'The channel room:{room} has a history, so every subscriber receives every message: publish without except',
      ),
    );
  });

  it.each(['nosuch:1', '__proto__', 'constructor', 'room:1:2', ''])('refuses the channel %j', async (channel) => {
    expect(await refusal(channel, {})).toMatchObject({ code: 'CHANNEL_UNKNOWN', details: { channel } });
  });

  it('names the rules that the data breaks, with paths below /data', async () => {
    expect(await refusal('room:1', { text: 1 })).toMatchObject({
      code: 'MESSAGE_INVALID',
      details: { errors: [{ path: '/data/text', rule: 'type' }] },
    });
    expect(await refusal('name:1', { name: 1 })).toMatchObject({
      code: 'MESSAGE_INVALID',
      details: { errors: [{ path: '/data/name', rule: 'invalid_type' }] },
    });
    expect(await refusal('any:1', '')).toMatchObject({
      code: 'MESSAGE_INVALID',
      details: { errors: [{ path: '/data', rule: 'minLength' }] },
    });
  });

  it('accepts a message whose frame has 120 KB, and refuses one byte more', async () => {
    const { id, at } = await create('any:1', 'x');
    const frame = { type: 'message', channel: 'any:1', seq: Number.MAX_SAFE_INTEGER, data: '', id, at };
    const most = MAX_MESSAGE_FRAME_BYTES - JSON.stringify(frame).length;
    expect((await create('any:1', 'x'.repeat(most))).data).toHaveLength(most);
    expect(await refusal('any:1', 'x'.repeat(most + 1))).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      details: { bytes: MAX_MESSAGE_FRAME_BYTES + 1, maxBytes: MAX_MESSAGE_FRAME_BYTES },
    });
  });

  it.each([
    [undefined, 'got undefined'],
    [() => {}, 'got function'],
    [Promise.resolve(1), 'got a promise: await it'],
  ])('refuses data that have no JSON: %p', async (data, got) => {
    await expect(create('any:1', data)).rejects.toThrow(`Expected data to be a JSON value, ${got}`);
  });

  it.each([
    [{ exept: 'c1' }, "Unknown option 'exept' of a message. The options are key and except"],
    [{ key: '' }, 'Expected key to have 1 to 64 characters of A-Z a-z 0-9 _ -'],
    [{ key: 'a b' }, 'Expected key to have 1 to 64 characters'],
    [{ key: 'x'.repeat(65) }, 'Expected key to have 1 to 64 characters'],
    [{ key: 7 }, 'Expected key to have 1 to 64 characters'],
    [{ except: '' }, 'Expected except to be a connection id of 1 to 2048 characters'],
    [{ except: 7 }, 'Expected except to be a connection id'],
  ])('refuses the option %j', async (options, message) => {
    await expect(create('any:1', 'hi', options as never)).rejects.toThrow(message);
  });
});
