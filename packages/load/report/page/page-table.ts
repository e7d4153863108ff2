import { escapeHtml } from './escape-html.ts';

/** A cell: text, and whether it stands to the right as numbers do and how it is judged. */
export interface Cell {
  text: string;
  number?: boolean;
  verdict?: 'good' | 'bad';
}

/** A table of numbers under `head`, or of names and texts without; it scrolls by itself where the page is too narrow for it. */
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
