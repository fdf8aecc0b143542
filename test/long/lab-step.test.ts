/** The view "Step" of the lab, in a browser: every number of the worked example, typing over, time travel, links, keyboard. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explanation, explanationHtml } from '../../dist/explain.js';
import { type ExperimentJson, experiment, explain, type WorkedExampleJson } from '../../dist/index.js';
import { type LabBrowser, type LabPage, openLab } from '../lab-page.ts';

const textbook = JSON.parse(
  readFileSync(new URL('../../examples/textbook-3-2-1.json', import.meta.url), 'utf8'),
) as WorkedExampleJson & { readonly experiment: ExperimentJson };
const setup = experiment(textbook.experiment, { withoutStop: true });
const shown = (value: number) => String(value).replaceAll('-', '−');
const six = (value: number) => String(Number(value.toPrecision(6)));

/** What the test calls in the page. */
interface PageGlobals {
  getComputedStyle(element: unknown): { readonly backgroundImage: string };
}

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

async function openStep(fragment = '#step', options?: Parameters<LabBrowser['open']>[1]): Promise<LabPage> {
  const opened = await lab.open(fragment, options);
  await opened.page.waitForSelector('.step-current math');
  return opened;
}

const result = (page: Page) => page.textContent('[data-result]');
const lossShown = (page: Page) => page.textContent('.step-loss strong');
/** Waits until a text is shown somewhere. */
const waitFor = (page: Page, selector: string, text: string) =>
  expect.poll(() => page.textContent(selector), { timeout: 20_000, interval: 15 }).toBe(text);
const waitForLine = (page: Page, line: number) =>
  expect
    .poll(() => page.textContent('.step-where .soft'), { timeout: 20_000, interval: 15 })
    .toContain(`line ${line} of `);

describe('the worked example', () => {
  test('is walked to its end: every computed and every printed number is on the page', async () => {
    const { page, faults } = await openStep();
    const lines = explain(setup);
    const printed: string[] = [];
    for (const [i, { value, quantity }] of lines.entries()) {
      await waitForLine(page, i + 1);
      expect(await page.getAttribute('[data-result]', 'title'), quantity).toBe(shown(value));
      expect(shown(value).slice(0, 5), quantity).toBe((await result(page))?.slice(0, 5));
      const beside = await page.locator('.step-current .step-printed .number').allTextContents();
      printed.push(...beside);
      if (i < lines.length - 1) await page.keyboard.press('ArrowRight');
    }
    expect(printed.toSorted()).toEqual(textbook.printed.map(({ value }) => value).toSorted());
    // all of them are in the list of lines too
    expect(await page.locator('.step-line').count()).toBe(lines.length);
    expect((await page.locator('.step-lines .step-printed .number').allTextContents()).toSorted()).toEqual(
      printed.toSorted(),
    );
    expect(faults).toEqual([]);
  });

  test('shows the true gradient, the averaged factors and the central difference of every weight', async () => {
    const { page, faults } = await openStep();
    await page.waitForSelector('.step-gradient-table tbody tr');
    const rows = await page.locator('.step-gradient-table tbody tr').allTextContents();
    expect(rows).toHaveLength(8);
    // w1: exact, central difference, averaged
    expect(rows[6]).toContain('0.0592621');
    expect(rows[6].match(/0\.0592621/g)).toHaveLength(2);
    expect(rows[6]).toContain('0.0671828');
    expect(rows[6]).toContain('differs by 0.00792');
    expect(faults).toEqual([]);
  });

  test('hides in the guided walk what is not computed yet, and shows everything in the free mode', async () => {
    const { page } = await openStep();
    const names = () =>
      page
        .locator('.step-drawing [role=button]')
        .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    expect((await names()).join('; ')).toContain('h1⁽¹⁾ = 2.4, forward');
    expect((await names()).join('; ')).not.toContain('y⁽¹⁾');
    expect(await page.locator('.step-line').count()).toBe(1);
    await page.getByRole('button', { name: 'Free' }).click();
    expect(await page.locator('.step-line').count()).toBe(explain(setup).length);
    expect((await names()).join('; ')).toContain('y⁽¹⁾ = 0.907207, forward');
    expect((await names()).join('; ')).toContain('∂E/∂w1 = 0.0671828, backward');
  });
});

