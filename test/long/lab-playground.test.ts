import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLink } from '../../lab/src/state/link.ts';
import { type ExperimentJson, experiment, train } from '../../src/index.ts';
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

  test('a changed batch size keeps the moments of Adam: the losses are those of the library', async () => {
    const opened = await lab.open('#playground', { reducedMotion: 'reduce' });
    const epochs = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const before = await epochOf(opened);
        await opened.page.getByRole('button', { name: 'One epoch' }).click();
        await until(async () => (await epochOf(opened)) === before + 1, 'one epoch');
      }
    };
    await choose(opened, 'Optimizer', 'adam');
    await until(async () => new URL(opened.page.url()).hash.length > 20, 'the address has the state');
    await opened.page.waitForTimeout(1200);
    const { state } = await readLink(new URL(opened.page.url()).hash);
    const json = (state as { document: { experiment: ExperimentJson } }).document.experiment;
    await epochs(5);
    await choose(opened, 'Batch size', '0');
    await epochs(5);
    expect(await statusOf(opened)).toContain('the state of adam');
    const setupOf = (batchSize: number | 'full', stop: number) =>
      experiment({ ...json, training: { ...json.training!, batchSize, stop: { epochs: stop } } });
    let checkpoint: Uint8Array | undefined;
    const { model } = await train(setupOf(10, 5), {
      onCheckpoint: (bytes) => {
        checkpoint = bytes;
      },
    });
    const { history } = await train(setupOf('full', 10), { from: checkpoint });
    const anew = await train(setupOf('full', 5), { from: model });
    const shown = await lossOf(opened);
    expect(shown).toBe(Number(history.at(-1)!.loss.toPrecision(3)));
    expect(shown).not.toBe(Number(anew.history.at(-1)!.loss.toPrecision(3)));
    await choose(opened, 'Optimizer', 'rmsprop');
    await until(async () => (await statusOf(opened)).includes('Rmsprop starts anew'), 'the view says so');
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('a schedule with its fields, its planned rates, and its link; a wrong value stays out', async () => {
    const opened = await lab.open('#playground', { reducedMotion: 'reduce' });
    const { page } = opened;
    const rates = () => page.getByRole('img', { name: /^Learning rate:/ }).getAttribute('aria-label');
    await choose(opened, 'Schedule', 'cosine');
    const field = page.getByRole('spinbutton', { name: 'Epochs' });
    await field.fill('-3');
    await field.press('Tab');
    expect(await field.inputValue()).toBe('200');
    await field.fill('4');
    await field.press('Tab');
    await until(async () => (await rates())!.includes('the schedule cosine plans'), 'the plan is drawn');
    for (let i = 1; i <= 5; i++) {
      await page.getByRole('button', { name: 'One epoch' }).click();
      await until(async () => (await epochOf(opened)) === i, 'one epoch');
    }
    expect(await rates()).toContain('Learning rate: 0;');
    expect(await page.getByRole('list', { name: 'Warnings' }).innerText()).toContain('ended at epoch 4');
    await page.waitForTimeout(1200);
    const again = await lab.open(new URL(page.url()).hash, { reducedMotion: 'reduce' });
    await until(async () => (await epochOf(again)) === 5, 'the link restores the run');
    expect(await again.page.getByRole('combobox', { name: 'Schedule' }).inputValue()).toBe('cosine');
    expect(await again.page.getByRole('spinbutton', { name: 'Epochs' }).inputValue()).toBe('4');
    expect([...opened.faults, ...again.faults]).toEqual([]);
    await opened.context.close();
    await again.context.close();
  });

  test('own points start new curves, a new point is marked in them, and a message about a start passes', async () => {
    const opened = await lab.open('#playground');
    const { page } = opened;
    const curve = () => page.getByRole('img', { name: /^Loss over/ }).getAttribute('aria-label');
    await until(async () => (await epochOf(opened)) > 20, 'it trains');
    await choose(opened, 'Set', 'empty');
    await until(async () => (await curve())!.startsWith('Loss over 0 epochs'), 'the curves of XOR are gone');
    const surface = page.getByRole('application');
    const { width, height } = (await surface.boundingBox())!;
    const draw = (x: number, y: number) => surface.click({ position: { x: x * width, y: y * height } });
    await draw(0.25, 0.25);
    await page.getByRole('radio', { name: 'class 0' }).check();
    await draw(0.75, 0.25);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await until(async () => (await epochOf(opened)) > 10, 'it trains');
    await draw(0.75, 0.75);
    await until(async () => /after epoch \d+: data changed/.test((await curve())!), 'the change is marked');
    await page.getByRole('button', { name: 'Reset' }).click();
    await until(async () => (await statusOf(opened)) === 'Started again from the initial weights.', 'it says so');
    await until(async () => (await statusOf(opened)) === '', 'the message passes', 20);
    expect(await curve()).not.toContain('data changed');
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('a kept run stays in the plot, with the choices that differ, also in a link', async () => {
    const opened = await lab.open('#playground', { reducedMotion: 'reduce' });
    const { page } = opened;
    const table = (of: Opened) => of.page.getByRole('region', { name: 'The kept run and this run' }).innerText();
    await page.getByRole('button', { name: 'One epoch' }).click();
    await until(async () => (await epochOf(opened)) === 1, 'one epoch');
    await page.getByRole('button', { name: 'Keep this run to compare' }).click();
    expect(await table(opened)).toContain('Both have the same choices so far.');
    await page.getByRole('button', { name: 'Add a layer' }).click();
    await choose(opened, 'Optimizer', 'adam');
    await page.getByRole('button', { name: 'One epoch' }).click();
    await until(async () => (await epochOf(opened)) === 1, 'one epoch');
    const shown = (await table(opened)).replace(/\s+/g, ' ');
    expect(shown).toContain('Hidden layers 4 tanh 4 tanh, 4 tanh');
    expect(shown).toContain('Optimizer sgd adam');
    await page.waitForTimeout(1200);
    const again = await lab.open(new URL(page.url()).hash, { reducedMotion: 'reduce' });
    await until(async () => (await table(again)).includes('adam'), 'the link has the kept run');
    expect([...opened.faults, ...again.faults]).toEqual([]);
    await opened.context.close();
    await again.context.close();
  });

  test('a layer is resized by dragging and its points by keys, while it trains', async () => {
    const opened = await lab.open('#playground');
    const { page } = opened;
    await until(async () => (await epochOf(opened)) > 5, 'it trains');
    const { x, y, width } = (await page.getByRole('slider', { name: /^Units of layer 1/ }).boundingBox())!;
    await page.mouse.move(x + width / 2, y + 3);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 63, { steps: 6 });
    await page.mouse.up();
    expect(Number(await page.getByLabel('Units of layer 1', { exact: true }).inputValue())).toBeGreaterThan(4);
    await until(async () => (await statusOf(opened)).includes('Started again'), 'it starts again');
    const points = page.getByRole('slider', { name: /^Points/ });
    await points.focus();
    await points.press('ArrowRight');
    await until(async () => (await statusOf(opened)).includes('continues'), 'it continues');
    expect(await points.inputValue()).toBe('101');
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
