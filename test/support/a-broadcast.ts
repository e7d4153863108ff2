import type { Broadcast } from '../../schemas/broadcast-record.ts';

/** A broadcast of 2026-11-20 that expires after a thousand years. */
export const aBroadcast = (overrides: Partial<Broadcast> = {}): Broadcast => ({
  id: 'b1',
  data: 'hello, everyone!',
  sentAt: 1_795_219_006_000,
  expiresAt: 33_352_000_000_000,
  attempts: 0,
  ...overrides,
});
