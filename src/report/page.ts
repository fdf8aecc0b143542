/**
 * The page of a run: the outcome with its comparison with baselines, the curves, the scores, the data and the configuration.
 * It is self-contained and has no scripts.
 */
import { html } from '../explain/render/markup.ts';
import type { HistoryRow } from '../train/history.ts';
import { nameHtml, nameText, pageHtml } from './html.ts';
import type { RunRecord } from './record.ts';
import { configuration } from './sections/configuration.ts';
import { confusion } from './sections/confusion.ts';
import { curves } from './sections/curves.ts';
import { dataSection } from './sections/data.ts';
import { notices, outcome } from './sections/outcome.ts';
import { predictionPlots, probabilityPlots } from './sections/predictions.ts';
import { performanceSection, reproduction } from './sections/reproduction.ts';
import { results } from './sections/results.ts';
import { weights } from './sections/weights.ts';

/** The page of a run. */
export function renderReport(record: RunRecord, history: readonly HistoryRow[]): string {
  const title = `Training of ${nameText(record.name)}`;
  return pageHtml(title, [
    html`<header><h1>Training of ${nameHtml(record.name)}</h1>${outcome(record)}</header>`,
    notices(record.warnings),
    results(record),
    curves(record, history),
    confusion(record),
    probabilityPlots(record),
    predictionPlots(record),
    weights(record),
    dataSection(record),
    configuration(record),
    performanceSection(record),
    reproduction(record),
  ]);
}
