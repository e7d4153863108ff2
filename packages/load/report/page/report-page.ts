import { format } from '../../text/format.ts';
import { compareReports } from '../compare-reports.ts';
import { compareRow } from '../compare-row.ts';
import { differingSettings } from '../differing-settings.ts';
import { endingLine } from '../ending-line.ts';
import { predictionRow } from '../prediction-row.ts';
import { reportFacts } from '../report-facts.ts';
import type { Distribution, Report } from '../report-schema.ts';
import { workloadLine } from '../workload-line.ts';
import { escapeHtml } from './escape-html.ts';
import { pagePlots } from './page-plots.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type Cell, pageTable } from './page-table.ts';
import { phaseStarts } from './phase-starts.ts';
import { plotCursor } from './plot-cursor.ts';

/**
 * The report as one HTML page that needs nothing else: no network, no other file. It reads without JavaScript, which
 * only shows the values under the pointer.
 */
export const reportPage = (report: Report, old?: Report): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load report: ${escapeHtml(workloadLine(report))}</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(workloadLine(report))}</h1>
<p>${escapeHtml(report.target.url)} · ${escapeHtml(report.startedAt)} · ${escapeHtml(`${report.machine.cpus} × ${report.machine.cpu}, ${report.machine.platform}, Node ${report.machine.node}`)}</p>
${noticesOf(report)}
</header>
<ul class="tiles">${tilesOf(report)}</ul>
<h2>Over time</h2>
${plotsOf(report, old)}
${report.workload.phases.length > 1 ? phaseTable(report) : ''}
<h2>Summary</h2>
${pageTable(
  [],
  reportFacts(report).map(({ name, text, bad }) => [name, bad ? { text, verdict: 'bad' as const } : text]),
)}
${
  report.predictions.length
    ? `<h2>What the planner predicted</h2>${pageTable(
        ['', 'Predicted', 'Measured', 'Off by'],
        report.predictions.map((prediction) => numbers(predictionRow(prediction))),
      )}`
    : ''
}
${old ? comparison(report, old) : ''}
${report.lossyMessages.length ? lossyMessages(report) : ''}
</main>
<script>(${plotCursor.toString()})();</script>
</body>
</html>
`;

const plotsOf = (report: Report, old: Report | undefined): string => {
  const plots = pagePlots(report, old).join('\n');
  const note = plots.includes('class="settling"')
    ? '<p>Where a plot is shaded, sending is over and what is under way arrives.</p>'
    : '';
  return `${note}<div class="plots">${plots}</div>`;
};

const phaseTable = ({ workload: { phases } }: Report): string => {
  const starts = phaseStarts(phases);
  const { duration, number, share } = format;
  const rows = phases.map(({ name, durationMs, rateFrom, rateTo, burst, connections, churnPerSecond }, index) =>
    numbers([
      name,
      duration((starts[index] ?? 0) * 1_000),
      duration(durationMs),
      `${number(rateFrom)}${rateTo === rateFrom ? '' : ` to ${number(rateTo)}`}/s`,
      number(burst),
      number(connections),
      `${share(churnPerSecond)}/s`,
    ]),
  );
  return `<h2>Phases</h2><p>A dotted line in the plots is the start of one.</p>${pageTable(['', 'From', 'For', 'Rate', 'Burst', 'Connections', 'Churn'], rows)}`;
};

const noticesOf = (report: Report): string =>
  [
    { text: endingLine(report), kind: 'bad' },
    {
      text: report.generator.limited
        ? `The generator limits what was measured: ${report.generator.findings.join('; ')}.`
        : '',
      kind: '',
    },
  ]
    .filter(({ text }) => text)
    .map(({ text, kind }) => `<p class="notice ${kind}">${escapeHtml(text)}</p>`)
    .join('');

const tilesOf = ({ totals, latencyMs, lastClientMs, connections }: Report): string => {
  const delay = ({ count }: Distribution, ms: number): Cell => ({ text: count > 0 ? format.duration(ms) : 'none' });
  const zero = (value: number): Cell => ({ text: format.number(value), verdict: value === 0 ? 'good' : 'bad' });
  const tiles: [string, Cell][] = [
    ['lost deliveries', zero(totals.lost)],
    ['duplicates', zero(totals.duplicates)],
    ['deliveries', { text: format.number(totals.deliveries) }],
    ['connections at most', { text: format.number(connections.mostOpen) }],
    ['latency p50', delay(latencyMs, latencyMs.p50)],
    ['latency p99', delay(latencyMs, latencyMs.p99)],
    ['last client, half of the messages', delay(lastClientMs, lastClientMs.p50)],
    ['last client, 99 % of the messages', delay(lastClientMs, lastClientMs.p99)],
  ];
  return tiles
    .map(
      ([label, { text, verdict = '' }]) =>
        `<li><b class="${verdict}">${escapeHtml(text)}</b><span>${escapeHtml(label)}</span></li>`,
    )
    .join('');
};

const numbers = ([name = '', ...values]: readonly string[]): (Cell | string)[] => [
  name,
  ...values.map((text) => ({ text, number: true })),
];

const comparison = (report: Report, old: Report): string => {
  const rows = compareReports(old, report).map((metric) => {
    const cells = numbers(compareRow(metric));
    const verdict = { better: 'good', worse: 'bad', same: undefined }[metric.verdict] as Cell['verdict'];
    return cells.map((cell, index) =>
      index === 3 && typeof cell === 'object' && verdict ? { ...cell, verdict } : cell,
    );
  });
  const differing = differingSettings(old, report);
  const notice = differing.length
    ? `<p class="notice">The runs differ in ${escapeHtml(differing.join(', '))}.</p>`
    : '';
  return `<h2>Compared with the run of ${escapeHtml(old.startedAt)}</h2>${notice}${pageTable(['', 'Before', 'Now', 'Change'], rows)}`;
};

const lossyMessages = ({ lossyMessages: lossy }: Report): string =>
  `<details><summary>Messages that somebody did not receive: the first ${lossy.length}</summary>${pageTable(
    ['Message', 'Sent at', 'Expected', 'Lost'],
    lossy.map(({ message, second, expected, lost }) =>
      numbers([`#${message}`, `${second.toFixed(2)} s`, format.number(expected), format.number(lost)]),
    ),
  )}</details>`;
