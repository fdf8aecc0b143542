/** The lab without its server, in Chromium: what a browser keeps of it, and how a newer version replaces that. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addressOf, serveLab } from '../../src/cli/lab/server.ts';
import { readSite, type SiteFile } from '../../src/cli/lab/site.ts';
import { launchProfile } from '../chromium.ts';
import { labFolder } from '../lab-page.ts';
import { labViews } from '../lab-views.ts';

let folder: string;
let server: Server | undefined;
let browser: BrowserContext | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-offline-'));
});
afterEach(async () => {
  await browser?.close();
  end();
  rmSync(folder, { recursive: true, force: true });
});

function end(): void {
  server?.close();
  server?.closeAllConnections();
}

/** The page of the lab, with its faults. */
async function open(address: string): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const page = await browser!.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  await page.goto(address);
  return { page, faults };
}

/** Waits until the browser has kept the lab. */
const isKept = `navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => {
  if (active.state === 'activated') resolve(true);
  active.onstatechange = () => active.state === 'activated' && resolve(true);
}))`;

/** The files of a site with another page and another version of its service worker. */
function newer(site: ReadonlyMap<string, SiteFile>, path: string): Map<string, SiteFile> {
  const changed = new Map(site);
  const change = (name: string, from: RegExp, to: string) => {
    const { type, bytes, keeps } = site.get(name)!;
    const text = bytes.toString();
    expect(text).toMatch(from);
    changed.set(name, { type, keeps, bytes: Buffer.from(text.replace(from, to)) });
  };
  change(path, /<noscript>/, '<meta name="newer" /><noscript>');
  change(`${path}offline.js`, /siteVersion="\w+"/, 'siteVersion="newer"');
  return changed;
}

test.each(['/', '/some/place/'])(
  'at %s: after one visit, all views open without the server, isolated; a newer version replaces it; another program ends it',
  async (path) => {
    cpSync(labFolder, join(folder, 'site', path), { recursive: true });
    const site = readSite(join(folder, 'site'));
    server = await serveLab(site, 0);
    const { origin, port } = new URL(addressOf(server));
    const address = origin + path;
    browser = await launchProfile(join(folder, 'profile'));
    const first = await open(address);
    await first.page.waitForSelector('.step-current math');
    await first.page.evaluate(isKept);
    expect(first.faults).toEqual([]);
    await browser.close();
    end();

    browser = await launchProfile(join(folder, 'profile'));
    for (const [view, ready, text] of labViews) {
      const { page, faults } = await open(`${address}#${view}`);
      await page.waitForSelector(ready);
      await page.getByText(text).first().waitFor();
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
      expect(faults, view).toEqual([]);
      await page.close();
    }

    server = await serveLab(newer(site, path), Number(port));
    const next = await open(address);
    expect(await next.page.locator('meta[name=newer]').count()).toBe(1);
    await next.page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.update())');
    const kept = (page: Page) => page.evaluate('caches.keys()') as Promise<string[]>;
    await expect.poll(() => kept(next.page), { timeout: 30_000 }).toContainEqual(expect.stringMatching(/ newer$/));
    // the newer one answers when no page of the older one is open any more
    await expect.poll(() => next.page.evaluate(hasInstalled), { timeout: 30_000 }).toBe(true);
    await next.page.close();
    const keptNow = async () => {
      const { page } = await open(address);
      const names = await kept(page);
      await page.close();
      return names;
    };
    await expect
      .poll(keptNow, { timeout: 60_000, interval: 1000 })
      .toEqual([expect.stringMatching(new RegExp(`${path} newer$`))]);
    const last = await open(address);
    end();
    await last.page.reload();
    await last.page.waitForSelector('.step-current math');
    expect(await last.page.locator('meta[name=newer]').count()).toBe(1);

    const other = { type: 'text/html', bytes: Buffer.from('<title>Another program</title>'), keeps: false };
    server = await serveLab(new Map([[path, other]]), Number(port));
    await last.page.reload();
    expect(await last.page.title()).toBe('Another program');
    const left =
      'navigator.serviceWorker.getRegistrations().then((all) => caches.keys().then((names) => [...all, ...names]))';
    await expect.poll(() => last.page.evaluate(left), { timeout: 30_000 }).toEqual([]);
  },
);

/** Whether a newer version waits for the pages of the older one to be closed. */
const hasInstalled =
  'navigator.serviceWorker.ready.then(({ waiting, installing }) => waiting !== null || installing === null)';
