/** A run's page in a real browser: it fits phones and desktops, light and dark, and its text is legible. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTable } from '../../src/data/read/read.ts';
import { describe as describeTable } from '../../src/data/table/describe.ts';
import type { Setup } from '../../src/net/rows-setup.ts';
import type { ExperimentJson } from '../../src/net/schema.ts';
import { experiment } from '../../src/net/setup.ts';
import { renderReport } from '../../src/report/page.ts';
import { recordOf } from '../../src/report/record.ts';
import { baselines } from '../../src/studies/baselines.ts';
import { train } from '../../src/train/train.ts';
import { launchChromium } from '../chromium.ts';

const penguins = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');

async function pageOf(target: string, outputs: number, activation: string, loss: string): Promise<string> {
  const json = {
    network: {
      layers: [
        { dense: 16, activation: 'relu' },
        { dense: outputs, activation },
      ],
    },
    data: { file: 'penguins.csv', target, split: { validation: 0.2, test: 0.2 } },
    training: { loss, optimizer: 'adam', batchSize: 32, stop: { epochs: 40, patience: 5 } },
  };
  const setup = experiment(json, { read: () => penguins }) as Setup & { readonly json: ExperimentJson };
  const trained = await train(setup, { probe: true });
  const described = describeTable(readTable(penguins, { name: 'penguins.csv' }));
  const record = recordOf(
    {
      name: 'a long name '.repeat(8),
      versions: { chainrule: '0' },
      baselines: await baselines(setup),
      description: described,
    },
    setup,
    trained,
  );
  return renderReport(record, trained.history);
}

let browser: Browser;
let pages: string[];
beforeAll(async () => {
  browser = await launchChromium();
  pages = [await pageOf('species', 3, 'softmax', 'crossEntropy'), await pageOf('body_mass_g', 1, 'linear', 'mse')];
});
afterAll(() => browser?.close());

/** In the page: how far it scrolls sideways, and the smallest text of its drawings in pixels. */
function measure() {
  // biome-ignore lint/suspicious/noExplicitAny: the page's types are not the tests'
  const { document, getComputedStyle } = globalThis as any;
  const { scrollWidth, clientWidth } = document.documentElement;
  const sizes = [...document.querySelectorAll('svg text')].map((text) => {
    const svg = text.closest('svg');
    return (Number.parseFloat(getComputedStyle(text).fontSize) * svg.clientWidth) / svg.viewBox.baseVal.width;
  });
  return {
    beyond: scrollWidth - clientWidth,
    smallest: Math.min(...sizes),
    drawings: document.querySelectorAll('svg').length,
  };
}

test.each([
  [390, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)(
  '%i pixels wide, %s: nothing scrolls the page sideways, and no text is below 10 pixels',
  async (width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    for (const html of pages) {
      await page.setContent(html);
      const { beyond, smallest, drawings } = await page.evaluate(measure);
      expect(drawings).toBeGreaterThan(5);
      expect(beyond).toBe(0);
      expect(smallest).toBeGreaterThan(10);
    }
    await page.close();
  },
);
