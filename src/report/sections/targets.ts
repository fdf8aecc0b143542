/** Runs with several targets. */
import type { RunRecord } from '../record.ts';

/** Whether a run has several numeric targets. Their scores are means over different units. */
export const hasSeveralTargets = ({ data }: RunRecord['experiment']): boolean =>
  'target' in data && Array.isArray(data.target) && data.target.length > 1;

/** The target that a metric is measured on, if there are several: `r2(height)`. */
export const columnOf = (metric: string): string | undefined => /\((.*)\)$/s.exec(metric)?.[1];
