/**
 * The audit of the lab, in Chromium from the real server: the worked examples with the statuses of `chainrule audit --json`, a
 * book's numbers, a sheet whose slip is named, links, files that do harm elsewhere, the keyboard alone, and axe.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeProblems } from '../axe.ts';
import { call } from '../command.ts';
import { type LabBrowser, type LabPage, openLab } from '../lab-page.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, file: JSON.parse(readFileSync(folder + name, 'utf8')) }))
  .filter(({ file }) => Array.isArray(file.printed));

/** What `chainrule audit --json` says of a file. */
interface AuditedRow {
  readonly quantity: string;
  readonly after: number;
  readonly printed: string;
  readonly computed: number;
  readonly status: string;
  readonly explanation: string;
}
const auditOf = async (file: string): Promise<readonly AuditedRow[]> =>
  JSON.parse((await call(['audit', file, '--json'])).stdout).rows;

let lab: LabBrowser;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab?.close());

/** A page of the audit, which must have no faults when the work with it is done. */
async function withAudit(
  work: (opened: LabPage & { page: Page }) => Promise<void>,
  fragment = '#audit',
): Promise<void> {
  const opened = await lab.open(fragment, { viewport: { width: 1280, height: 900 } });
  await work(opened);
  expect(opened.faults).toEqual([]);
  await opened.context.close();
}

/** Waits for the worker, which can be slow on a busy machine. */
const poll = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 60_000 });

const openTab = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const verdict = (page: Page) => page.locator('.audit-verdict');
/** The text of the table's rows: quantity and updates, printed, computed, the word of the status. */
const rowsOf = (table: Locator) =>
  table.locator('tr[data-quantity]').evaluateAll((rows) =>
    rows.map((row) => ({
      quantity: row.getAttribute('data-quantity'),
      after: Number(row.getAttribute('data-after')),
      printed: row.querySelector('.printed')?.textContent,
      computed: row.querySelector('.computed')?.textContent,
      status: row.querySelector('.audit-status')?.textContent?.trim().split(' ').at(-1),
    })),
  );
/** A number as the page writes it, read back. */
const numberOf = (text: string) => {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const [mantissa, power] = text.replaceAll('−', '-').split('·10');
  const exponent = [...(power ?? '⁰')].map((c) => (c === '⁻' ? '-' : digits.indexOf(c))).join('');
  return Number(`${mantissa}e${exponent}`);
};

test('each worked example: all printed and computed numbers, with the statuses of chainrule audit', async () => {
  expect(examples.length).toBe(6);
  await withAudit(async ({ page }) => {
    const choices = page.getByRole('navigation', { name: 'Worked examples' }).getByRole('button');
    expect(await choices.count()).toBe(examples.length);
    const seen: string[] = [];
    for (const choice of await choices.all()) {
      await choice.click();
      const title = await page.getByRole('heading', { level: 1 }).textContent();
      const example = examples.find(({ file, name }) => file.title === title && !seen.includes(name));
      expect(example, `${title}`).toBeDefined();
      const { name } = example!;
      seen.push(name);
      const expected = await auditOf(folder + name);
      await poll(() => page.locator('.audit-table .audit-status').count()).toBe(expected.length);
      const rows = await rowsOf(page.locator('.audit-table'));
      expect(rows.map(({ quantity, after, printed, status }) => ({ quantity, after, printed, status }))).toEqual(
        expected.map(({ quantity, after, printed, status }) => ({ quantity, after, printed, status })),
      );
      rows.forEach(({ computed }, r) => {
        // written to nine significant digits
        const allowed = 1e-8 * Math.abs(expected[r].computed);
        expect(Math.abs(numberOf(computed!) - expected[r].computed), `${name} row ${r}`).toBeLessThanOrEqual(allowed);
      });
      const text = await page.locator('.audit-table').textContent();
      for (const { explanation } of expected) expect(text).toContain(explanation);
      const agree = expected.filter(({ status }) => status === 'agrees').length;
      expect(await verdict(page).textContent()).toContain(
        agree === expected.length ? `All ${agree}` : `${agree} of ${expected.length}`,
      );
    }
  });
});

test('a book’s numbers: a number chosen, typed, corrected, downloaded, and opened again', async () => {
  await withAudit(async ({ page }) => {
    await openTab(page, 'A book’s numbers');
    await poll(() => verdict(page).textContent()).toContain('3 of 4 printed numbers agree. 1 is wrong: E.');
    await page.getByRole('searchbox').fill('gradient unit 2 weight layers.1');
    await page.locator('.audit-groups button', { hasText: 'gradient(layers.1.weight[1][0])' }).click();
    // the new row has the focus
    await page.keyboard.type('-0.0657');
    const row = page.locator('tr[data-quantity="gradient(layers.1.weight[1][0])"]');
    await row.locator('.audit-status.slip').waitFor();
    await page.locator('.audit-why', { hasText: 'sign is printed wrong' }).waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Delete');
    await row.locator('.audit-status.agrees').waitFor();
    // a wrong text names the fault and leaves the other rows as they are
    await page.getByLabel('Printed value of the loss').fill('about 1');
    await page.locator('.audit-why.error').waitFor();
    expect(await page.locator('.audit-table .audit-status.agrees').count()).toBe(4);
    await page.getByLabel('Printed value of the loss').fill('0.0489');
    await poll(() => verdict(page).textContent()).toBe('All 5 printed numbers agree with the computed ones.');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as a worked example' }).click(),
    ]);
    const path = await download.path();
    // the file, as chainrule audit reads it
    expect((await auditOf(path)).map(({ status }) => status)).toEqual(Array(5).fill('agrees'));
    await page.getByRole('button', { name: 'Remove the loss' }).click();
    expect(await page.locator('tr[data-quantity]').count()).toBe(4);
    await page.locator('input[type=file]').setInputFiles(path);
    await poll(() => page.locator('tr[data-quantity]').count()).toBe(5);
  });
});

