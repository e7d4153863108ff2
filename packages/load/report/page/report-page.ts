import { format } from '../../text/format.ts';
import { compareReports, compareRow, differingSettings } from '../compare-reports.ts';
import type { Distribution, Report } from '../report.ts';
import { endingLine, predictionRow, reportFacts, workloadLine } from '../report-facts.ts';
import { escapeHtml } from './escape-html.ts';
import { pagePlots, phaseStarts } from './page-plots.ts';
import { PAGE_STYLE } from './page-style.ts';

/**
 * Makes the report as one HTML page without other files and without network requests. The page works without
 * JavaScript, which only shows the values under the pointer.
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
    ? `<h2>Predictions of the planner</h2>${pageTable(
        ['', 'Predicted', 'Measured', 'Difference'],
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
    ? '<p>In the shaded part of a plot, sending is over and late deliveries arrive.</p>'
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
  return `<h2>Phases</h2><p>A dotted line in the plots marks the start of a phase.</p>${pageTable(['', 'From', 'For', 'Rate', 'Burst', 'Connections', 'Churn'], rows)}`;
};

const noticesOf = (report: Report): string =>
  [
    { text: endingLine(report), kind: 'bad' },
    {
      text: report.generator.limited
        ? `The load generator, not the target, limited these results: ${report.generator.findings.join('; ')}.`
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
    ['most connections', { text: format.number(connections.mostOpen) }],
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

/** A cell of a table. `number` aligns it to the right. */
export interface Cell {
  text: string;
  number?: boolean;
  verdict?: 'good' | 'bad';
}

/** Makes a table, with a head if `head` is not empty. On a narrow page the table has its own scroll bar. */
export const pageTable = (head: readonly string[], rows: readonly (readonly (Cell | string)[])[]): string => {
  const cellOf = (cell: Cell | string, index: number): string => {
    const { text, number = false, verdict = '' } = typeof cell === 'string' ? { text: cell } : cell;
    if (index === 0) return `<th scope="row">${escapeHtml(text)}</th>`;
    return `<td class="${[number ? 'number' : '', verdict].join(' ').trim()}">${escapeHtml(text)}</td>`;
  };
  const top = head.length
    ? `<thead><tr>${head.map((text, index) => `<th scope="col"${index > 0 ? ' class="number"' : ''}>${escapeHtml(text)}</th>`).join('')}</tr></thead>`
    : '';
  return `<div class="scroll" tabindex="0"><table>${top}<tbody>${rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('')}</tbody></table></div>`;
};

/**
 * Runs in the page and shows the values under the pointer below each line plot. The page has the source text of this
 * function, so it must not use anything from this module.
 */
export const plotCursor = (): void => {
  for (const figure of document.querySelectorAll<HTMLElement>('[data-plot]')) {
    const data = JSON.parse(figure.dataset.plot ?? '{}');
    const drawing = figure.querySelector<HTMLElement>('.drawing');
    const cursor = figure.querySelector<HTMLElement>('.cursor');
    const output = figure.querySelector('output');
    if (!drawing || !cursor || !output) continue;
    drawing.addEventListener('pointermove', (event) => {
      const box = drawing.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      const index = Math.round(share * (data.xs.length - 1));
      cursor.hidden = false;
      cursor.style.left = `${(index / Math.max(1, data.xs.length - 1)) * 100}%`;
      const values = [];
      for (const series of data.series) values.push(`${series.name} ${series.values[index] ?? 'none'}`);
      output.textContent = `${data.xs[index]} s: ${values.join(' · ')}`;
    });
    drawing.addEventListener('pointerleave', () => {
      cursor.hidden = true;
      output.textContent = '';
    });
  }
};
