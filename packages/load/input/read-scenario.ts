import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type Parse, UsageError } from '../../command-line/command.ts';
import { quantity } from '../workload/quantity.ts';
import type { Phase } from '../workload/workload.ts';

const PHASE_FIELDS = ['name', 'duration', 'rate', 'burst', 'connections', 'churn'];

/** As `--connections` and `--churn` take them too. */
export const connectionCount = quantity('count', (count) => count >= 2, 'at least 2 (a sender and a receiver)');
export const churn = quantity('shareRate');
const count = quantity('count');
const rate = quantity('rate');
const phaseDuration = quantity('duration', (ms) => ms >= 100, 'at least 100ms');

/** What a phase takes from the command line where the file says nothing. */
export type PhaseDefaults = Pick<Phase, 'connections' | 'churnPerSecond'>;

/**
 * Reads the phases of a scenario, a YAML text such as
 * ```yaml
 * phases:
 *   - { name: warm-up, duration: 10s, rate: 2/s }
 *   - { name: ramp, duration: 30s, rate: 2/s to 20/s, connections: 500 }
 *   - { name: spike, duration: 5s, burst: 50, churn: 2%/s }
 * ```
 * A phase keeps the connections and the churn of the phase before it unless it says otherwise.
 * @param file Its name, for error messages.
 * @throws {UsageError} naming file, line and path of the first thing that is wrong.
 */
export const readScenario = (file: string, text: string, defaults: PhaseDefaults): Phase[] => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (node: Node | null | undefined): string => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
  const broken = document.errors[0];
  if (broken) throw new UsageError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`);
  const root = mapOf(document.contents, at, '', ['phases']);
  const list = root.get('phases', true) as Node | undefined;
  if (!isSeq(list) || list.items.length === 0) {
    throw new UsageError(`${at(list ?? root)}: phases: expected a list with at least one phase.`);
  }
  const phases: Phase[] = [];
  for (const [index, item] of list.items.entries()) {
    const path = `phases[${index}]`;
    const fields = mapOf(item as Node, at, path, PHASE_FIELDS);
    const before = phases[index - 1] ?? defaults;
    phases.push(
      phaseOf(fields, `phase ${index + 1}`, before, (field) => `${at(nodeOf(fields, field))}: ${path}.${field}`),
    );
  }
  return phases;
};

const nodeOf = (fields: YAMLMap, field: string): Node | undefined =>
  (fields.get(field, true) as Node | undefined) ?? fields;

/** The node as a map whose fields are all known. */
const mapOf = (
  node: Node | null | undefined,
  at: (node: Node | null | undefined) => string,
  path: string,
  known: readonly string[],
): YAMLMap => {
  if (!isMap(node))
    throw new UsageError(`${at(node)}: ${path || 'the file'}: expected a map with ${known.join(', ')}.`);
  for (const { key } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (!known.includes(name)) {
      const field = path ? `${path}.${name}` : name;
      throw new UsageError(`${at(key as Node)}: ${field} is not a field; known fields: ${known.join(', ')}.`);
    }
  }
  return node;
};

const phaseOf = (fields: YAMLMap, name: string, before: PhaseDefaults, where: (field: string) => string): Phase => {
  const read = (parse: Parse<number>, field: string, otherwise: number): number =>
    fields.has(field) ? parse(String(fields.get(field)), where(field)) : otherwise;
  if (!fields.has('duration')) throw new UsageError(`${where('duration')} is missing, such as duration: 30s.`);
  const [rateFrom, rateTo] = fields.has('rate') ? ratesOf(where('rate'), String(fields.get('rate'))) : [0, 0];
  return {
    name: String(fields.get('name') ?? name),
    durationMs: read(phaseDuration, 'duration', 0),
    rateFrom,
    rateTo,
    burst: read(count, 'burst', 0),
    connections: read(connectionCount, 'connections', before.connections),
    churnPerSecond: read(churn, 'churn', before.churnPerSecond),
  };
};

/** `5/s` stays; `5/s to 50/s` changes evenly. */
const ratesOf = (where: string, text: string): [from: number, to: number] => {
  const [from = '', to = from] = text.split(/\s+to\s+/);
  return [rate(from, where), rate(to, where)];
};
