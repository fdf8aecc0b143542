/**
 * The report of an embedding in a real browser, on a phone and on a desktop, in light and dark: the map is drawn, search finds nodes,
 * the pointer names them, and a selected node shows its nearest ones.
 */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embed, readEdges } from '../../src/graphs/index.ts';
import { type EmbeddingFigures, embeddingFigures } from '../../src/graphs/map/figures.ts';
import { renderEmbedding } from '../../src/report/embedding/page.ts';
import { launchChromium } from '../chromium.ts';

const edges = fileURLToPath(new URL('../../examples/les-miserables.tsv', import.meta.url));

let browser: Browser;
let html: string;
let figures: EmbeddingFigures;
beforeAll(async () => {
  browser = await launchChromium();
  const { graph } = await readEdges(createReadStream(edges));
  const embedding = await embed(graph, { method: 'prone', dimensions: 16, seed: 1 });
  const labels = new Map(graph.ids.map((id) => [id, [/^M/.test(String(id)) ? 'begins with M' : 'another letter']]));
  figures = await embeddingFigures(graph, embedding, { kind: 'PCA', seed: 1, labels });
  html = renderEmbedding({
    ...{ name: 'les-miserables.tsv', method: 'prone', options: embedding.options, seed: 1, threads: 1, dimensions: 16 },
    graph: { nodes: graph.ids.length, edges: graph.neighbors.length / 2, isDirected: false, isWeighted: true },
    seconds: { reading: 0.1, training: 0.2 },
    progress: [
      { done: 0, loss: 4 },
      { done: 1, loss: 2.5 },
    ],
    figures,
    scores: [
      {
        title: 'Node classification, micro F1 in %',
        caption: 'Mean of 10 shuffles.',
        columns: [
          '10 %, raw',
          '50 %, raw',
          '90 %, raw',
          '10 %, standardized',
          '50 %, standardized',
          '90 %, standardized',
        ],
        rows: ['prone', 'cleora', 'random'].map((name, i) => ({
          name,
          isOwn: i === 0,
          values: [50, 60, 70, 50, 60, 70],
        })),
      },
    ],
    ...{ notes: [], warnings: [], versions: { chainrule: '0' }, command: 'chainrule embed les-miserables.tsv' },
  });
});
afterAll(() => browser?.close());

/** Where the script has drawn a node, in pixels of the window. */
async function placeOf(page: Page, id: string): Promise<{ readonly x: number; readonly y: number }> {
  const [x, y] = (await page.evaluate(`placeOf(data.ids.indexOf(${JSON.stringify(id)}))`)) as [number, number];
  const box = (await page.locator('#map').boundingBox())!;
  return { x: box.x + x, y: box.y + y };
}

/** A node that is drawn apart from all others, so that a pointer there means it alone. */
const lonely = (page: Page) =>
  page.evaluate(`data.ids[data.x.map((_, i) => {
    const [x, y] = placeOf(i);
    return [i, Math.min(...data.x.map((_, j) => { const [a, b] = placeOf(j); return j === i ? Infinity : Math.hypot(a - x, b - y); }))];
  }).sort((a, b) => b[1] - a[1])[0][0]]`) as Promise<string>;

/** The names that the page lists as nearest, and those of the figures. */
const listed = (page: Page) => page.locator('#map-near button').allTextContents();
const nearestOf = (id: string) => {
  const { ids, near } = figures.map;
  return near![ids.indexOf(id)].map((other) => ids[other]);
};

/** The share of the canvas that is not of its background, and the background's brightness from 0 to 1. */
const drawing = (page: Page) =>
  page.evaluate(`(() => {
    const canvas = document.getElementById('map');
    const { data: pixels } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) drawn += 1;
    const [r, g, b] = getComputedStyle(canvas).backgroundColor.match(/[\\d.]+/g).map(Number);
    return { drawn: drawn / (pixels.length / 4), brightness: (r + g + b) / 765 };
  })()`) as Promise<{ readonly drawn: number; readonly brightness: number }>;

