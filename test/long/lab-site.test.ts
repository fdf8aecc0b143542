/**
 * The guides and the API as pages beside the lab, in Chromium under the lab's content security policy: they open without faults,
 * search finds, every link leads somewhere, and every example opens in the lab.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems } from '../axe.ts';
import { type LabBrowser, labFolder, openLab } from '../lab-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let lab: LabBrowser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-site-'));
  cpSync(labFolder, folder, { recursive: true });
  const npm = (...words: string[]) => execFileSync('npm', words, { cwd: root, stdio: 'pipe' });
  if (!existsSync(join(root, 'site/node_modules'))) npm('ci', '--silent', '--ignore-scripts', '--prefix', 'site');
  execFileSync(process.execPath, ['site/build.mjs', folder], { cwd: root, stdio: 'pipe' });
  lab = await openLab(folder);
});
afterAll(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The pages by their path from `docs`, with their HTML. */
const pages = () =>
  readdirSync(join(folder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({ name, html: readFileSync(join(folder, 'docs', name), 'utf8') }));

test('every guide and every entry of the package has a page, and every link of a page leads to a file', () => {
  const all = pages();
  const names = all.map(({ name }) => name);
  const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [entry, value] of Object.entries(entries)) {
    if (typeof value === 'string' || entry.includes('*')) continue;
    expect(names).toContain(`modules/chainrule${entry.slice(1).replaceAll('/', '_')}.html`);
  }
  for (const guide of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))) {
    expect(names).toContain(`guides/${guide.replace('.md', '.html')}`);
  }
  const dead = all.flatMap(({ name, html }) =>
    [...html.matchAll(/ (?:href|src)="([^"#]+)[^"]*"/g)]
      .filter(([, address]) => !/^https?:/.test(address))
      .filter(([, address]) => !existsSync(join(folder, posix.join('docs', posix.dirname(name), decodeURI(address)))))
      .map(([, address]) => `${name}: ${address}`),
  );
  expect(dead).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'the pages open without faults, in %s; search finds train',
  async (colorScheme) => {
    const { page, faults } = await lab.open('docs/', { colorScheme, viewport: { width: 1280, height: 900 } });
    await page.getByRole('heading', { name: 'Quick start' }).waitFor();
    await page.keyboard.press('/');
    await page.locator('#tsd-search-input').fill('train');
    const found = page.locator('#tsd-search-results a').first();
    await found.waitFor();
    expect(await found.getAttribute('href')).toContain('functions/chainrule.train.html');
    await found.click();
    await page.getByRole('heading', { name: 'train', exact: false, level: 1 }).waitFor();
    expect(page.url()).toContain('functions/chainrule.train.html');
    // the text of the guides is searched too
    await page.keyboard.press('/');
    await page.locator('#tsd-search-input').fill('stratified');
    await page.locator('#tsd-search-results a[href*="guides/"]').first().waitFor();
    for (const path of ['docs/guides/tables.html', 'docs/', 'docs/functions/chainrule.train.html']) {
      await page.goto(lab.address + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // TypeDoc's own: a heading inside a list, and links in the summaries of its navigation
      const known = /^(heading-order|nested-interactive):/;
      expect((await axeProblems(page)).filter((problem) => !known.test(problem))).toEqual([]);
    }
    expect(faults).toEqual([]);
  },
);

test('every example’s link opens in the lab, and the lab leads back to the guides', async () => {
  const links = new Set(
    pages().flatMap(({ html }) =>
      [...html.matchAll(/index\.html(#(?:step|audit|table|graph)[^"]*)"/g)].map(([, hash]) => hash),
    ),
  );
  expect(links.size).toBeGreaterThan(8);
  const { page, faults } = await lab.open('docs/guides/experiment-file.html');
  await page.getByRole('link', { name: 'Open in the lab' }).first().click();
  await page.locator('main[data-view="step"] h1').waitFor();
  await page.getByRole('link', { name: 'Guides and API' }).click();
  await page.getByRole('heading', { name: 'Quick start' }).waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
  for (const hash of links) {
    const { page: opened, context, faults: own } = await lab.open(hash);
    await opened.locator('main h1').waitFor();
    expect(await opened.locator('.message.error').count(), hash.slice(0, 60)).toBe(0);
    expect(own).toEqual([]);
    await context.close();
  }
  const audit = [...links].find((hash) => hash.startsWith('#audit'))!;
  const { page: audited } = await lab.open(audit);
  await audited.locator('.audit-verdict.wrong, .audit-verdict.right').waitFor();
});
