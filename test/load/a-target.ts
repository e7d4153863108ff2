import type { Target } from '../../load/input/target.ts';

export const aTarget = (url: string, target: Partial<Target> = {}): Target => ({
  url,
  headers: {},
  frame: '{"action":"send-message","message":"{{message}}"}',
  senderIncluded: false,
  ...target,
});
