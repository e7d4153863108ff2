/**
 * Runs in the page: shows the values under the pointer below each plot of lines. It is put there as its own source
 * text, so it uses nothing from outside itself.
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
