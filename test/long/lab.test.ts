/** The frame of the lab in Chromium: every view opens small, and without a fault or a violation. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LabBrowser, openLab, type Sent } from '../lab-page.ts';
import { labViews } from '../lab-views.ts';
import { axeFaults, contentWidth } from '../lab-watch.ts';

/** With UPDATE_PICTURES, the documentation's pictures of the views are taken here. */
const pictures = process.env.UPDATE_PICTURES && fileURLToPath(new URL('../../docs/lab', import.meta.url));

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

/** Fonts, and the data sets that a view shows. */
const apart = /\.woff2$|\.bin$|\/graphs\//;
const sumOf = (files: readonly Sent[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Runs in the page before its own code: notes the time when it can be used. */
function noteUsable([ready, text]: readonly [string, string]) {
  const all = globalThis as unknown as {
    document: { querySelector(selector: string): object | null; body?: { textContent: string } };
    requestAnimationFrame(callback: () => void): void;
    usableSince?: number;
  };
  const look = () => {
    const { document } = all;
    const isUsable = document.querySelector(ready) && new RegExp(text).test(document.body?.textContent ?? '');
    if (isUsable) all.usableSince = Date.now();
    else all.requestAnimationFrame(look);
  };
  look();
}
const usableSince = () => (globalThis as { usableSince?: number }).usableSince;

test.each(labViews)(
  'a link to %s loads at most 300 kB, as sent, until it can be used; fonts and data apart',
  async (view, ready, text) => {
    const { page, context } = await lab.open('about:blank');
    onTestFinished(() => context.close());
    // the browser's own window is ready, and the pages of other tests have ended
    await page.waitForTimeout(500);
    const before = lab.sent.length;
    await page.addInitScript(noteUsable, [ready, text.source] as const);
    const start = Date.now();
    await page.goto(`${lab.address}#${view}`, { waitUntil: 'commit' });
    const usable = await (await page.waitForFunction(usableSince)).jsonValue();
    const seconds = ((usable! - start) / 1000).toFixed(2);
    // what loads later is not waited for
    const loaded = lab.sent.slice(before).filter(({ time }) => time <= usable!);
    const program = loaded.filter(({ path }) => !apart.test(path));
    const data = loaded.filter(({ path }) => /\.bin$|\/graphs\//.test(path));
    const kB = (files: readonly Sent[]) => (sumOf(files) / 1000).toFixed(0);
    console.log(`${view}: ${seconds} s, ${kB(program)} kB in ${program.length} files, and ${kB(data)} kB of data`);
    expect(sumOf(program), JSON.stringify(program)).toBeLessThan(300_000);
    // no other view's code
    const others = labViews
      .filter(([name]) => name !== view)
      .map(([name]) => new RegExp(`/assets/${name}-[\\w-]{8}[.]`));
    expect(program.filter(({ path }) => others.some((other) => other.test(path)))).toEqual([]);
  },
);

describe.each(labViews)('%s', (view, ready) => {
  test.each([
    ['light', 1280, 900],
    ['dark', 1280, 900],
    ['light', 390, 844],
    ['dark', 390, 844],
  ] as const)('has no fault, violation or sideways scrolling (%s, %i px)', async (colorScheme, width, height) => {
    const { page, context, faults } = await lab.open(`#${view}`, { colorScheme, viewport: { width, height } });
    await page.waitForSelector(ready);
    await page.waitForTimeout(2000);
    expect(await axeFaults(page)).toEqual([]);
    expect(await contentWidth(page)).toBeLessThanOrEqual(width);
    expect(faults).toEqual([]);
    if (pictures && width > 400) {
      mkdirSync(pictures, { recursive: true });
      await page.waitForTimeout(3000);
      await page.screenshot({ path: join(pictures, `${view}-${colorScheme}.png`) });
    }
    await context.close();
  });
});

test('the navigation, by pointer and by keyboard, back and forward', async () => {
  const { page, context, faults } = await lab.open('#audit');
  const shown = () => page.getAttribute('main', 'data-view');
  await page.click('nav >> text=Playground');
  await expect.poll(shown).toBe('playground');
  await page.goBack();
  await expect.poll(shown).toBe('audit');
  await page.locator('nav a', { hasText: 'Step' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.step-current math');
  // the first Tab of the page reaches a button that skips the navigation
  await page.reload();
  await page.waitForSelector('.step-current math');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  expect(faults).toEqual([]);
  await context.close();
});

test.each([
  ['#nowhere', 'There is no view "nowhere"'],
  ['#step/<script>alert(1)</script>', 'This link is damaged'],
  ['#table/AAAA', 'This link is damaged'],
  [`#graph/${'A'.repeat(100_000)}`, 'This link is damaged'],
])('a damaged link (%.20s …) says so, and the view opens as usual', async (fragment, message) => {
  const { page, context, faults } = await lab.open(fragment);
  await expect.poll(() => page.textContent('[role=alert]').catch(() => '')).toContain(message);
  await page.waitForSelector('main h1, main h2');
  expect(faults).toEqual([]);
  await context.close();
});
