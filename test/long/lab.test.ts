/** The frame of the lab in Chromium: every view opens small, and without a fault or a violation. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabBrowser, openLab } from '../lab-page.ts';
import { axeFaults, contentWidth } from '../lab-watch.ts';

/** With UPDATE_PICTURES, the documentation's pictures of the views are taken here. */
const pictures = process.env.UPDATE_PICTURES && fileURLToPath(new URL('../../docs/lab', import.meta.url));

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

/** The views, each with an element that shows that it is ready. */
const views = [
  ['step', '.step-current math'],
  ['playground', 'main canvas'],
  ['digits', 'main canvas'],
  ['table', 'main table'],
  ['graph', 'main canvas'],
  ['audit', 'main table'],
] as const;

const fonts = /\.woff2$/;

test('the first load takes at most 300 kB as sent, with formulas and engine, fonts apart', async () => {
  const before = lab.sent.length;
  const start = performance.now();
  const { page, context } = await lab.open('');
  await page.waitForSelector('.step-current math');
  const ready = performance.now() - start;
  await page.waitForTimeout(2000);
  const loaded = lab.sent.slice(before).filter(({ path }) => !fonts.test(path));
  const bytes = loaded.reduce((sum, each) => sum + each.bytes, 0);
  console.log(`ready after ${ready.toFixed(0)} ms; ${(bytes / 1000).toFixed(0)} kB in ${loaded.length} files`);
  expect(bytes, JSON.stringify(loaded)).toBeLessThan(300_000);
  expect(loaded.map(({ path }) => path).filter((path) => /\.bin$|playground|digits|table|graph/.test(path))).toEqual(
    [],
  );
  await context.close();
});

describe.each(views)('%s', (view, ready) => {
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