describe.each([
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
] as const)('on a %s, %s', (device, colorScheme) => {
  const isPhone = device === 'phone';
  const errors: string[] = [];
  const requests: string[] = [];
  let page: Page;
  beforeAll(async () => {
    page = await browser.newPage({
      viewport: isPhone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
      colorScheme,
      hasTouch: isPhone,
      isMobile: isPhone,
    });
    page.on('console', (message) => errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.setContent(html);
    await page.waitForFunction('size.width > 0');
  });
  afterAll(() => page?.close());

  test('the map is drawn, and nothing scrolls the page sideways', async () => {
    const { drawn, brightness } = await drawing(page);
    expect(drawn).toBeGreaterThan(0.002);
    expect(drawn).toBeLessThan(0.3);
    if (colorScheme === 'dark') expect(brightness).toBeLessThan(0.3);
    else expect(brightness).toBeGreaterThan(0.8);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    expect(await page.locator('.map-legend').textContent()).toContain('begins with M');
  });

  test('search counts the matches, and Enter selects the node that was written', async () => {
    const search = page.getByLabel('Find a node');
    await search.fill('val');
    expect(await page.locator('#map-found').textContent()).toBe('1 node');
    await search.fill('nobody');
    expect(await page.locator('#map-found').textContent()).toBe('No node matches.');
    await search.fill('Valjean');
    await search.press('Enter');
    expect(await page.locator('#map-near').textContent()).toContain('Valjean (another letter). Nearest by cosine: ');
    expect(await listed(page)).toEqual(nearestOf('Valjean'));
  });

  test('a button of a nearest node selects that node', async () => {
    await page.getByLabel('Find a node').fill('Valjean');
    await page.getByLabel('Find a node').press('Enter');
    const [first] = nearestOf('Valjean');
    await page.locator('#map-near button').first().click();
    expect(await page.locator('#map-near span').textContent()).toContain(first);
    expect(await listed(page)).toEqual(nearestOf(first));
  });

  test(`${isPhone ? 'a tap' : 'a click'} on a point selects its node, and one beside all points selects none`, async () => {
    const id = await lonely(page);
    await page.locator('#map').scrollIntoViewIfNeeded();
    const { x, y } = await placeOf(page, id);
    if (isPhone) await page.touchscreen.tap(x, y);
    else await page.mouse.click(x, y);
    expect(await page.locator('#map-near span').textContent()).toContain(id);
    expect(await listed(page)).toEqual(nearestOf(id));
    const box = (await page.locator('#map').boundingBox())!;
    const corner = [box.x + 3, box.y + 3] as const;
    if (isPhone) await page.touchscreen.tap(...corner);
    else await page.mouse.click(...corner);
    expect(await page.locator('#map-near').textContent()).toBe('');
  });

  // a finger points at nothing before it taps
  if (!isPhone) {
    test('the pointer names a point and its label, within the map', async () => {
      const id = await lonely(page);
      await page.locator('#map').scrollIntoViewIfNeeded();
      const { x, y } = await placeOf(page, id);
      await page.mouse.move(x + 2, y + 1);
      const tip = page.locator('#map-tip');
      expect(await tip.isVisible()).toBe(true);
      expect(await tip.textContent()).toMatch(new RegExp(`^${id} · (begins with M|another letter)$`));
      const [inner, outer] = [(await tip.boundingBox())!, (await page.locator('#map').boundingBox())!];
      expect(inner.x).toBeGreaterThanOrEqual(outer.x);
      expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width);
      await page.mouse.move(outer.x - 5, outer.y - 5);
      expect(await tip.isVisible()).toBe(false);
    });
  }

  test('the buttons enlarge the map and shrink it to the whole again', async () => {
    const spread = () => page.evaluate('Math.abs(placeOf(0)[0] - placeOf(1)[0])') as Promise<number>;
    const before = await spread();
    await page.getByLabel('Enlarge the map').click();
    expect(await spread()).toBeCloseTo(1.6 * before, 6);
    await page.getByLabel('Shrink the map').click();
    expect(await spread()).toBeCloseTo(before, 6);
  });

  test('no script has failed, and nothing was fetched', () => {
    expect(errors).toEqual([]);
    expect(requests).toEqual([]);
  });
});
