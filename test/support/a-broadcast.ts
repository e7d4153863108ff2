import type { Broadcast } from '../../schemas/broadcast-record.ts';

/** Of 2026-11-20, and alive for a thousand years. */
export const aBroadcast = (overrides: Partial<Broadcast> = {}): Broadcast => ({
  id: 'b1',
  data: 'hello, everyone!',
  sentAt: 1_795_219_006_000,
  expiresAt: 33_352_000_000_000,
  attempts: 0,
  ...overrides,
});
