/**
 * Makes the documentation's pictures, docs/explain.png, docs/report.png and docs/embedding.png, from the pages that the built command line
 * writes: `npm run build && node scripts/pictures.mjs`. Needs a Chromium: Debian's, or the one that CHROMIUM names.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = (name) => join(root, 'examples', name);
const folder = mkdtempSync(join(tmpdir(), 'chainrule-pictures-'));
const chainrule = (...words) =>
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...words, '--quiet'], { cwd: folder });

chainrule('explain', example('textbook-3-2-1.json'), '--sample', '0', '--out', 'step.html');
chainrule('train', example('penguins.csv'), '--target', 'species', '--test', '0.2', '--out', 'run');
chainrule(
  ...['embed', example('les-miserables.tsv'), '--dimensions', '16', '--out', 'vectors.vec'],
  ...['--map', 'umap', '--report', 'embedding.html'],
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

/** Photographs a page, after `prepare`, from the element that a selector finds, or from its top. */
async function photograph(file, { picture, width, height, from, prepare }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light' });
  await page.goto(pathToFileURL(join(folder, file)).href);
  await prepare?.(page);
  const top =
    from === undefined
      ? 0
      : await page
          .locator(from)
          .first()
          .evaluate((e) => e.getBoundingClientRect().top);
  const path = join(root, 'docs', picture);
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: Math.max(0, top - 20), width, height } });
  await page.close();
}

await photograph('step.html', {
  picture: 'explain.png',
  width: 1060,
  height: 1010,
  from: 'h2:has-text("The network")',
});
await photograph('run/report.html', { picture: 'report.png', width: 1120, height: 1215 });
await photograph('embedding.html', {
  picture: 'embedding.png',
  width: 1060,
  height: 930,
  async prepare(page) {
    await page.locator('#map-search').fill('Valjean');
    await page.locator('#map-search').press('Enter');
    await page.locator('h1').click();
  },
});
await browser.close();
rmSync(folder, { recursive: true, force: true });
