/** A figure of the bench beside what it must reach. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `times less`, `ms`, `MB`. */
  readonly unit: string;
  readonly target: number;
  readonly stretch: number;
  /** Whether more or less of it is better. */
  readonly better: 'more' | 'less';
}

export type Verdict = 'missed' | 'reached' | 'stretch';

export const judgeFigure = ({ value, target, stretch, better }: Figure): Verdict => {
  const reaches = (bound: number): boolean => (better === 'more' ? value >= bound : value <= bound);
  if (reaches(stretch)) return 'stretch';
  return reaches(target) ? 'reached' : 'missed';
};
