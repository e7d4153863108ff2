/**
 * @typedef {{ kind: 'received' | 'refused' | 'info', text: string, details: string[] }} Entry
 */

const INFO = 'Your info: ';

/**
 * Describes a frame for the log: an error frame by its message and the rules that were broken, the caller's connection
 * info by its fields, and any other frame by its text.
 * @param {string} frame
 * @returns {Entry}
 */
export const readFrame = (frame) => {
  const value = parse(frame);
  if (typeof value?.message === 'string' && typeof value.requestId === 'string') return refusal(value);
  const [help, info] = frame.split(INFO);
  const fields = info === undefined ? undefined : parse(info);
  if (help !== undefined && fields) return { kind: 'info', text: help.trim(), details: flatten(fields) };
  return { kind: 'received', text: frame, details: [] };
};

/** @param {Record<string, any>} frame @returns {Entry} */
const refusal = ({ message, code, requestId, errors = [], moreErrors }) => ({
  kind: 'refused',
  text: code ? `${message} (${code})` : message,
  details: [
    ...(Array.isArray(errors) ? errors : []).map(({ path, message: rule }) => (path ? rule : `the message ${rule}`)),
    ...(moreErrors ? [`and ${moreErrors} more`] : []),
    `request ${requestId}`,
  ],
});

/** @param {Record<string, unknown>} fields @returns {string[]} */
const flatten = (fields, prefix = '') =>
  Object.entries(fields).flatMap(([name, value]) =>
    value !== null && typeof value === 'object'
      ? flatten(/** @type {Record<string, unknown>} */ (value), `${prefix}${name}.`)
      : [`${prefix}${name}: ${value}`],
  );

/** @param {string} text @returns {Record<string, any> | undefined} */
const parse = (text) => {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
};
