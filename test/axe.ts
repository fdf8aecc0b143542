/** What axe finds on a page that is open in Chromium: one line for each problem and element. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

export async function axeProblems(page: Page): Promise<string[]> {
  // the page's own policy allows no other script, but the browser's debugger does
  await page.evaluate(source);
  const { violations } = (await page.evaluate('axe.run(document)')) as { violations: Finding[] };
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
}
