const KINDS: readonly [RegExp, string][] = [
  [/dead.?letter|dlq/i, 'dead-letter queue'],
  [/broadcast/i, 'broadcast queue'],
];

/** Labels each queue by its purpose, or by its name if the purpose is unknown or two queues share it. */
export const queueLabels = (names: readonly string[]): string[] => {
  const kinds = names.map((name) => KINDS.find(([pattern]) => pattern.test(name))?.[1]);
  const isUnique = (kind: string | undefined): boolean => kinds.filter((other) => other === kind).length === 1;
  return kinds.map((kind, index) => (kind && isUnique(kind) ? kind : `queue ${names[index]}`));
};
