/** The table view of the lab in Chromium: a table trained to the bytes of the command line, asked, taken away, and restored. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeLink } from '../../lab/src/state/link.ts';
import { load } from '../../src/predict/index.ts';
import { type LabBrowser, openLab } from '../lab-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'lab-table-'));
let lab: LabBrowser;

beforeAll(async () => {
  lab = await openLab();
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The bytes of the model that the command line writes. */
async function trainedByCommand(file: string, flags: readonly string[]): Promise<Buffer> {
  const out = mkdtempSync(join(folder, 'run-'));
  await promisify(execFile)(process.execPath, [main, 'train', file, ...flags, '--out', out, '--overwrite', '--quiet']);
  return readFileSync(join(out, 'model.safetensors'));
}

/** Opens a file as a person chooses it. */
async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content);
  await page.getByLabel('Table file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

/** Drops a file on the view. */
async function drop(page: Page, name: string, content: string): Promise<void> {
  const file = `new File([${JSON.stringify(content)}], ${JSON.stringify(name)}, { type: 'text/csv' })`;
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(${file});
    return transfer;
  })()`);
  await page.dispatchEvent('.table-view', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('.table-view', 'drop', { dataTransfer: data });
}

const trained = (page: Page) => page.locator('.table-prediction').waitFor({ timeout: 120_000 });
const opened = (page: Page, name: string) => page.locator('#table-data', { hasText: name }).waitFor();

/** The bytes of the model from the menu. */
async function downloaded(page: Page, item = 'Model, safetensors'): Promise<Buffer> {
  await page.getByText('Take away').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: item }).click(),
  ]);
  await page.keyboard.press('Escape');
  return readFileSync(await download.path());
}

describe("a table of one's own", () => {
  test('dropped and trained, it gives the bytes of chainrule train; its accuracy is shown; a typed row is predicted', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    const weather = wetOrDry(300);
    await drop(page, 'weather.csv', weather);
    await opened(page, 'weather.csv');
    await page.getByLabel('Predict').selectOption('wet');
    await page.getByLabel('test share').fill('0.2');
    await page.getByLabel('hidden units').fill('8, 4');
    await page.getByLabel('seed').fill('7');
    await page.getByLabel('epochs at most').fill('60');
    await page.getByLabel('epochs at most').blur();
    await page.getByText('--epochs 60').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await trained(page);
    const file = join(folder, 'weather.csv');
    writeFileSync(file, weather);
    const bytes = await trainedByCommand(file, [
      ...['--target', 'wet', '--test', '0.2', '--hidden', '8,4', '--seed', '7', '--epochs', '60'],
    ]);
    const model = await downloaded(page);
    expect(model.equals(bytes)).toBe(true);
    const evaluated = JSON.parse(
      (
        await promisify(execFile)(process.execPath, [
          main,
          'train',
          file,
          '--target',
          'wet',
          '--test',
          '0.2',
          '--hidden',
          '8,4',
          '--seed',
          '7',
          '--epochs',
          '60',
          '--out',
          join(folder, 'again'),
          '--json',
        ])
      ).stdout,
    );
    await page.locator('.table-big', { hasText: `${Number((100 * evaluated.test.accuracy).toFixed(2))} %` }).waitFor();
    await page.locator('.table-big', { hasText: 'accuracy, test rows' }).waitFor();

    // a row typed into the form
    const form = page.locator('.table-form');
    await form.getByLabel('pressure', { exact: true }).fill('998.5');
    await form.getByLabel('sky', { exact: true }).selectOption('grey');
    await form.getByLabel('wind', { exact: true }).fill('');
    const { prediction, probabilities } = load(model).predictRow({ pressure: 998.5, sky: 'grey', wind: null });
    await page.locator('.table-prediction b', { hasText: new RegExp(`^${prediction}$`) }).waitFor();
    const shown = await page.locator('.table-bars dd').allTextContents();
    expect(shown).toEqual(Object.values(probabilities!).map((share) => percent(share)));
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a regression shows its errors and predicted against actual values', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    await page.getByLabel('Predict').selectOption('body_mass_g');
    await page.getByText('minimizes mse').waitFor();
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.locator('.table-scatter').waitFor();
    const bytes = await trainedByCommand(join(root, 'examples/penguins.csv'), ['--target', 'body_mass_g']);
    expect((await downloaded(page)).equals(bytes)).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a link', () => {
  test('restores the table, the choices, the model and the row in the form', async () => {
    const { page, context } = await lab.open('#table');
    await trained(page);
    await page.getByLabel('hidden units').fill('6');
    await page.getByLabel('hidden units').blur();
    await page.getByText('--hidden 6').waitFor();
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.getByText('→ 6 relu → 3 softmax').waitFor();
    await trained(page);
    await page.locator('.table-form').getByLabel('bill_length_mm', { exact: true }).fill('47.25');
    await page.waitForFunction('location.hash.length > 1000');
    await page.waitForTimeout(1000);
    const shown = await page.locator('.table-bars').textContent();
    const model = await downloaded(page);
    const address = page.url();
    await context.close();

    const other = await lab.open(new URL(address).hash);
    await trained(other.page);
    expect(await other.page.locator('.table-form').getByLabel('bill_length_mm', { exact: true }).inputValue()).toBe(
      '47.25',
    );
    expect(await other.page.locator('.table-bars').textContent()).toBe(shown);
    expect((await downloaded(other.page)).equals(model)).toBe(true);
    expect(other.faults).toEqual([]);
    await other.context.close();
  });

  test('made after a stop, it trains as far and stops there', async () => {
    const { page, context } = await lab.open('#table');
    await trained(page);
    await page.getByLabel('epochs at most').fill('1000000');
    await page.getByLabel('patience').fill('100000');
    await page.getByLabel('patience').blur();
    await page.getByText('--patience 100000').waitFor();
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.getByText(/Training: \d{2,}/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'One epoch' }).click();
    await page.getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText(/it was stopped/).waitFor();
    await page.waitForTimeout(1000);
    const model = await downloaded(page);
    const address = page.url();
    await context.close();
    const other = await lab.open(new URL(address).hash);
    await other.page.getByText(/it was stopped/).waitFor();
    expect((await downloaded(other.page)).equals(model)).toBe(true);
    expect(other.faults).toEqual([]);
    await other.context.close();
  });

  test('of a larger table, it holds all but the table, and says so', async () => {
    const rows = `a,b,y\n${'0.123456789,0.987654321,p\n0.5,0.25,q\n'.repeat(30_000)}`;
    const { page, context } = await lab.open('#table');
    await choose(page, 'large.csv', rows);
    await opened(page, 'large.csv');
    await page.getByText('a link to this page holds all but the table').waitFor();
    await page.getByLabel('hidden units').fill('3');
    await page.getByLabel('hidden units').blur();
    await page.getByText('→ 3 relu').waitFor();
    await page.waitForTimeout(1000);
    const address = page.url();
    await context.close();
    const other = await lab.open(new URL(address).hash);
    await other.page.getByText('This link holds everything but the table').waitFor();
    await choose(other.page, 'copy.csv', rows);
    await opened(other.page, 'copy.csv');
    await other.page.getByText('→ 3 relu').waitFor();
    expect(other.faults).toEqual([]);
    await other.context.close();
  });
});

describe('hostile files', () => {
  test('scripts in names and cells are texts', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    // a file's name has no slash
    const name = '<img src=x onerror=alert(1)><script>alert(2)';
    const script = `${name}</script>`;
    const rows = Array.from({ length: 60 }, (_, i) => [i % 2 ? script : `</textarea>'\${}\``, i, i % 3 ? "p'" : '<b>']);
    await choose(
      page,
      `${name}.csv`,
      `${script},__proto__,constructor\n${rows.map((row) => row.join(',')).join('\n')}\n`,
    );
    await opened(page, name);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await trained(page);
    await page.getByLabel('Predict').selectOption(script);
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.locator('.table-answer', { hasText: script }).waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.getByText('Take away').click();
    await page.getByRole('button', { name: 'Program, TypeScript' }).click();
    await page.locator('.code-dialog pre', { hasText: script }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('files that cannot be read: a message for each, and the table before stays', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    const files: readonly (readonly [name: string, content: string | Buffer, message: string])[] = [
      ['empty.csv', '', 'the file is empty'],
      ['open.csv', 'a,b\n1,"2\n3,4\n', 'quote'],
      ['ragged.csv', 'a,b\n1,2\n1,2,3\n', 'line 3'],
      ['cut.json', '[{"a": 1}, {"a": ', 'ends too early'],
      ['bytes.bin', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x80]), 'not UTF-8'],
      ['damaged.parquet', Buffer.from('PAR1aaaaaaaaaaaaPAR1'), 'damaged.parquet'],
      ['sheet.xlsx', Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'), 'sheet.xlsx'],
    ];
    for (const [name, content, message] of files) {
      await choose(page, name, content);
      await page.locator('.message.error', { hasText: message }).filter({ hasText: name }).waitFor();
      await opened(page, 'penguins.csv');
    }
    await page.getByLabel('seed').fill('2');
    await page.getByLabel('seed').blur();
    await page.getByText('--seed 2').waitFor();
    await page.getByRole('button', { name: 'Train again' }).click();
    await page.getByText('The settings have changed since.').waitFor({ state: 'detached' });
    await trained(page);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a set-up that cannot work says why', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    await choose(page, 'one.csv', 'y,a\np,1\np,2\np,3\n');
    await opened(page, 'one.csv');
    await page.getByLabel('Predict').selectOption('y');
    await page.locator('.table-problem', { hasText: 'every row has the class "p"' }).waitFor();
    expect(await page.getByRole('button', { name: /^Train/ }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('100 MB without a line end, 100 MB that are cancelled, and more than the limit', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    await page.evaluate(`
      globalThis.tasks = [];
      new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    `);
    const input = page.getByLabel('Table file');
    const write = (name: string, bytes: number, part: string) => {
      const path = join(folder, name);
      writeFileSync(path, Buffer.concat([Buffer.from('a,b,y\n'), Buffer.alloc(bytes, part)]));
      return path;
    };
    await input.setInputFiles(write('line.csv', 100e6, 'a'));
    await page.locator('.message.error', { hasText: 'a record has more than' }).waitFor();
    await input.setInputFiles(write('rows.csv', 100e6, '0.123,0.456,p\n'));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.table-reading').waitFor({ state: 'detached' });
    await page.locator('.table-reading').waitFor({ state: 'detached' });
    await opened(page, 'penguins.csv');
    await input.setInputFiles(write('most.csv', 151e6, '1,2\n'));
    await page.locator('.message.error', { hasText: 'A page opens tables of at most 150 MB' }).waitFor();
    expect(Math.max(0, ...((await page.evaluate('globalThis.tasks')) as number[]))).toBeLessThan(100);
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each([
    ['another shape', { version: 1, settings: { table: [1, 2] }, document: { experiment: { data: { file: 3 } } } }],
    [
      'names of the prototype',
      {
        version: 1,
        settings: { table: { row: { __proto__: 1 }, epochs: -5 } },
        document: {
          experiment: { network: { layers: [{}] }, data: { file: '__proto__', target: 'x' }, training: {} },
          files: {},
        },
      },
    ],
    [
      'a wrong experiment',
      {
        version: 1,
        settings: {},
        document: {
          experiment: { network: { layers: [] }, data: { file: 'a.csv', target: 'y' }, training: { loss: 'x' } },
          files: { 'a.csv': 'a,y\n1,2\n' },
        },
      },
    ],
  ])('a link with %s does no harm', async (_, state) => {
    const { page, faults, context } = await lab.open(await writeLink({ view: 'table', state }));
    await page.getByRole('heading', { name: 'Table', exact: true }).waitFor();
    await page.waitForTimeout(1000);
    await page.getByRole('button', { name: 'Example: penguins' }).click();
    await trained(page);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('for everybody', () => {
  test('with the keyboard alone: open, choose, train, ask, take away', async () => {
    const { page, faults, context } = await lab.open('#table');
    await trained(page);
    await page.locator('h1').click();
    const { keyboard } = page;
    const focusOn = async (label: string | RegExp) => {
      for (let i = 0; i < 120; i++) {
        await keyboard.press('Tab');
        const name = (await page.evaluate(`(() => {
          const element = document.activeElement;
          const label = element.labels?.[0]?.textContent ?? '';
          return [element.getAttribute('aria-label') ?? '', label, element.textContent].join(' ');
        })()`)) as string;
        if (typeof label === 'string' ? name.includes(label) : label.test(name)) return;
      }
      throw new Error(`nothing with the name ${label} can be focused`);
    };
    await focusOn('Paste a table');
    await keyboard.press('Enter');
    await focusOn('Rows with a header');
    await keyboard.insertText(wetOrDry(120));
    await focusOn('Open this text');
    await keyboard.press('Enter');
    await opened(page, 'pasted.csv');
    await focusOn(/^\s*wind\s*$/);
    await keyboard.press('Space');
    await page.getByText('--features pressure,sky').waitFor();
    await page.locator('h1').click();
    await focusOn(/Train$/);
    await keyboard.press('Enter');
    await trained(page);
    await focusOn(/pressure, slider/);
    const before = await page.locator('.table-form').getByLabel('pressure', { exact: true }).inputValue();
    await keyboard.press('ArrowRight');
    expect(await page.locator('.table-form').getByLabel('pressure', { exact: true }).inputValue()).not.toBe(before);
    await page.locator('h1').click();
    await focusOn('Take away');
    await keyboard.press('Enter');
    await focusOn('Model, ONNX');
    const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('model.onnx');
    // the menu is closed, and its button has the focus again
    expect(await page.locator('.take-away').getAttribute('open')).toBe(null);
    await keyboard.press('Enter');
    await focusOn('Program, PyTorch');
    await keyboard.press('Enter');
    await page.locator('.code-dialog pre', { hasText: 'torch.optim.Adam' }).waitFor();
    await keyboard.press('Escape');
    await page.locator('.code-dialog').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, on a wide screen and on a phone',
    async (colorScheme) => {
      const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
      for (const viewport of [
        { width: 1280, height: 900 },
        { width: 390, height: 844 },
      ]) {
        const { page, context } = await lab.open('#table', { viewport, colorScheme });
        await trained(page);
        await page.getByText('Take away').click();
        await page.evaluate(axe);
        const violations = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => String(target))]))',
        );
        expect(violations).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await context.close();
      }
    },
  );
});

/** As the page shows it. */
const percent = (share: number): string => {
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  if (share < 1 && share > 0.9999) return '> 99.99 %';
  return `${Number((100 * share).toFixed(2))} %`;
};

/** A made-up table with missing cells: it is wet under a low pressure and a grey sky. */
function wetOrDry(rows: number): string {
  const lines = ['pressure,sky,wind,wet'];
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let r = 0; r < rows; r++) {
    const pressure = 980 + 50 * next();
    const sky = ['blue', 'grey', 'white'][Math.floor(3 * next())];
    const wind = next() < 0.1 ? '' : (20 * next()).toFixed(1);
    const wet = pressure < 1002 + 10 * next() && sky !== 'blue' ? 'yes' : 'no';
    lines.push(`${pressure.toFixed(2)},${sky},${wind},${wet}`);
  }
  return `${lines.join('\n')}\n`;
}
