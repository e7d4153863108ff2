import { expect, it } from '@jest/globals';
import { formatRequestTime } from '../../../../../packages/local/gateway/events/request-context.ts';

it('formats the time as API Gateway does: in UTC, with two digits for each part', () => {
  expect(formatRequestTime(Date.UTC(2023, 10, 29, 8, 4, 1))).toBe('29/Nov/2023:08:04:01 +0000');
  expect(formatRequestTime(Date.UTC(2024, 0, 2, 23, 59, 59, 999))).toBe('02/Jan/2024:23:59:59 +0000');
});