test('a sheet: right digits, a planted wrong sign named, hints, and no result before it is asked for', async () => {
  await withAudit(async ({ page }) => {
    await openTab(page, 'Blank sheet');
    const line = (quantity: string, after = 0) =>
      page.locator(`.audit-sheet-line[data-quantity="${quantity}"][data-after="${after}"]`);
    await line('loss').waitFor();
    const source = await page.content();
    for (const result of ['0.9072', '0.0488', '0.0671', '0.7664']) expect(source).not.toContain(result);
    const fill = async (quantity: string, value: string, after = 0) => {
      await line(quantity, after).locator('input').fill(value);
      await line(quantity, after).locator('input').blur();
    };
    await fill('layers.1.output[0][0]', '0.907');
    await line('layers.1.output[0][0]').locator('.audit-status.done').waitFor();
    await fill('gradient(layers.1.weight[0][0])', '-0.0672');
    const named = line('gradient(layers.1.weight[0][0])');
    await named.getByText('not right').waitFor();
    expect(await named.textContent()).toContain('opposite sign');
    await fill('layers.1.weight[0][0]', '0.8336', 1);
    await line('layers.1.weight[0][0]', 1).getByText('consistent').waitFor();
    expect(await line('layers.1.weight[0][0]', 1).textContent()).toContain('Right, given your ∂E/∂w1');
    const loss = line('loss');
    for (const name of ['Show the formula', 'Show the numbers', 'Show the result']) {
      await loss.getByRole('button', { name }).click();
    }
    await poll(() => loss.textContent()).toContain('0.048856');
    expect(await page.locator('.audit-progress').textContent()).toContain('1 of 74 right');
  });
});

test('a sheet: a forgotten term is named, later numbers are consistent, and few digits, a comma and primes are explained', async () => {
  await withAudit(async ({ page }) => {
    await openTab(page, 'Blank sheet');
    const line = (quantity: string, after = 0) =>
      page.locator(`.audit-sheet-line[data-quantity="${quantity}"][data-after="${after}"]`);
    const fill = async (quantity: string, value: string, after = 0) => {
      await line(quantity, after).locator('input').fill(value);
      await line(quantity, after).locator('input').blur();
    };
    await line('loss').waitFor();
    await fill('layers.0.sum[0][1]', '1.3');
    await line('layers.0.sum[0][1]').getByText('x3⁽¹⁾·v32 is left out').waitFor();
    await fill('layers.1.sum[0][0]', '2.18');
    await line('layers.1.sum[0][0]').getByText('Right, given your h2⁽¹⁾: correct that first.').waitFor();
    await page.getByRole('button', { name: 'Go to h2' }).click();
    expect(
      await line('layers.0.sum[0][1]')
        .locator('input')
        .evaluate((field) => field.matches(':focus')),
    ).toBe(true);
    // the right number makes the later one wrong
    await fill('layers.0.sum[0][1]', '1.8');
    await line('layers.1.sum[0][0]').getByText('not right').waitFor();
    await fill('layers.1.output[1][0]', '0,698');
    await line('layers.1.output[1][0]').getByText('Read as 0.698').waitFor();
    await line('layers.1.output[1][0]').locator('.audit-status.done').waitFor();
    await fill('layers.1.output[2][0]', '1,234');
    await line('layers.1.output[2][0]').getByText('type 1.234 or 1234').waitFor();
    await fill('layers.1.output[0][0]', '0.9');
    await line('layers.1.output[0][0]').getByText('too few digits').waitFor();
    expect(await line('layers.1.output[0][0]').textContent()).toContain(
      'Right to 1 digit; the full value is 0.907207.',
    );
    expect(await page.locator('.audit-primes').textContent()).toContain('is the loss before the update');
    const headings = await page.locator('.audit-sheet h2').allTextContents();
    expect(headings.filter((text) => !/(before the|after 1) update/.test(text))).toEqual([]);
  });
});

