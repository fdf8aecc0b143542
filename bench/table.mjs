/** How numbers are shown, and how results get into docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Three significant digits, with separators of thousands. */
export const shown = (number) =>
  number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(number < 1 ? 2 : 3);

const page = new URL('../docs/benchmarks.md', import.meta.url);

/** Writes a text between `<!-- mark -->` and `<!-- /mark -->` in docs/benchmarks.md. */
export function writeBetween(mark, text) {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [before, rest] = readFileSync(page, 'utf8').split(start);
  const after = rest.split(end)[1];
  writeFileSync(page, `${before}${start}\n\n${text}\n\n${end}${after}`);
}