describe('the true gradient and the averaged factors', () => {
  const w1 = 'layers.1.weight[0][0]';
  const newWeight = (gradient: string) => {
    const training = { ...textbook.experiment.training, gradient };
    const other = experiment({ ...textbook.experiment, training } as ExperimentJson, { withoutStop: true });
    return explain(other).find(({ quantity, after }) => quantity === w1 && after === 1)!.value;
  };

  test('are shown with their parts, each of which is a number to select', async () => {
    const { page, faults } = await openStep();
    await page.waitForSelector('.step-parts');
    const lines = explain(setup);
    const at = (quantity: string) => lines.find((line) => line.quantity === quantity && line.after === 0)!.value;
    const rows = await page.locator('.step-parts tbody tr').evaluateAll((all) => all.map((row) => row.textContent));
    expect(rows).toHaveLength(3);
    let sum = 0;
    for (const [s, row] of rows.entries()) {
      const factors = [
        at(`gradient(layers.1.output[${s}][0])`),
        at(`factor(layers.1.output[${s}][0], layers.1.sum[${s}][0])`),
        at(`layers.0.sum[${s}][0]`),
      ];
      const product = factors.reduce((a, b) => a * b, 1);
      sum += product;
      expect(row).toBe([String(s + 1), ...[...factors, product].map(six)].join(''));
    }
    const rules = await page.textContent('.step-rules');
    expect(rules).toContain(`= ${six(sum)} multiply in each sample`);
    expect(rules).toContain('0.0671828');
    // a part of the true gradient, which the step does not use, is selected and says how it is computed
    await page.locator('.step-rules button', { hasText: six(sum) }).click();
    await waitFor(page, '.step-selection h2 .number', six(sum));
    expect(await page.textContent('.step-selection')).toContain('true gradient; this step updates with the other rule');
    const names = () =>
      page.locator('.step-numbers.from button').evaluateAll((all) => all.map((b) => b.getAttribute('aria-label')));
    expect(await names()).toHaveLength(6);
    expect((await names())[0]).toMatch(/^∂E\/∂s⁽¹⁾ = .* \(true gradient\)$/);
    // the parts of a hidden weight
    await page.getByRole('button', { name: 'v32: show the parts' }).click();
    await expect.poll(() => page.textContent('.step-rules'), { timeout: 20_000 }).not.toBe(rules);
    expect(await page.locator('.step-parts thead').textContent()).toContain('from the loss');
    expect(faults).toEqual([]);
  });

  test('a person chooses which of them updates, and a link keeps the choice', async () => {
    const { page, faults } = await openStep();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Free' }).click();
    const weight = () => page.locator('.step-line', { has: page.getByRole('button', { name: /^w1′ = / }) });
    await expect.poll(() => weight().textContent(), { timeout: 20_000 }).toContain(six(newWeight('averagedFactors')));
    await page.getByRole('radio', { name: 'true gradient' }).check();
    await expect.poll(() => weight().textContent(), { timeout: 20_000 }).toContain(six(newWeight('exact')));
    expect(await page.locator('.step-gradient-table thead').textContent()).toContain('true gradient updates');
    await page.waitForTimeout(700);
    const again = await openStep(new URL(page.url()).hash);
    expect(await again.page.getByRole('radio', { name: 'true gradient' }).isChecked()).toBe(true);
    await again.context.close();
    await page.getByRole('button', { name: 'update with it' }).click();
    await expect.poll(() => weight().textContent(), { timeout: 20_000 }).toContain(six(newWeight('averagedFactors')));
    expect(await page.locator('.step-choose select').inputValue()).toBe('Textbook 3-2-1');
    expect(faults).toEqual([]);
  });
});