test('a link restores the page, the rows and the answers', async () => {
  await withAudit(async ({ page }) => {
    await openTab(page, 'A book’s numbers');
    await page.getByLabel('Printed value of the loss').fill('0.0489');
    await openTab(page, 'Blank sheet');
    await page.getByLabel('Step of').selectOption('book');
    await page.locator('.audit-sheet-line input').first().fill('2.4');
    await poll(() => page.url().length).toBeGreaterThan(200);
    await page.waitForTimeout(800);
    const { hash } = new URL(page.url());
    await withAudit(async ({ page: other }) => {
      await other.getByText('1 of 74 right').waitFor();
      expect(await other.locator('.audit-sheet-line input').first().inputValue()).toBe('2.4');
      await openTab(other, 'A book’s numbers');
      expect(await other.getByLabel('Printed value of the loss').inputValue()).toBe('0.0489');
    }, hash);
  });
});

test('hostile files say what is wrong and do no harm', async () => {
  await withAudit(async ({ page }) => {
    await openTab(page, 'A book’s numbers');
    await page.locator('.audit-groups').waitFor();
    const give = async (content: string | Buffer, name = 'evil.json') => {
      await page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
    };
    await give('{"experiment": ');
    await page.getByRole('alert').getByText('is not JSON').waitFor();
    await give(Buffer.alloc(9 * 2 ** 20, 32));
    await page.getByRole('alert').getByText('9 MB').waitFor();
    await give('{"network": {"inputs": 1, "layers": []}, "data": 7}');
    await page
      .getByRole('alert')
      .getByText(/layers/)
      .waitFor();
    const script = '<img src=x onerror="document.title=\'harm\'"><script>document.title="harm"</script>';
    const { experiment } = examples.find(({ name }) => name === 'textbook-3-2-1.json')!.file;
    const symbols = { 'layers.0.weight': script.slice(0, 39), 'layers.1.weight': '\\href{javascript:alert(1)}{w}' };
    await give(
      JSON.stringify({
        title: script,
        source: script,
        experiment: { ...experiment, symbols },
        printed: [
          { quantity: 'layers.0.weight[0][0]', value: '0.15' },
          { quantity: script, value: script },
        ],
      }),
      `${script.replaceAll('/', '')}.json`,
    );
    await page.locator('.audit-table .audit-status.agrees').waitFor();
    await page.locator('.audit-why.error').waitFor();
    expect(await page.title()).not.toContain('harm');
    expect(await page.locator('main img, main script, main a[href^=javascript]').count()).toBe(0);
    // a computation without end is stopped
    await give(JSON.stringify({ experiment, printed: [{ quantity: 'loss', value: '1', after: 9007199254740991 }] }));
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await openTab(page, 'Worked examples');
    await page.locator('.audit-verdict.wrong').waitFor();
  });
});

test('everything with the keyboard alone', async () => {
  await withAudit(async ({ page }) => {
    await page.locator('.audit-verdict.wrong').waitFor();
    /** Presses Tab until the element that has the focus has this name. */
    const tabTo = async (name: RegExp) => {
      for (let i = 0; i < 200; i++) {
        await page.keyboard.press('Tab');
        const found = String(
          await page.evaluate(
            `(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent)(document.activeElement)`,
          ),
        );
        if (name.test(found.trim())) return;
      }
      throw new Error(`no ${name} was reached`);
    };
    await tabTo(/^Walks on a graph$/);
    await page.keyboard.press('Enter');
    await page.locator('.audit-verdict.right').waitFor();
    await page.reload();
    await tabTo(/^A book’s numbers$/);
    await page.keyboard.press('Enter');
    await page.locator('.audit-groups button').first().waitFor();
    await tabTo(/^Search the numbers$/);
    await page.keyboard.type('weight from input 3 to unit 2');
    await tabTo(/layers\.0\.weight\[2\]\[1\]$/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('0.494');
    await page.locator('tr[data-quantity$="layers.0.weight[2][1]"] .audit-status').first().waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.reload();
    await tabTo(/^Blank sheet$/);
    await page.keyboard.press('Enter');
    await page.locator('.audit-sheet-line').first().waitFor();
    await tabTo(/^Value of the sum of unit 1 in layer 1, sample 1$/);
    await page.keyboard.type('2.4');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 74 right').waitFor();
    await tabTo(/^Show the formula: sum of unit 2 in layer 1, sample 1$/);
    await page.keyboard.press('Enter');
    await page.locator('.audit-hint').waitFor();
  });
});

test.each(['light', 'dark'] as const)('axe finds nothing, in %s, on a wide screen and a phone', async (colorScheme) => {
  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const { page, context, faults } = await lab.open('#audit', { viewport, colorScheme });
    await page.locator('.audit-verdict.wrong').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await openTab(page, 'A book’s numbers');
    await page.locator('.audit-groups button').first().waitFor();
    await page.locator('.audit-verdict.wrong').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await openTab(page, 'Blank sheet');
    for (const [field, value] of [
      [0, '7'],
      [1, '1,8'],
      [2, '5.96'],
      [3, '0.9'],
    ] as const) {
      await page.locator('.audit-sheet-line input').nth(field).fill(value);
    }
    await page.getByText('not right').waitFor();
    await page.getByText('too few digits').waitFor();
    await page.locator('.audit-status', { hasText: 'consistent' }).waitFor();
    expect(await axeProblems(page)).toEqual([]);
    const sideways = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(sideways).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  }
});
