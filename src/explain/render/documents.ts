/** A step as a document that stands alone, in the forms that people take away. */
import { anExplainedStep, renderOptions } from '../arguments.ts';
import type { ExplainedStep } from '../explained.ts';
import { renderLatex } from './latex.ts';
import type { RenderOptions } from './view.ts';

/**
 * A step as a LaTeX document: every line, the derivations of its functions, and their plots. `blank` leaves out the results, for
 * a worksheet.
 *
 * @example
 * explanationLatex(explanation(experiment(json))); // \\documentclass…
 */
export function explanationLatex(explained: ExplainedStep, options: RenderOptions = {}): string {
  anExplainedStep(explained, 'explanationLatex: explained');
  renderOptions(options, 'explanationLatex: options');
  return renderLatex(explained, options);
}

/**
 * A step as one HTML page: formulas as MathML, drawings as SVG, light and dark, and no script. `blank` leaves out the results,
 * for a worksheet. Its parts (about 300 kB compressed in a browser) are loaded at the first call.
 *
 * @example
 * await explanationHtml(explanation(experiment(json))); // <!doctype html>…
 */
export async function explanationHtml(explained: ExplainedStep, options: RenderOptions = {}): Promise<string> {
  anExplainedStep(explained, 'explanationHtml: explained');
  renderOptions(options, 'explanationHtml: options');
  const { renderHtml } = await import('./html.ts');
  return renderHtml(explained, options);
}