test('any sample of a large batch is shown; what belongs to the batch stays', async () => {
  const { page, faults } = await openStep();
  const count = 120;
  const large = {
    network: { inputs: 2, layers: [{ dense: 4, activation: 'tanh' }, { dense: 1 }] },
    data: {
      inputs: Array.from({ length: count }, (_, r) => [Math.sin(r), Math.cos(3 * r)]),
      targets: Array.from({ length: count }, (_, r) => [r / count]),
    },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, batchSize: 'full', stop: { epochs: 1 } },
    seed: 1,
  };
  await page.setInputFiles('input[type=file]', {
    name: 'large.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(large)),
  });
  await waitFor(page, 'h1', 'large.json');
  await waitFor(page, '.step-sample span', 'of 120 in the batch');
  const heading = () => page.textContent('.step-where .soft');
  const loss = await lossShown(page);
  expect(await heading()).toContain('sample 1 ');
  await page.getByRole('button', { name: 'Next sample of the batch' }).click();
  await expect.poll(heading, { timeout: 20_000 }).toContain('sample 2 ');
  await page.locator('.step-sample select').selectOption({ label: '120' });
  await expect.poll(heading, { timeout: 20_000 }).toContain('sample 120 ');
  expect(await page.getByRole('button', { name: 'Next sample of the batch' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Previous sample of the batch' }).click();
  await expect.poll(heading, { timeout: 20_000 }).toContain('sample 119 ');
  expect(await lossShown(page)).toBe(loss);
  // a factor of another sample shows that sample
  await expect.poll(() => page.locator('.step-parts tbody tr').count(), { timeout: 20_000 }).toBe(count);
  await page.locator('.step-parts tbody tr').nth(56).locator('button').first().click();
  await expect.poll(heading, { timeout: 20_000 }).toContain('sample 57 ');
  await expect.poll(() => page.textContent('.step-selection'), { timeout: 20_000 }).toContain('(57)');
  expect(faults).toEqual([]);
});

describe('the drawing', () => {
  test.each([390, 1280])('no two of its texts overlap, in any example, at %i pixels', async (width) => {
    const { page, faults } = await openStep('#step', { viewport: { width, height: 900 } });
    await page.getByRole('button', { name: 'Free' }).click();
    const names = await page.locator('.step-choose select').locator('option').allTextContents();
    for (const name of names) {
      await page.locator('.step-choose select').selectOption(name);
      await expect.poll(() => page.getAttribute('.step-loss', 'aria-busy'), { timeout: 20_000 }).toBe('false');
      const faultsOf = await page.locator('.step-drawing svg').evaluate((svg) => {
        const boxes = [...svg.querySelectorAll('text')].map((text) => ({
          text: text.textContent,
          ...text.getBoundingClientRect().toJSON(),
        })) as { text: string; left: number; right: number; top: number; bottom: number }[];
        // a box of text has room above and below its letters
        const inset = (b: (typeof boxes)[number]) => (b.bottom - b.top) * 0.15;
        return boxes.flatMap((a, i) =>
          boxes
            .slice(0, i)
            .filter(
              (b) =>
                a.left < b.right &&
                b.left < a.right &&
                a.top + inset(a) < b.bottom - inset(b) &&
                b.top + inset(b) < a.bottom - inset(a),
            )
            .map((b) => `${a.text} | ${b.text}`),
        );
      });
      expect(faultsOf, name).toEqual([]);
      const weights = await page.locator('.step-drawing .step-number').allTextContents();
      if (name.startsWith('Textbook')) {
        for (const weight of ['v11', 'v12', 'v21', 'v22', 'v31', 'v32', 'w1', 'w2']) {
          expect(
            weights.some((text) => text.includes(weight)),
            weight,
          ).toBe(true);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('a selected number', () => {
  test('shows where it comes from and where it goes, in the lists, the drawing and the formulas', async () => {
    const { page, faults } = await openStep();
    await page.getByRole('button', { name: 'Free' }).click();
    // the weight w1 in the drawing
    await page.locator('.step-drawing [aria-label^="w1 = 0.8"], .step-drawing [aria-label^="w1′"]').first().click();
    await page
      .getByRole('button', { name: /^w1 = 0\.8/ })
      .first()
      .click();
    const goesTo = await page
      .locator('.step-numbers.to button')
      .evaluateAll((all) => all.map((b) => b.getAttribute('aria-label')));
    const readers = explain(setup).filter(
      ({ formula, after, phase }) =>
        /\bw1\b(?!′)/.test(formula.replaceAll('∂E/∂w1', '')) && (after === 0 || phase === 'update'),
    );
    expect(goesTo.filter((label) => !label?.endsWith('(true gradient)'))).toHaveLength(readers.length);
    // the true gradient goes through w1 too, for each sample
    expect(goesTo).toHaveLength(readers.length + 3);
    expect(await page.locator('.step-numbers.from').textContent()).toContain('given, not computed');
    // a number in a formula is selected by a click
    await page.locator('.step-line[data-line="3"] strong').click();
    expect(await page.locator('.step-selection h2 .number').textContent()).toBe('0.907207');
    expect(await page.locator('.step-selection h2 .number').getAttribute('title')).toBe('0.907207046882843');
    await page.getByText('Full value').click();
    expect(await page.getByRole('textbox', { name: 'Full value' }).inputValue()).toBe('0.907207046882843');
    const marked = await page.locator('.step-current math [data-n]').first().getAttribute('data-n');
    const background = await page
      .locator('.step-line[data-line="3"] math [data-n]')
      .last()
      .evaluate((each) => (globalThis as unknown as PageGlobals).getComputedStyle(each).backgroundImage);
    expect(marked).not.toBeNull();
    expect(background).toContain('gradient');
    expect(faults).toEqual([]);
  });
});

describe('typing over', () => {
  test('a weight, an input and a target: everything follows, undo brings it back, and the link holds it', async () => {
    const { page, faults } = await openStep();
    const changed = structuredClone(textbook.experiment) as unknown as {
      network: { layers: { weight: number[][] }[] };
      data: { inputs: number[][]; targets: number[][] };
    };
    const lossNow = () =>
      explain(experiment(changed as unknown as ExperimentJson, { withoutStop: true })).find(
        ({ quantity }) => quantity === 'loss',
      )!.value;
    await page.getByRole('textbox', { name: 'w1', exact: true }).fill('-0.25');
    changed.network.layers[1].weight[0][0] = -0.25;
    await waitFor(page, '.step-loss strong', six(lossNow()));
    await page.getByRole('textbox', { name: 'x3⁽²⁾', exact: true }).fill('1.5');
    changed.data.inputs[1][2] = 1.5;
    await waitFor(page, '.step-loss strong', six(lossNow()));
    await page.getByRole('textbox', { name: 't⁽³⁾', exact: true }).fill('0,9');
    changed.data.targets[2][0] = 0.9;
    await waitFor(page, '.step-loss strong', six(lossNow()));
    // another page opens the link
    await page.waitForTimeout(700);
    const again = await openStep(new URL(page.url()).hash);
    await waitFor(again.page, '.step-loss strong', six(lossNow()));
    expect(await again.page.getByRole('textbox', { name: 'w1', exact: true }).inputValue()).toBe('−0.25');
    await again.context.close();
    const after = six(lossNow());
    changed.data.targets[2][0] = 0.36;
    const before = six(lossNow());
    // what changed, old and new
    await expect
      .poll(() => page.locator('.step-changed .number').allTextContents(), { timeout: 20_000 })
      .toEqual(['0.36', '0.9', before, after]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await waitFor(page, '.step-loss strong', before);
    expect(await page.locator('.step-changed .number').allTextContents()).toContain('1.5');
    expect(faults).toEqual([]);
  });

  test('a text that is no number says so at its field, and changes nothing', async () => {
    const { page, faults } = await openStep();
    const before = await lossShown(page);
    const field = page.getByRole('textbox', { name: 'w1', exact: true });
    await field.fill('<b>x');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.step-wrong').textContent()).toContain('“<b>x” is not a number');
    expect(await lossShown(page)).toBe(before);
    await field.blur();
    expect(await field.inputValue()).toBe('0.8');
    expect(faults).toEqual([]);
  });
});

describe('time travel', () => {
  test('forward and back, by buttons, slider and number; the selected number stays selected', async () => {
    const { page, faults } = await openStep();
    const lossAt = (step: number) =>
      String(
        Number(
          explain(setup, { step })
            .find(({ quantity }) => quantity === 'loss')!
            .value.toPrecision(6),
        ),
      );
    for (const step of [2, 3]) {
      await page.getByRole('button', { name: 'Next step' }).click();
      await waitFor(page, '.step-loss strong', lossAt(step));
    }
    await page.getByRole('button', { name: 'Previous step' }).click();
    await waitFor(page, '.step-loss strong', lossAt(2));
    await page.getByRole('button', { name: 'Next line' }).click();
    await waitForLine(page, 2);
    await page.getByRole('button', { name: 'Previous line' }).click();
    await waitForLine(page, 1);
    await page.getByLabel('Step', { exact: true }).fill('200');
    await page.getByLabel('Step', { exact: true }).press('Enter');
    await waitFor(page, '.step-loss strong', lossAt(200));
    await page.getByLabel('Updates made before this step').fill('1');
    await waitFor(page, '.step-loss strong', lossAt(2));
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('Shift+ArrowLeft');
    await waitFor(page, '.step-loss strong', lossAt(1));
    expect(faults).toEqual([]);
  });

  test('after quick steps, the loss is always that of the updates beside it, and the last comes at once', async () => {
    const { page, faults } = await openStep();
    const losses = Array.from({ length: 9 }, (_, updates) =>
      six(explain(setup, { step: updates + 1 }).find(({ quantity }) => quantity === 'loss')!.value),
    );
    await page.waitForSelector('.step-gradient-table tbody tr');
    // a comparison of gradients is under way when the next step is asked for
    for (const pause of [0, 130, 0, 0, 150, 20, 0, 0]) {
      await page.waitForTimeout(pause);
      await page.keyboard.press('Shift+ArrowRight');
      const [, updates, loss] = /^(\d+) updates? made; loss (.*)$/.exec((await page.textContent('.step-loss'))!)!;
      expect(loss, `${updates} updates`).toBe(losses[Number(updates)]);
    }
    await waitFor(page, '.step-loss', `8 updates made; loss ${losses[8]}`);
    expect(await page.getByLabel('Step', { exact: true }).inputValue()).toBe('9');
    expect(faults).toEqual([]);
  });

  test('a link restores the step, the line, the mode and the selection', async () => {
    const { page } = await openStep();
    await page.getByRole('button', { name: 'Next step' }).click();
    await page.getByRole('button', { name: 'Free' }).click();
    await page.locator('.step-line[data-line="20"] button').click();
    const where = await page.textContent('.step-where .soft');
    await page.locator('.step-drawing [aria-label^="x1"]').click();
    const selected = await page.textContent('.step-selection h2');
    await page.waitForTimeout(700);
    const again = await openStep(new URL(page.url()).hash);
    await waitFor(again.page, '.step-where .soft', where!);
    expect(await again.page.textContent('.step-selection h2')).toBe(selected);
    expect(await again.page.getByLabel('Step', { exact: true }).inputValue()).toBe('2');
    expect(await again.page.getByRole('button', { name: 'Free' }).getAttribute('aria-pressed')).toBe('true');
    expect(again.faults).toEqual([]);
  });
});

test('with the keyboard alone: walk, play, travel, select in the drawing, type over, take away', async () => {
  const { page, faults } = await openStep();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await waitForLine(page, 3);
  await page.keyboard.press('ArrowLeft');
  await waitForLine(page, 2);
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowRight');
  await waitFor(page, '.step-loss strong', '0.0398886');
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowLeft');
  await waitFor(page, '.step-loss strong', '0.0488560'.replace(/0$/, ''));
  await page.keyboard.press('Space');
  await waitForLine(page, 2);
  await page.keyboard.press('Space');
  // Tab reaches the number of the drawing that is selected; arrow keys go on from there
  await tabTo(page, 'document.activeElement.closest(".step-drawing [role=button]") !== null');
  await page.keyboard.press('ArrowLeft');
  const focused = await page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
  expect(focused).toMatch(/^[xv]/);
  await page.keyboard.press('Enter');
  expect(await page.locator('.step-drawing [aria-pressed=true]').getAttribute('aria-label')).toBe(focused);
  await tabTo(page, 'document.activeElement.matches(".step-type-over input")');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('2.5');
  await waitFor(page, '.step-selection h2 .number', '2.5');
  await tabTo(page, 'document.activeElement.textContent === "Derivation (LaTeX)"');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const stream = await (await download).createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(text).toContain('\\documentclass');
  expect(faults).toEqual([]);
});

describe('files', () => {
  const open = (page: Page, name: string, text: string) =>
    page.setInputFiles('input[type=file]', { name, mimeType: 'application/json', buffer: Buffer.from(text) });

  test('a large network is opened, folded and explained', async () => {
    const { page, faults } = await openStep();
    const rows = Array.from({ length: 6 }, (_, r) => Array.from({ length: 784 }, (_, i) => Math.sin(31 * r + i)));
    const large = {
      network: {
        inputs: 784,
        layers: [
          { dense: 64, activation: 'relu' },
          { dense: 10, activation: 'softmax' },
        ],
      },
      data: { inputs: rows, targets: [0, 1, 2, 3, 4, 5] },
      training: { loss: 'crossEntropy', optimizer: { name: 'adam', learningRate: 0.01 }, stop: { epochs: 3 } },
      seed: 1,
    };
    await open(page, 'large.json', JSON.stringify(large));
    await waitFor(page, 'h1', 'large.json');
    await expect.poll(() => page.textContent('.step-drawing svg'), { timeout: 30_000 }).toContain('720 more');
    expect(await page.textContent('.step-right')).toContain('Units: the first');
    expect(faults).toEqual([]);
  });

  test('one that is no experiment says what is wrong, and what is open stays', async () => {
    const { page, faults } = await openStep();
    const bad: Readonly<Record<string, readonly [string, string]>> = {
      'cut.json': ['{"network":', 'cut.json is not JSON'],
      'list.json': ['[]', 'list.json is not an experiment'],
      'script.json': ['{"network":{"layers":[{"dense":"<img src=x onerror=alert(1)>"}]}}', 'network.layers[0].dense'],
      'large.json': [' '.repeat(6e6), 'at most 5 MB'],
    };
    for (const [name, [text, message]] of Object.entries(bad)) {
      await open(page, name, text);
      await expect.poll(() => page.locator('.message').allTextContents(), { timeout: 20_000 }).toHaveLength(1);
      await expect.poll(() => page.textContent('.message'), { timeout: 20_000 }).toContain(message);
      await page.getByRole('button', { name: 'Close this message' }).click();
      expect(await page.textContent('h1')).toBe(textbook.title);
    }
    expect(faults).toEqual([]);
  });

  test('names with script and TeX commands are text', async () => {
    const { page, faults } = await openStep();
    const experiment = {
      ...textbook.experiment,
      symbols: {
        'layers.1.output': '<img src=x onerror=alert(1)>',
        'layers.0.weight': '\\href{javascript:alert(1)}{v}',
      },
    };
    await open(page, 'names.json', JSON.stringify({ title: '<script>alert(1)</script>', experiment }));
    await waitFor(page, 'h1', '<script>alert(1)</script>');
    await page.getByRole('button', { name: 'Free' }).click();
    expect(await page.locator('main img, main script, main a').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('the derivation as HTML is what the library writes', async () => {
    const { page, faults } = await openStep();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Derivation (HTML)' }).click();
    const stream = await (await download).createReadStream();
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text).toBe(await explanationHtml(explanation(setup)));
    expect(faults).toEqual([]);
  });
});

describe('accessibility', () => {
  test.each([
    ['light', 'Guided', 1280],
    ['dark', 'Free', 390],
  ] as const)('axe finds nothing: %s, %s, %i pixels', async (colorScheme, mode, width) => {
    // the policy of the page forbids the script that looks for violations
    const { page } = await openStep('#step', { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    await page.getByRole('button', { name: mode }).click();
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowRight');
    await waitForLine(page, 41);
    await page.waitForSelector('.step-gradient-table tbody tr');
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBe(0);
  });
});

/** Presses Tab until the focus is where it is wanted. */
async function tabTo(page: Page, isThere: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(isThere)) return;
  }
  throw new Error('Tab does not reach it');
}
