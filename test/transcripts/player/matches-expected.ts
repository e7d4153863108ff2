/** Whether a shown line is what a transcript expects: `*` in it stands for any characters. */
export const matchesExpected = (expected: string, shown: string): boolean =>
  new RegExp(`^${expected.split('*').map(literally).join('[^]*')}$`).test(shown);

const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
