/** Numbers as they are shown, and their place in the README. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Three digits, thousands apart. */
export const shown = (number) =>
  number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(number < 1 ? 2 : 3);

const readme = new URL('../README.md', import.meta.url);

/** Puts a text between `<!-- mark -->` and `<!-- /mark -->`. */
export function writeBetween(mark, text) {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [before, rest] = readFileSync(readme, 'utf8').split(start);
  const after = rest.split(end)[1];
  writeFileSync(readme, `${before}${start}\n\n${text}\n\n${end}${after}`);
}
