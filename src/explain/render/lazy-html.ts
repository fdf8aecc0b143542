/** The page of a step, for programs that load its typesetter and its plots only when someone asks for it. */
import type { ExplainedStep } from '../explained.ts';
import type { RenderOptions } from './view.ts';

/**
 * A step as one HTML page that stands alone: formulas as MathML, drawings as SVG, light and dark, and no script. `blank` leaves
 * out the results, for a worksheet. Its parts (about 300 kB compressed in a browser) are loaded at the first call.
 *
 * @example
 * await explanationHtml(explanation(experiment(json))); // <!doctype html>…
 */
export async function explanationHtml(explained: ExplainedStep, options: RenderOptions = {}): Promise<string> {
  const { renderHtml } = await import('./html.ts');
  return renderHtml(explained, options);
}
