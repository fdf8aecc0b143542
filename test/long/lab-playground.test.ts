import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabBrowser, openLab } from '../lab-page.ts';
import { axeFaults, contentWidth, threadTasks, watchLongTasks } from '../lab-watch.ts';

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

type Opened = Awaited<ReturnType<LabBrowser['open']>>;

const lossOf = async ({ page }: Opened): Promise<number> =>
  Number(await page.locator('.playground-curves .number b').first().innerText());
const epochOf = async ({ page }: Opened): Promise<number> =>
  Number((await page.locator('.playground-epoch b').innerText()).replaceAll(',', ''));
const statusOf = ({ page }: Opened) => page.locator('.playground-status').innerText();
const choose = ({ page }: Opened, name: string, option: string) =>
  page.getByRole('combobox', { name, exact: true }).selectOption(option);
/** Waits until a condition holds. */
async function until(what: () => Promise<boolean>, why: string, seconds = 60): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await what())) {
    if (performance.now() > end) expect.fail(`after ${seconds} s: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('playground', () => {
  test('XOR with one hidden layer learns as soon as the view is open, and no task of the page takes 50 ms', async () => {
    const opened = await lab.open('#playground');
    const long = await watchLongTasks(opened.page);
    await until(async () => (await epochOf(opened)) > 20, 'it trains by itself');
    const tasks = await threadTasks(lab.browser, opened.page, 2500);
    await until(async () => (await lossOf(opened)) < 0.05, 'the loss is below 0.05');
    console.log(
      'playground: longest task',
      tasks.longest,
      'ms of processor time; long tasks by the clock',
      await long(),
    );
    expect(tasks.count).toBeGreaterThan(50);
    expect(tasks.longest).toBeLessThan(50);
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('a changed activation, rate and penalty continue from the weights of now; a new layer starts again', async () => {
    const opened = await lab.open('#playground');
    await until(async () => (await lossOf(opened)) < 0.2, 'the loss is below 0.2');
    const before = await epochOf(opened);
    for (const [name, option] of [
      ['Activation of layer 1', 'softsign'],
      ['Learning rate', '0.3'],
      ['L2 penalty', '0.001'],
      ['Dropout', '0.1'],
      ['Optimizer', 'adam'],
    ]) {
      await choose(opened, name, option);
      await until(async () => (await statusOf(opened)).includes('continues'), `${name} continues`);
    }
    await until(async () => (await epochOf(opened)) > before + 5, 'epochs go on');
    await opened.page.getByRole('button', { name: 'Add a layer' }).click();
    await until(async () => (await statusOf(opened)).includes('Started again'), 'it starts again');
    await until(async () => (await epochOf(opened)) < before, 'epochs start again');
    expect(await opened.page.getByLabel('Units of layer 2', { exact: true }).inputValue()).toBe('4');
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('XOR without a hidden layer, and a rate that diverges, are explained in words', async () => {
    const opened = await lab.open('#playground');
    const warnings = () => opened.page.getByRole('list', { name: 'Warnings' }).innerText({ timeout: 60_000 });
    await opened.page.getByRole('button', { name: 'Remove layer 1' }).click();
    expect(await warnings()).toContain('no straight line separates XOR');
    await choose(opened, 'Set', 'line');
    await choose(opened, 'Learning rate', '30');
    const play = opened.page.getByRole('button', { name: 'Play', exact: true });
    if (await play.isVisible()) await play.click();
    await until(async () => (await warnings().catch(() => '')).includes('Training diverged.'), 'it says so');
    expect(await warnings()).toMatch(/Try a rate of [\d.]+\./);
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('points are drawn with the pointer and with the keyboard, and a link restores points, choices, weights and curve', async () => {
    const opened = await lab.open('#playground', { reducedMotion: 'reduce' });
    const { page } = opened;
    await page.getByRole('button', { name: 'Remove all' }).click();
    await until(async () => (await statusOf(opened)).includes('no points'), 'there are none');
    const surface = page.getByRole('application');
    const { width, height } = (await surface.boundingBox())!;
    await surface.click({ position: { x: 0.25 * width, y: 0.25 * height } });
    await page.getByRole('radio', { name: 'class 0' }).check();
    await surface.click({ position: { x: 0.75 * width, y: 0.75 * height } });
    await surface.focus();
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowUp', ' ']) await page.keyboard.press(key);
    await until(
      async () => (await page.locator('.playground-plane [role=status]').innerText()).includes('3 points'),
      '3',
    );
    await page.getByRole('combobox', { name: 'Optimizer' }).selectOption('adam');
    await page.getByRole('button', { name: 'One epoch' }).click();
    await until(async () => (await epochOf(opened)) === 1, 'one epoch');
    const loss = await lossOf(opened);
    await page.waitForTimeout(1200);
    const link = new URL(page.url()).hash;
    const again = await lab.open(link, { reducedMotion: 'reduce' });
    await until(async () => (await epochOf(again)) === 1, 'the epoch is restored');
    expect(await lossOf(again)).toBeCloseTo(loss, 2);
    expect(await again.page.getByRole('combobox', { name: 'Optimizer' }).inputValue()).toBe('adam');
    expect(await again.page.locator('.playground-plane canvas').getAttribute('aria-label')).toContain('3 points');
    expect([...opened.faults, ...again.faults]).toEqual([]);
    await opened.context.close();
    await again.context.close();
  });

  test('with the keyboard alone: pause, one epoch, a layer resized, a unit shown, the slice of the loss surface', async () => {
    const opened = await lab.open('#playground', { reducedMotion: 'reduce' });
    const { page } = opened;
    const press = async (name: string | RegExp, role: 'button' | 'slider', key: string) => {
      await page.getByRole(role, { name }).first().focus();
      await page.keyboard.press(key);
    };
    await press('One epoch', 'button', 'Enter');
    await until(async () => (await epochOf(opened)) === 1, 'one epoch');
    await press(/^Units of layer 1/, 'slider', 'ArrowUp');
    expect(await page.getByLabel('Units of layer 1', { exact: true }).inputValue()).toBe('5');
    await press('Play', 'button', 'Enter');
    await until(async () => (await epochOf(opened)) > 3, 'it plays');
    await press('Pause', 'button', 'Enter');
    await press(/^Unit 2 of layer 1/, 'button', ' ');
    expect(await page.locator('.playground-plane h2').innerText()).toBe('Unit 2 of layer 1');
    expect(await page.locator('.playground-plane .playground-about').innerText()).toMatch(/^Weights .*; bias /);
    await page.locator('.playground-slice summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('.playground-slice canvas').waitFor({ timeout: 60_000 });
    expect(await page.locator('.playground-slice [role=status]').innerText()).toMatch(/^At epoch \d+: losses from /);
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('plots are saved as SVG and PNG', async () => {
    const opened = await lab.open('#playground');
    await until(async () => (await epochOf(opened)) > 5, 'there is a curve');
    for (const [name, begins] of [
      ['Save as SVG: playground-loss', '<svg xmlns'],
      ['Save as PNG: playground-xor', '\x89PNG'],
    ]) {
      const [download] = await Promise.all([
        opened.page.waitForEvent('download'),
        opened.page.getByRole('button', { name }).click(),
      ]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString('latin1').slice(0, begins.length)).toBe(begins);
    }
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('the step view gets the network with the weights of now', async () => {
    const opened = await lab.open('#playground');
    await until(async () => (await epochOf(opened)) > 20, 'it trains');
    await opened.page.getByRole('button', { name: 'Pause' }).click();
    await opened.page.getByRole('button', { name: 'Walk through this step' }).click();
    await until(async () => opened.page.url().includes('#step/'), 'the step view is open, with a document');
    await opened.context.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, and a phone needs no sideways scrolling',
    async (scheme) => {
      const opened = await lab.open('#playground', { colorScheme: scheme, viewport: { width: 390, height: 844 } });
      await until(async () => (await epochOf(opened)) > 5, 'it trains');
      await opened.page.getByRole('button', { name: 'Pause' }).click();
      for (const summary of await opened.page.locator('.playground summary').all()) await summary.click();
      await opened.page.waitForTimeout(1500);
      expect(await axeFaults(opened.page)).toEqual([]);
      expect(await contentWidth(opened.page)).toBe(390);
      await opened.context.close();
    },
  );
});
