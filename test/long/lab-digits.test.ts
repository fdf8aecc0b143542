import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabBrowser, openLab } from '../lab-page.ts';
import { axeFaults, contentWidth, framesPerSecond, pictureOf, threadTasks, watchLongTasks } from '../lab-watch.ts';

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

type Opened = Awaited<ReturnType<LabBrowser['open']>>;

const accuracyOf = async ({ page }: Opened): Promise<number> =>
  Number((await page.locator('.digits-accuracy h2 .number').innerText()).replace(' %', ''));
const saysOf = ({ page }: Opened) => page.locator('.digits-answer h2').innerText();
async function until(what: () => Promise<boolean>, why: string, seconds = 90): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await what())) {
    if (performance.now() > end) expect.fail(`after ${seconds} s: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('digits', () => {
  test('784-128-10 reaches 90 % on held-out digits while the page draws, and no task of the page takes 50 ms', async () => {
    const opened = await lab.open('#digits');
    const long = await watchLongTasks(opened.page);
    await until(async () => (await accuracyOf(opened)) > 0, 'it trains by itself');
    const frames = await framesPerSecond(opened.page, 2);
    const tasks = await threadTasks(lab.browser, opened.page, 2000);
    await until(async () => (await accuracyOf(opened)) >= 90, '90 % of the held-out digits');
    console.log(
      `digits: ${frames} pictures a second; longest task ${tasks.longest} ms of processor time; by the clock ${await long()}`,
    );
    expect(tasks.longest).toBeLessThan(50);
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('a one, drawn with the pointer, is read as a one, at the edge of the pad too', async () => {
    const opened = await lab.open('#digits');
    const { page } = opened;
    await until(async () => (await accuracyOf(opened)) >= 92, '92 % of the held-out digits');
    const box = (await page.getByRole('application').boundingBox())!;
    for (const x of [0.5, 0.2]) {
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.mouse.move(box.x + x * box.width, box.y + 0.15 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + (x - 0.05) * box.width, box.y + 0.85 * box.height, { steps: 12 });
      await page.mouse.up();
      await until(async () => (await saysOf(opened)).startsWith('The network says 1'), 'it is a one');
    }
    const probabilities = await page.locator('.digits-value').allInnerTexts();
    expect(probabilities.reduce((sum, text) => sum + Number(text), 0)).toBeCloseTo(1, 1);
    expect(opened.faults).toEqual([]);
    await opened.context.close();
  });

  test('after its end, the trained network still reads digits', async () => {
    const opened = await lab.open('#digits');
    const { page } = opened;
    await until(
      async () => (await page.getByRole('button', { name: 'Train again' }).count()) === 1,
      'the training ends',
    );
    const said = new Set<string>();
    for (let i = 0; i < 12; i++) {
      await page.getByRole('button', { name: 'Next held-out digit' }).click();
      await page.waitForTimeout(150);
      said.add((await saysOf(opened)).slice(0, 'The network says 0'.length));
    }
    expect(said.size).toBeGreaterThan(3);
    await opened.context.close();
  });

  test('with the keyboard alone: play, pause, draw, clear, a held-out digit; a link restores the drawing', async () => {
    const opened = await lab.open('#digits', { reducedMotion: 'reduce' });
    const { page } = opened;
    await until(async () => page.getByRole('button', { name: 'Play' }).isEnabled(), 'the digits are loaded');
    await page.getByRole('button', { name: 'Play' }).focus();
    await page.keyboard.press('Enter');
    await until(async () => (await accuracyOf(opened)) >= 90, '90 % of the held-out digits');
    await page.keyboard.press('Enter');
    // the picture of the moment at which it paused may still come
    await page.waitForTimeout(800);
    const seen = await page.locator('.digits-seen').innerText();
    await page.waitForTimeout(800);
    expect(await page.locator('.digits-seen').innerText()).toBe(seen);
    await page.getByRole('button', { name: 'Next held-out digit' }).focus();
    await page.keyboard.press('Enter');
    await until(async () => (await saysOf(opened)).includes('it is'), 'the label is shown');
    await page.getByRole('application').focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press(' ');
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await until(async () => (await saysOf(opened)) === 'The network says 1', 'a stroke is a one, also while paused');
    const picture = () => pictureOf(page.locator('.digits-small'));
    await page.waitForTimeout(1200);
    const drawn = await picture();
    const again = await lab.open(new URL(page.url()).hash, { reducedMotion: 'reduce' });
    await until(async () => again.page.getByRole('button', { name: 'Play' }).isEnabled(), 'the digits are loaded');
    const restored = await pictureOf(again.page.locator('.digits-small'));
    expect(restored).toBe(drawn);
    expect([...opened.faults, ...again.faults]).toEqual([]);
    await opened.context.close();
    await again.context.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, and a phone needs no sideways scrolling',
    async (scheme) => {
      const opened = await lab.open('#digits', { colorScheme: scheme, viewport: { width: 390, height: 844 } });
      await until(async () => (await accuracyOf(opened)) > 50, 'it trains');
      await opened.page.getByRole('button', { name: 'Pause' }).click();
      expect(await axeFaults(opened.page)).toEqual([]);
      expect(await contentWidth(opened.page)).toBe(390);
      await opened.context.close();
    },
  );
});
