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
/** What the build of the pages prints. */
let printed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-site-'));
  cpSync(labFolder, folder, { recursive: true });
  const npm = (...words: string[]) => execFileSync('npm', words, { cwd: root, stdio: 'pipe' });
  if (!existsSync(join(root, 'site/node_modules'))) npm('ci', '--silent', '--ignore-scripts', '--prefix', 'site');
  printed = execFileSync(process.execPath, ['site/build.mjs', folder], { cwd: root, encoding: 'utf8' });
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
    // a page of each kind; their colors are those of the first four
    const colored = ['', 'guides/tables', 'functions/chainrule.train', 'classes/chainrule.Model'];
    const others = [
      'guides/benchmarks',
      'interfaces/chainrule.TrainingOptions',
      'modules/chainrule',
      'modules',
      'hierarchy',
    ];
    for (const path of colorScheme === 'dark' ? colored : [...colored, ...others]) {
      await page.goto(`${lab.address}docs/${path === '' ? '' : `${path}.html`}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      expect(await axeProblems(page), path).toEqual([]);
    }
    expect(faults).toEqual([]);
  },
);

/** The links into the lab of a page, in its order: `index.html`, `guides/tables.html`. */
const linksIn = (html: string) => [...html.matchAll(/index\.html(#[^"]+)"/g)].map(([, hash]) => hash);
const linksOf = (name: string) => linksIn(readFileSync(join(folder, 'docs', name), 'utf8'));

test('every example that trains, explains or embeds has a link, unless an experiment file cannot hold it', () => {
  // the build has run each program, and has compared its parameters with those of the experiment in the link
  const without = [...printed.matchAll(/^no link for (\S+):\d+: (.*)$/gm)].map(
    ([, page, reason]) => `${page}: ${reason}`,
  );
  const own = 'it has a part of its own, which an experiment file cannot hold';
  const count = (page: string, reason: string) => without.filter((each) => each === `${page}: ${reason}`).length;
  const trained = without.filter((each) => !each.endsWith(': it trains nothing'));
  expect(trained).toEqual([
    `docs/how-to.md: ${own}`,
    `docs/library.md: ${own}`,
    ...Array.from({ length: 3 }, () => `docs/own-recipes.md: ${own}`),
  ]);
  expect(count('docs/own-recipes.md', 'it trains nothing')).toBe(6);
  expect(without.length).toBe(15);
  const [, linked, all] = /from (\d+) of (\d+) examples/.exec(printed)!.map(Number);
  expect(all - linked).toBe(without.length);
  expect(linked / all).toBeGreaterThan(0.75);
});

test('every example’s link opens in the lab, and the lab leads back to the guides', async () => {
  const links = new Set(pages().flatMap(({ html }) => linksIn(html)));
  expect(links.size).toBeGreaterThan(30);
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

test.each([
  // the program of the README explains the step after its 100 epochs; the page shows six digits of its numbers
  ['index.html', 'step', -1, ['100 updates made', '2.30369']],
  // chainrule train penguins.csv --target species --test 0.2
  ['index.html', 'table', 1, ['0.06963', 'accuracy 0.971 against 0.986 on the 69 test rows']],
  // chainrule neighbors vectors.vec Cosette
  ['index.html', 'graph', 0, ['0.6541', '0.5942', '0.4855']],
  // console.log(test.accuracy.toFixed(3))
  ['guides/library.html', 'table', 0, ['accuracy 0.986', '69 test rows']],
  // chainrule explain experiment.json
  ['guides/understand-a-step.html', 'step', 0, ['loss 0.0211511', '0.855015']],
] as const)('the link in %s to the view %s, %i, shows the numbers of the example', async (name, view, at, numbers) => {
  const hash = linksOf(name)
    .filter((each) => each.startsWith(`#${view}/`))
    .at(at)!;
  const { page, context, faults } = await lab.open(hash);
  for (const number of numbers) await page.locator('main').getByText(number).first().waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
  await context.close();
});
