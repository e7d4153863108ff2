/** The meaning of each close code that API Gateway or a browser gives. */
const MEANINGS = /** @type {Readonly<Record<number, string>>} */ ({
  1000: 'closed normally',
  1001: 'API Gateway closes a connection after 10 idle minutes, and after 2 hours in any case: connect again',
  1003: 'a binary frame was sent: API Gateway accepts only text',
  1005: 'closed without a code',
  1006: 'the connection broke, or the handshake was refused',
  1007: 'a frame was not valid UTF-8',
  1009: 'a frame was larger than 32 KB, or a message than 128 KB',
  1011: 'the server failed',
});

/**
 * @param {{ code: number, reason: string, wasClean: boolean }} close
 * @returns {string}
 */
export const describeClose = ({ code, reason, wasClean }) => {
  const meaning = MEANINGS[code] ?? 'a code of the application';
  return `${code}${reason ? ` "${reason}"` : ''}, ${wasClean ? 'cleanly' : 'not cleanly'}: ${meaning}`;
};
