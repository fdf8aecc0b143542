/**
 * Pages made from hostile names and records, in a real browser, light and dark: no script runs, nothing is fetched, the
 * console stays empty, the names are text, and the layout is intact.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { clip, printable } from '../../src/base/printable.ts';
import { fillUniform } from '../../src/base/random.ts';
import { readTable } from '../../src/data/read/read.ts';
import { describe as describeTable } from '../../src/data/table/describe.ts';
import { explanation } from '../../src/explain/explanation.ts';
import { page as workedPage } from '../../src/explain/fixtures.ts';
import { renderHtml } from '../../src/explain/render/html.ts';
import type { Setup } from '../../src/net/rows-setup.ts';
import type { ExperimentJson } from '../../src/net/schema.ts';
import { experiment } from '../../src/net/setup.ts';
import { renderComparison } from '../../src/report/compare.ts';
import { renderCurves } from '../../src/report/curves.ts';
import { renderReport } from '../../src/report/page.ts';
import { type RunRecord, recordJson, recordOf } from '../../src/report/record.ts';
import { baselines } from '../../src/studies/baselines.ts';
import { type HistoryRow, parseHistory } from '../../src/train/history.ts';
import { train } from '../../src/train/train.ts';
import { launchChromium } from '../chromium.ts';
import { hostileNames, script } from '../hostile.ts';

const attack = (name: string) => readFileSync(new URL(`../fixtures/attack/${name}`, import.meta.url), 'utf8');

interface Ran {
  readonly setup: Setup;
  readonly record: RunRecord;
  readonly history: readonly HistoryRow[];
}

/** A training on a table, and its record after writing and reading. */
async function run(file: string, text: string, target: string | string[], epochs = 8): Promise<Ran> {
  const table = readTable(text, { name: file });
  const values = typeof target === 'string' ? table.columns.find(({ name }) => name === target)!.values : [];
  const classes = new Set(values.filter((value) => value !== undefined && Number.isNaN(Number(value))));
  const outputs = classes.size > 0 ? classes.size : [target].flat().length;
  const json = {
    network: {
      layers: [
        { dense: 8, activation: 'relu' },
        { dense: outputs, activation: classes.size > 0 ? 'softmax' : 'linear' },
      ],
    },
    data: { file, target, split: { validation: 0.2 }, scale: 'standard' },
    training: { loss: classes.size > 0 ? 'crossEntropy' : 'mse', optimizer: 'adam', batchSize: 32, stop: { epochs } },
  };
  const setup = experiment(json, { read: () => text }) as Setup & { readonly json: ExperimentJson };
  const trained = await train(setup, { probe: true });
  const record = recordOf(
    {
      name: file,
      versions: { chainrule: '0', node: script },
      command: `chainrule train ${script}`,
      baselines: await baselines(setup),
      description: describeTable(table),
    },
    setup,
    trained,
  );
  return { setup, record: JSON.parse(recordJson(record)), history: trained.history };
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** A table whose columns and classes have the names, with a numeric and a text column for each. */
function tableOf(names: readonly string[], rows = 90): string {
  // a table is UTF-8 without NUL, and its cells have no space around them
  const plain = [
    ...new Set(
      names.map((name) =>
        name
          .replaceAll('\0', '')
          .replace(/[\ud800\udc00]/gu, '')
          .trim(),
      ),
    ),
  ];
  const header = [...plain, 'class', 'number one', 'number two'];
  const lines = Array.from({ length: rows }, (_, r) => [
    ...plain.map((name, c) => (c % 2 === 0 ? String(Math.sin(r * (c + 1)).toFixed(3)) : `${name} ${r % 3}`)),
    plain[r % Math.min(plain.length, 12)],
    String(r % 7),
    String((r * r) % 11),
  ]);
  return [header, ...lines].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

const served = new Map<string, { readonly body: string; readonly type: string }>();
/** The requests that the server got. */
const asked: string[] = [];
let server: Server;
let browser: Browser;
let evil: Ran;
let hostile: Ran;
let numbers: Ran;

beforeAll(async () => {
  const text = attack('evil.csv');
  const { columns } = readTable(text, { name: 'evil.csv' });
  evil = await run('evil.csv', text, columns[columns.length - 1].name);
  hostile = await run(script, tableOf(hostileNames), 'class');
  numbers = await run('x', tableOf(hostileNames.slice(0, 6)).replaceAll('number one', quotedName), [
    hostileNames[7],
    'number two',
  ]);
  server = createServer(({ url = '/' }, response) => {
    asked.push(url);
    const found = served.get(url);
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': found?.type ?? 'text/plain' });
    response.end(found?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** In a quoted cell of a header. */
const quotedName = hostileNames[7].replaceAll('"', '""');

interface Seen {
  /** All forbidden events: scripts, requests, dialogs, messages of the console, violations of the policy. */
  readonly wrong: readonly string[];
  readonly text: string;
  /** The elements that make the page wider than its window. */
  readonly wide: readonly string[];
}

const screens = [
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'light' },
] as const;

/** Opens a document from a server, on a dark phone and on a light desktop. */
async function inspect(body: string, type = 'text/html'): Promise<Seen[]> {
  const path = `/${served.size}`;
  served.set(path, { body, type });
  const seen: Seen[] = [];
  for (const { width, height, colorScheme } of screens) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const wrong: string[] = [];
    await page.route('**/*', (route) => {
      if (route.request().url() !== address) wrong.push(`request ${route.request().url()}`);
      return route.continue();
    });
    page.on('dialog', (dialog) => {
      wrong.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => wrong.push(`console ${message.text()}`));
    page.on('pageerror', ({ message }) => wrong.push(`error ${message}`));
    page.on('popup', () => wrong.push('popup'));
    await page.addInitScript(() => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's types are not the tests'
      const all = globalThis as any;
      all.violations = [];
      all.document.addEventListener(
        'securitypolicyviolation',
        (event: { violatedDirective: string; blockedURI: string }) =>
          all.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    asked.length = 0;
    await page.goto(address);
    // triggers handlers of the mouse and the keyboard
    await page.mouse.move(width / 2, height / 2);
    await page.keyboard.press('Tab');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.waitForTimeout(50);
    const { ran, text, wide, violations, title } = await page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's types are not the tests'
      const all = globalThis as any;
      const root = all.document.documentElement;
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const sticksOut = (element: any): boolean => {
        if (element.getBoundingClientRect().right <= root.clientWidth) return false;
        for (let at = element.parentElement; at !== null; at = at.parentElement) {
          if (all.getComputedStyle(at).overflowX !== 'visible') return false;
        }
        return true;
      };
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const nameOf = (element: any): string =>
        `${element.tagName}.${element.className.baseVal ?? element.className} ${element.textContent.slice(0, 60)}`;
      return {
        ran: all.__x,
        violations: all.violations as string[],
        title: all.document.title as string,
        text: (all.document.body ?? root).textContent as string,
        wide:
          root.scrollWidth <= root.clientWidth
            ? []
            : [...root.querySelectorAll('body *')].filter(sticksOut).map(nameOf),
      };
    });
    if (ran !== undefined) wrong.push(`a script ran: ${ran}`);
    if (title === 'PWN') wrong.push('the title was set');
    if (page.url() !== address && !page.url().startsWith(`${address}#`)) wrong.push(`it went to ${page.url()}`);
    for (const url of asked) if (url !== path) wrong.push(`the server was asked for ${url}`);
    wrong.push(...violations.map((violation) => `violation ${violation}`));
    seen.push({ wrong, text, wide });
    if (process.env.SHOTS && type === 'text/html')
      await page.screenshot({ path: `${process.env.SHOTS}/${path.slice(1)}-${colorScheme}.png`, fullPage: true });
    await page.close();
  }
  return seen;
}

/** Nothing happens, the page has every name as text, and is no wider than its window. */
async function check(body: string, names: readonly string[], type?: string): Promise<void> {
  for (const { wrong, text, wide } of await inspect(body, type)) {
    expect(wrong).toEqual([]);
    for (const name of names) expect(text).toContain(clip(printable(name), 80).replace(/…$/, ''));
    expect(wide).toEqual([]);
  }
}

test('forbidden events are detected: the same names unescaped, with and without a policy', async () => {
  const [bare] = await inspect(`<!doctype html><title>t</title>${hostileNames[1]}${script}<script>alert(1)</script>`);
  expect(bare.wrong.join('\n')).toMatch(/a script ran/);
  expect(bare.wrong.join('\n')).toMatch(/dialog 1/);
  expect(bare.wrong.join('\n')).toMatch(/request http:\/\/127\.0\.0\.1:9\/leak/);
  // the second barrier: even an unescaped page runs nothing and requests nothing
  const page = renderReport(evil.record, evil.history).replace(
    '<h1>',
    `${hostileNames[1]}${script}${hostileNames[5]}<b style="background:url(http://127.0.0.1:9/b.png)">x</b><h1>`,
  );
  for (const { wrong } of await inspect(page)) {
    expect(wrong.filter((each) => /ran|dialog|request|asked/.test(each))).toEqual([]);
    expect(wrong.filter((each) => each.startsWith('violation')).length).toBeGreaterThan(3);
  }
});

describe('reports', () => {
  test('of a table whose columns and classes attack', async () => {
    const { classes = [] } = evil.record.data!;
    await check(
      renderReport(evil.record, evil.history),
      classes.map((name) => name.slice(0, 60)),
    );
  });

  test('of every hostile name as a column, and twelve as classes', async () => {
    await check(renderReport(hostile.record, hostile.history), hostileNames.slice(0, 6));
  });

  test('of several targets with hostile names', async () => {
    await check(renderReport(numbers.record, numbers.history), [hostileNames[7]]);
  });

  test('of classes called constructor, and of a target with a backslash', async () => {
    const f1 = await run('f1.csv', attack('f1.csv'), 'constructor', 30);
    await check(renderReport(f1.record, f1.history), ['constructor', 'ferrari']);
    const regression = await run('reg-uesc.csv', attack('reg-uesc.csv'), 'C:\\Users\\new\\N{x}', 30);
    await check(renderReport(regression.record, regression.history), ['C:\\Users\\new\\N{x}']);
  });

  test('of a record that was written by hand', async () => {
    const record = JSON.parse(attack('xss-run/run.json'));
    await check(renderReport(record, parseHistory(attack('xss-run/history.csv'), 'history.csv')), [record.stop.reason]);
  });

  test('of a record with hostile text in every field', async () => {
    let n = 0;
    const bad = (value: unknown, key = ''): unknown => {
      // choices from a list, and kinds of layers, are unchanged
      if (typeof value === 'string') {
        return /^(task|part|activation|gradient|update|outcome|baseline|kind)$/.test(key)
          ? value
          : hostileNames[n++ % hostileNames.length];
      }
      if (Array.isArray(value)) return value.map((each) => bad(each));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bad(each, name)]));
    };
    const record = bad(hostile.record) as RunRecord;
    await check(renderReport(record, hostile.history), [record.stop.reason]);
  });

  test('of names of 100 kB', async () => {
    const long = 'x'.repeat(100_000);
    const { record, history } = await run('t', tableOf([long, `${long}y`]), 'class');
    const page = renderReport({ ...record, name: long, command: long, notes: [long], warnings: [long] }, history);
    expect(page.length).toBeLessThan(300_000);
    await check(page, []);
  });

  test('of right-to-left names', async () => {
    const names = ['שלום 12', 'عمر (سنة)', 'גיל', 'وزن'];
    const { record, history } = await run('t', tableOf(names), 'class');
    await check(renderReport({ ...record, name: names[0] }, history), names);
  });
});

/** Every position of a record that contains a number. */
function numbersIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

function withText(record: RunRecord, path: readonly (string | number)[], text: string): RunRecord {
  const copy = structuredClone(record);
  // biome-ignore lint/suspicious/noExplicitAny: the values violate the types
  let at = copy as any;
  for (const key of path.slice(0, -1)) at = at[key];
  at[path[path.length - 1]] = text;
  return copy;
}

describe('texts instead of numbers, in an unchecked record', () => {
  test.each(['evil', 'hostile', 'numbers'] as const)('%s: a harmless page, or an InputError', async (which) => {
    const { record, history } = { evil, hostile, numbers }[which];
    const draws = new Float64Array(100_000);
    fillUniform(draws, 7, 'check', 0);
    let drawn = 0;
    const random = () => draws[drawn++ % draws.length];
    // all of them would take minutes, so a hundred, with a few of the long lists of points
    const all = numbersIn(record);
    const isListed = (path: readonly (string | number)[]) =>
      /points|counts|matrix|truth|predicted/.test(path.join('.'));
    const single = all.filter((path) => !isListed(path));
    const listed = all.filter(isListed);
    const paths = [
      ...single.filter(() => random() < 80 / single.length),
      ...listed.filter(() => random() < 20 / listed.length),
    ];
    const pages: string[] = [];
    let refused = 0;
    for (const path of paths) {
      const name = hostileNames[Math.floor(random() * 8)];
      try {
        pages.push(renderReport(withText(record, path, name), history));
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`${path.join('.')}: ${error}`);
        refused++;
      }
    }
    expect(pages.length).toBeGreaterThan(30);
    expect(refused).toBeGreaterThan(5);
    // all of them in one document without a policy: escaping alone must be sufficient
    const bodies = pages.map((page) => /<body>([\s\S]*)<\/body>/.exec(page)![1]);
    for (let start = 0; start < bodies.length; start += 40) {
      const [seen] = await inspect(`<!doctype html><title>t</title>${bodies.slice(start, start + 40).join('')}`);
      expect(seen.wrong).toEqual([]);
    }
  });
});

describe('comparisons', () => {
  test('of runs in folders with hostile names, one of them written by hand', async () => {
    const xss = JSON.parse(attack('xss-run/run.json'));
    const rows = parseHistory(attack('xss-run/history.csv'), 'history.csv');
    const runs = hostileNames.slice(0, 8).map((label, i) => ({ label, record: i % 2 === 0 ? xss : evil.record }));
    await check(
      renderComparison(
        runs,
        runs.map((_, i) => (i % 2 === 0 ? rows : evil.history)),
      ),
      hostileNames.slice(0, 8),
    );
  });

  test('of different hostile settings', async () => {
    const other = withText(evil.record, ['experiment', 'training', 'loss', 'name'], script);
    const third = withText(evil.record, ['experiment', 'seed'], hostileNames[7]);
    const runs = [evil.record, other, third].map((record, i) => ({ label: `r${i}`, record }));
    await check(
      renderComparison(
        runs,
        runs.map(() => evil.history),
      ),
      [script, hostileNames[7]],
    );
  });
});

describe('explanations', () => {
  const named = (i: number) => ({
    ...workedPage(),
    symbols: {
      'layers.0.weight': hostileNames[i],
      'layers.0.output': hostileNames[i + 1],
      target: hostileNames[i + 2],
      loss: `√(${hostileNames[i + 3]})`,
    },
    inputNames: hostileNames.slice(i, i + 3),
    outputNames: [hostileNames[i + 3]],
  });

  test.each([0, 6, 12, 18, 24, 28])('hostile symbols and names from %i on, filled in and blank', async (i) => {
    const explained = explanation(named(i));
    const names = named(i).inputNames;
    await check(renderHtml(explained), names);
    await check(renderHtml(explained, { blank: true }), names);
  });

  test("a table's columns", async () => {
    await check(renderHtml(explanation(evil.setup, { step: 2, sample: 0 } as object)), []);
  });
});

test('a drawing as a separate file', async () => {
  const points = [1, 2, 3].map((x): [number, number] => [x, x * x]);
  const series = hostileNames.slice(0, 3).map((label) => ({ label, points }));
  const svg = renderCurves(hostileNames[3], series, { alone: true, xLabel: script, mark: { x: 2, label: script } });
  await check(String(svg), [hostileNames[3], ...hostileNames.slice(0, 3), script], 'image/svg+xml');
});
