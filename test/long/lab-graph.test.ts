/** The lab's Graph view in Chromium: the bytes of the command line, the map's frames, hostile files, links, and the keyboard alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabBrowser, openLab } from '../lab-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli/main.js');
const karate = join(root, 'lab/public/graphs/karate.edges.tsv');
const folder = mkdtempSync(join(tmpdir(), 'chainrule-lab-graph-'));
let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

const chainrule = (...args: string[]) => execFileSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
/** The bytes that the command line writes. */
function embedded(edges: string, name: string, ...flags: string[]): Buffer {
  const out = join(folder, name);
  chainrule('embed', edges, ...flags, '--out', out, '--quiet');
  return readFileSync(out);
}
/** A link as lab/src/state/link.ts writes it. */
const linkTo = (settings: Record<string, unknown>) =>
  `#graph/${deflateRawSync(JSON.stringify({ version: 1, settings: { graph: settings } })).toString('base64url')}`;

const play = '.graph-play';
const ended = (page: Page) => page.locator(play, { hasText: 'Train again' }).waitFor({ timeout: 120_000 });
const started = (page: Page) => page.locator(play, { hasText: 'Pause' }).waitFor({ timeout: 60_000 });
/** Waits until the caption has this text. */
const captioned = (page: Page, text: string) =>
  page.locator('.graph-caption', { hasText: text }).waitFor({ timeout: 60_000 });
const fast = (page: Page) => page.getByLabel('Pace of the training').selectOption('fast');

/** The files that the download button gives. */
async function downloaded(page: Page, ending: string, count = 1): Promise<ReadonlyMap<string, Buffer>> {
  await page.getByLabel('Format of the vectors').selectOption(ending);
  const files = new Map<string, Buffer>();
  const all = new Promise<void>((resolve) => {
    page.on('download', async (download) => {
      files.set(download.suggestedFilename(), readFileSync(await download.path()));
      if (files.size === count) resolve();
    });
  });
  await page.getByRole('button', { name: 'Download the vectors' }).click();
  await all;
  page.removeAllListeners('download');
  return files;
}

/** Drops files of these names and texts on the view. */
const drop = (page: Page, files: Readonly<Record<string, string>>) =>
  page.evaluate(`(() => {
    const data = new DataTransfer();
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) data.items.add(new File([text], name));
    document.querySelector('.graph-view').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  })()`);

