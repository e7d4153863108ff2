import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';

export const aConnectionRow = (overrides: Partial<ConnectionRow> = {}): ConnectionRow => ({
  connectionId: 'PJqB0fHsqRcCHlw=',
  connectedAt: 1_795_219_006,
  ttl: 1_795_226_506,
  ...overrides,
});
