/** The record of a run and its page. */
export { renderCurves } from './curves.ts';
export { renderReport } from './page.ts';
export { type RunRecord, recordOf } from './record.ts';
