/** The table view of the lab in Chromium: a table trained to the bytes of the command line, asked, taken away, and restored. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../src/predict/index.ts';
import { type LabBrowser, openLab } from '../lab-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const penguins = readFileSync(join(root, 'examples/penguins.csv'), 'utf8');
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
