/** Fields that every structured line has, or that the output of the run shows elsewhere. */
const COMMON = new Set(['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id']);
const ORDINARY = new Set(['TRACE', 'DEBUG', 'INFO']);

/**
 * Formats a line that a function printed, for a person. Plain text stays as it is. A structured line becomes its level,
 * its message and its other fields.
 * @returns `isOrdinary` is true for metrics, and for structured lines of the levels trace, debug and info.
 */
export const describeLogLine = (line: string): { text: string; isOrdinary: boolean } => {
  const fields = parse(line);
  if (fields?._aws !== undefined) return { text: line, isOrdinary: true };
  if (typeof fields?.level !== 'string' || typeof fields.message !== 'string') return { text: line, isOrdinary: false };
  const more = Object.entries(fields).filter(([name]) => !COMMON.has(name));
  const text = [fields.level, fields.message, ...more.map(([name, value]) => `${name}=${show(value)}`)].join(' ');
  return { text, isOrdinary: ORDINARY.has(fields.level.toUpperCase()) };
};

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const parse = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
