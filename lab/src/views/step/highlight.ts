/** Marks the selected number, where it comes from and where it goes, wherever it is on the page: by rules of a style sheet. */
import { createEffect, onCleanup } from 'solid-js';
import type { Step } from './state.ts';

export function highlight(step: Step): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  onCleanup(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
  });
  const of = (ids: readonly number[]) => ids.map((id) => `.step [data-n="${id}"]`).join(', ');
  createEffect(() => {
    const id = step.selected();
    const rules: string[] = [];
    const sources = step.sources();
    const targets = step.targets().filter((each) => each !== id);
    if (targets.length > 0)
      rules.push(
        `${of(targets)} { --ring: dotted; --ring-dash: 2 3; --ring-width: 3; --ring-color: var(--backward); --line: ${dashes('--backward', 2, 5)}; }`,
      );
    if (sources.length > 0)
      rules.push(
        `${of(sources)} { --ring: dashed; --ring-dash: 6 3; --ring-width: 3; --ring-color: var(--forward); --line: ${dashes('--forward', 5, 8)}; }`,
      );
    if (id !== undefined) {
      rules.push(`${of([id])} { --ring: solid; --ring-width: 3; --ring-color: var(--text); --mark: var(--selected); }`);
    }
    sheet.replaceSync(rules.join('\n'));
  });
}

/** A line under a number in a formula, where an outline would cover its neighbors. */
const dashes = (color: string, on: number, period: number) =>
  `repeating-linear-gradient(90deg, var(${color}) 0 ${on}px, transparent ${on}px ${period}px)`;
