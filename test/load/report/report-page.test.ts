import { expect, it } from '@jest/globals';
import { reportPage } from '../../../load/report/page/report-page.ts';
import { aReport } from '../a-report.ts';

it('needs nothing from elsewhere', () => {
  const page = reportPage(aReport(), aReport());
  expect(page).not.toMatch(/(src|href)="(?!data:)/);
  expect(page).not.toMatch(/@import|url\(/);
});

it('takes text of a target for text', () => {
  const { totals } = aReport();
  const page = reportPage(aReport({ totals: { ...totals, errorFrames: { '<script>alert(1)</script>': 1 } } }));
  expect(page).not.toContain('<script>alert');
  expect(page).toContain('&lt;script&gt;alert(1)');
});
