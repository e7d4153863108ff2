/** How far two lines agree; a `*` ends the certainty. */
const agreeingLength = (expected: string, shown: string): number => {
  let length = 0;
  while (length < shown.length && expected[length] === shown[length] && expected[length] !== '*') length += 1;
  return length;
};

/** Both lines under one another, and a mark where they part. */
export const describeDifference = (terminal: string, expected: string, shown: string): string => {
  const mark = expected.includes('*') ? '' : `\n              ${' '.repeat(agreeingLength(expected, shown))}^`;
  return `  expected ${terminal}< ${expected}\n  shown    ${terminal}< ${shown}${mark}`;
};