describe('the bytes of the command line', () => {
  test('karate as it opens, in four formats, and the neighbors that the command line finds', async () => {
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    await fast(page);
    await ended(page);
    for (const [ending, count] of [
      ['.vec', 1],
      ['.npy', 2],
      ['.tsv', 2],
      ['.parquet', 1],
    ] as const) {
      const files = await downloaded(page, ending, count);
      expect(files.get(`karate${ending}`), ending).toEqual(embedded(karate, `karate${ending}`, '--method', 'node2vec'));
      for (const [name, bytes] of files) expect(bytes, name).toEqual(readFileSync(join(folder, name)));
    }
    await page.locator('.graph-list').selectOption({ label: '33' });
    await page.waitForSelector('.graph-near li');
    await page.waitForTimeout(500);
    const shown = await page.locator('.graph-near button').allInnerTexts();
    const found = JSON.parse(chainrule('neighbors', join(folder, 'karate.vec'), '33', '--json')) as {
      neighbors: { id: string; similarity: number }[];
    };
    expect(shown.map((text) => text.split(/\s+/).filter((part) => part !== ''))).toEqual(
      found.neighbors.map(({ id, similarity }) => [id, similarity.toFixed(4)]),
    );
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each([
    [
      'node2vec',
      { p: 0.25, q: 4, dimensions: 20, walksPerNode: 4 },
      ['--p', '0.25', '--q', '4', '--dimensions', '20', '--walks-per-node', '4'],
    ],
    ['line', { dimensions: 16, samplesPerNode: 200 }, ['--dimensions', '16', '--samples-per-node', '200']],
    ['prone', { dimensions: 8 }, ['--dimensions', '8']],
    ['cleora', { dimensions: 4, whiten: false }, ['--dimensions', '4', '--no-whiten']],
    ['fastrp', { iterationWeights: [0, 1] }, ['--iteration-weights', '0,1']],
  ])('a link with %s and its options trains to them', async (method, options, flags) => {
    const { page, context, faults } = await lab.open(linkTo({ method, options, seed: 9 }));
    await started(page);
    await fast(page);
    await ended(page);
    const files = await downloaded(page, '.vec');
    expect(files.get('karate.vec')).toEqual(embedded(karate, 'other.vec', '--method', method, ...flags, '--seed', '9'));
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a dropped edge list with labels; its link restores data, options, selection and bytes', async () => {
    const edges = 'source,target,weight\nada,bob,2\nbob,cy,1.5\ncy,ada,1\ncy,dee,1\ndee,eve,3\neve,fay,1\nfay,dee,1\n';
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    await drop(page, { 'friends.csv': edges, 'friends.labels.tsv': 'ada\tred\nbob\tred\neve\tblue\n' });
    await captioned(page, '6 nodes');
    await fast(page);
    await page.getByRole('textbox', { name: 'dimensions' }).fill('12');
    await page.getByRole('textbox', { name: 'dimensions' }).blur();
    await page.getByRole('spinbutton', { name: 'seed' }).fill('77');
    await page.getByRole('spinbutton', { name: 'seed' }).blur();
    await page.waitForTimeout(600);
    await ended(page);
    await page.locator('.graph-list').selectOption({ label: 'eve' });
    expect(await page.locator('.graph-legend').innerText()).toMatch(/red\s+2\s+blue\s+1/);
    const path = join(folder, 'friends.csv');
    writeFileSync(path, edges);
    const wanted = embedded(path, 'friends.vec', '--method', 'node2vec', '--dimensions', '12', '--seed', '77');
    expect((await downloaded(page, '.vec')).get('friends.vec')).toEqual(wanted);
    await page.waitForTimeout(800);
    const { hash } = new URL(page.url());
    await context.close();

    const again = await lab.open(hash);
    await started(again.page);
    await fast(again.page);
    await ended(again.page);
    expect((await downloaded(again.page, '.vec')).get('friends.vec')).toEqual(wanted);
    expect(await again.page.locator('.graph-node-name').innerText()).toContain('eve');
    expect(await again.page.locator('.graph-command').innerText()).toBe(
      'chainrule embed friends.csv --method node2vec --dimensions 12 --seed 77 --out friends.vec',
    );
    expect([...faults, ...again.faults]).toEqual([]);
    await again.context.close();
  });
});

describe('ten thousand nodes', () => {
  test('the map moves while it trains, without a long task', async () => {
    const { page, context, faults } = await lab.open('#graph', { viewport: { width: 1280, height: 900 } });
    await started(page);
    await drop(page, { 'large.tsv': communities(10_000, 25) });
    await captioned(page, '10,000 nodes');
    await started(page);
    await page.waitForTimeout(1500);
    await lab.browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
    const { fps } = (await page.evaluate(measure)) as { fps: number };
    const { tasks, drawing } = pageThread(await lab.browser.stopTracing());
    const longest = Math.max(...tasks);
    const draw = drawing.reduce((sum, time) => sum + time, 0) / (5 * fps);
    console.log(`10,000 nodes: ${JSON.stringify({ fps, draw, longest })}`);
    // milliseconds of the processor: how many frames a busy machine shows says nothing about the page; 60 a second leave 16.7 for each
    expect(draw).toBeLessThan(10);
    expect(longest).toBeLessThan(50);
    expect(faults).toEqual([]);
    await context.close();
  });
});

/** Milliseconds of processor time of the tasks of the page's thread, and of those in which it draws a frame. */
function pageThread(trace: Buffer): { readonly tasks: readonly number[]; readonly drawing: readonly number[] } {
  const { traceEvents } = JSON.parse(trace.toString()) as {
    traceEvents: { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } }[];
  };
  const threads = new Map<string, { tasks: number[]; drawing: number[] }>();
  for (const { name, pid, tid, args } of traceEvents) {
    if (name === 'thread_name' && args.name === 'CrRendererMain')
      threads.set(`${pid} ${tid}`, { tasks: [], drawing: [] });
  }
  for (const { name, pid, tid, tdur } of traceEvents) {
    const thread = threads.get(`${pid} ${tid}`);
    if (thread === undefined || tdur === undefined) continue;
    if (/RunTask$/.test(name)) thread.tasks.push(tdur / 1000);
    if (name === 'FireAnimationFrame') thread.drawing.push(tdur / 1000);
  }
  // a spare process of the browser has such a thread, too, and does nothing
  return [...threads.values()].sort((a, b) => b.tasks.length - a.tasks.length)[0];
}

/** Frames a second, for five seconds in which keys move the map. */
const measure = `(async () => {
  const map = document.querySelector('.graph-map-frame');
  map.focus();
  const start = performance.now();
  let frames = 0;
  await new Promise((resolve) => {
    const turn = () => {
      const elapsed = performance.now() - start;
      frames++;
      const key = frames % 8 < 4 ? 'ArrowLeft' : 'ArrowRight';
      map.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      if (elapsed > 5000) resolve();
      else requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  });
  return { fps: Math.round((1000 * frames) / (performance.now() - start)) };
})()`;

/** Edges of a graph of communities of a hundred nodes: a ring through each, and chords. */
function communities(nodes: number, chords: number): string {
  const lines: string[] = [];
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let node = 0; node < nodes; node++) {
    const from = node - (node % 100);
    lines.push(`n${node}\tn${from + ((node + 1) % 100)}`, `n${node}\tn${from + random(100)}`);
    if (node % chords === 0) lines.push(`n${node}\tn${random(nodes)}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('hostile input does no harm', () => {
  const script = '<img src=x onerror=window.wasRun=1>';

  test('names and labels with markup are text', async () => {
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    const edges = `a\tb\n${script}\tb\nb\t</option><script>window.wasRun=1</script>\n\\href{javascript:1}{x}\tb\n`;
    await drop(page, { 'bad.tsv': edges, 'labels.tsv': `b\t${script}\n` });
    await captioned(page, '5 nodes');
    await fast(page);
    await ended(page);
    await page.locator('.graph-list').selectOption({ label: script });
    await page.getByRole('button', { name: 'This graph, now' }).click();
    await page.waitForSelector('.graph-line math');
    await page.getByRole('button', { name: 'A message' }).click();
    await page.waitForTimeout(300);
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
    expect(await page.locator('main img, main script, main a[href^=javascript]').count()).toBe(0);
    expect(await page.locator('.graph-node-name').innerText()).toContain(script);
    const svg = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Map as SVG' }).click();
    const text = readFileSync(await (await svg).path(), 'utf8');
    expect(text).toContain('&#60;img src=x');
    expect(text).not.toMatch(/<img|<script/);
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each([
    ['a weight that is no number', { 'a.csv': 'source,target,weight\na,b,many\n' }, /many/],
    ['JSON that is cut off', { 'a.json': '{"edges": [["a", "b"]' }, /not closed/],
    ['an empty file', { 'a.csv': '' }, /graph is empty/],
    ['one node', { 'a.csv': 'a,a\n' }, /one node/],
    ['labels of other nodes', { 'a.csv': 'a,b\n', 'labels.tsv': 'x\ty\n' }, /labelled nodes/],
    ['three files', { a: 'a b', b: 'a b', c: 'a b' }, /Choose a file of edges/],
  ])('%s is said', async (_name, files, wanted) => {
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    await drop(page, files);
    const message = page.locator('.message.error');
    await message.waitFor();
    expect(await message.innerText()).toMatch(wanted);
    // the page goes on
    await page.getByRole('combobox', { name: 'Graph', exact: true }).selectOption('les-miserables');
    await started(page);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a file of 100 MB is refused while it is read, and the page answers meanwhile', async () => {
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    await page.evaluate(`(() => {
      const line = Array.from({ length: 1000 }, (_, i) => 'a' + i + '\\tb' + (i * 7919) % 1000 + '\\n').join('');
      const data = new DataTransfer();
      data.items.add(new File(Array.from({ length: Math.ceil(1e8 / line.length) }, () => line), 'huge.tsv'));
      document.querySelector('.graph-view').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);
    const message = page.locator('.message.error');
    await message.waitFor({ timeout: 120_000 });
    expect(await message.innerText()).toMatch(/more than 2,000,000 edges/);
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each([
    ['settings of a wrong form', { seed: 'x' }, /damaged/],
    ['an unknown method', { method: '<b>' }, /unknown method/],
    ['an option out of range', { options: { dimensions: 1e9 } }, /dimensions/],
    ['a file that it does not hold', { data: { kind: 'file', name: 'x.parquet' } }, /does not hold/],
  ])('a link with %s is said', async (_name, settings, wanted) => {
    const { page, context, faults } = await lab.open(linkTo(settings));
    const message = page.locator('.message.error');
    await message.waitFor();
    expect(await message.innerText()).toMatch(wanted);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('with the keyboard alone: a node found by name, its neighbors, another pace, the next lines, the map moved', async () => {
  const { page, context, faults } = await lab.open('#graph');
  await started(page);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () =>
    page.evaluate(
      `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
    ) as Promise<string>;
  /** Tab until the element with this name has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 80; i++) {
      await press('Tab');
      if (name.test(await focused())) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await tabTo(/^Pause$/);
  await press('Space');
  expect(await page.locator(play).innerText()).toBe('Continue');
  await press('Tab', 'Enter', 'Shift+Tab', 'Space');
  await tabTo(/^Pace/);
  await press('ArrowDown');
  await ended(page);
  await tabTo(/^Map of 34 nodes/);
  await press('+', 'ArrowLeft', '0');
  await tabTo(/^Search for a node/);
  await page.keyboard.type('34');
  await press('Enter');
  expect(await page.locator('.graph-node-name').innerText()).toContain('34');
  await page.waitForSelector('.graph-near li');
  await press('Tab', 'Tab');
  const first = await focused();
  await press('ArrowDown', 'Enter');
  expect(await page.locator('.graph-node-name').innerText()).not.toContain(first.slice(0, 2));
  await tabTo(/^Mr\.Hi/);
  await press('Space');
  expect(await page.locator('.graph-legend [aria-pressed=true]').count()).toBe(1);
  await tabTo(/^This graph, now$/);
  await press('Enter');
  await page.waitForSelector('.graph-line math');
  await tabTo(/^Next line/);
  await press('Enter', 'Enter');
  expect(await page.locator('.graph-lines [role=status]').innerText()).toMatch(/^Line 3 of/);
  await tabTo(/^Download the vectors$/);
  expect(faults).toEqual([]);
  await context.close();
});

describe('what the page shows of an update', () => {
  test('the printed example, and the probabilities of printed walks', async () => {
    const { page, context, faults } = await lab.open('#graph');
    await started(page);
    await page.locator('.graph-update').scrollIntoViewIfNeeded();
    const value = async (quantity: string, after = 0) =>
      Number(await page.locator(`[data-quantity="${quantity}"][data-after="${after}"]`).getAttribute('data-value'));
    await page.waitForSelector('.graph-line math');
    for (const name of ['skip-gram-2d', 'walks-four-nodes']) {
      const example = JSON.parse(readFileSync(join(root, `examples/${name}.json`), 'utf8')) as {
        printed: { quantity: string; value: string; after?: number }[];
      };
      if (name.startsWith('walks')) {
        await page.getByRole('button', { name: 'Walks, p and q' }).click();
        await page.waitForSelector('[data-quantity="likelihood[0]"]');
      }
      for (const printed of example.printed) {
        const digits = printed.value.split('.')[1].length;
        expect((await value(printed.quantity, printed.after)).toFixed(digits), printed.quantity).toBe(printed.value);
      }
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe.each(['light', 'dark'] as const)('accessibility, %s', (colorScheme) => {
  test.each([
    [1280, 900, 'This graph, now'],
    [390, 844, 'In two dimensions'],
    [1600, 900, 'A message'],
  ])('axe finds nothing at %d × %d, and the page does not scroll sideways', async (width, height, tab) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page, context, faults } = await lab.open('#graph', { viewport: { width, height }, colorScheme });
    await started(page);
    await fast(page);
    await ended(page);
    await page.locator('.graph-list').selectOption({ label: '1' });
    await page.locator('.graph-update').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: tab }).click();
    await page.waitForSelector('.graph-line math');
    await page.waitForTimeout(600);
    await page.evaluate(axe);
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('on a phone: edges that are pasted below the map bring it back into view, with the focus', async () => {
  const { page, context, faults } = await lab.open('#graph', { viewport: { width: 390, height: 844 } });
  await started(page);
  await page.getByText('Paste edges').click();
  await page.getByRole('textbox', { name: 'Edges' }).fill('ada bob\nbob cy\ncy ada\ncy dee');
  await page.getByRole('button', { name: 'Open these edges' }).click();
  await captioned(page, '4 nodes');
  const shown = () =>
    page.evaluate(`(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return document.activeElement.matches('.graph-map-frame') && top >= 0 && bottom <= innerHeight;
    })()`);
  await expect.poll(shown, { timeout: 10_000 }).toBe(true);
  expect(faults).toEqual([]);
  await context.close();
});

test('an update of LINE on a graph of one’s own: its edge, its negatives, and the numbers of now', async () => {
  const edges = 'ada bob\nbob cy\ncy ada\ncy dee\ndee eve\n';
  const settings = { data: { kind: 'text', name: 'friends', edges }, method: 'line', options: { dimensions: 4 } };
  const { page, context, faults } = await lab.open(linkTo(settings));
  await started(page);
  await captioned(page, '5 nodes');
  await page.getByRole('button', { name: 'This graph, now' }).click();
  await page.waitForSelector('.graph-line math');
  expect(await page.locator('.graph-strip').innerText()).toMatch(/Edge, sample \d+/);
  await page.locator('.graph-list').selectOption({ label: 'dee' });
  await page.getByText('The next update with dee as the source of the edge.').waitFor();
  await page.locator('.graph-chips[aria-label="The edge"] li', { hasText: 'dee (source)' }).waitFor();
  expect(await page.locator('.graph-chip-negative').count()).toBeGreaterThan(5);
  // and a message, as a layer of a graph network has it
  await page.getByRole('button', { name: 'A message' }).click();
  await page.getByRole('heading', { name: 'The mean over the neighbors (GraphSAGE)' }).waitFor();
  expect(await page.locator('.graph-update').innerText()).toContain('d = 2 neighbors');
  expect(faults).toEqual([]);
  await context.close();
});
