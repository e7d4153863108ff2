/** What a structured logger adds to every line, and what its reader sees elsewhere in the run's output. */
const COMMON = new Set(['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id']);
const ORDINARY = new Set(['TRACE', 'DEBUG', 'INFO']);

/**
 * What a function printed, for a person. Plain text is shown as it is; a structured line as its level, its message and
 * what it says besides.
 * @returns `isOrdinary` for metrics and for what a structured logger gives the level info or less.
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
