import type { Target } from '../../../packages/load/workload/target.ts';

export const aTarget = (url: string, target: Partial<Target> = {}): Target => ({
  url,
  headers: {},
  frame: '{"action":"send-message","message":"{{message}}"}',
  senderIncluded: false,
  ...target,
});
