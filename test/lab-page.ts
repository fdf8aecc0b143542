/** The lab in Chromium, as `chainrule lab` serves it, with a record of everything that it must not do. */
import type { IncomingMessage, Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { addressOf, serveLab } from '../src/cli/lab/server.ts';
import { readSite } from '../src/cli/lab/site.ts';
import { launchChromium } from './chromium.ts';

/** A file that the server sent, with its size as sent. */
export interface Sent {
  readonly path: string;
  readonly bytes: number;
  /** When the server was asked for it, as `Date.now()` counts. */
  readonly time: number;
}

export interface LabBrowser {
  readonly browser: Browser;
  /** What the server has sent so far, in order. */
  readonly sent: readonly Sent[];
  readonly address: string;
  /** A new page at an address of the lab, such as `#step`, or at `about:blank`; without a service worker unless the options allow it. */
  open(fragment?: string, options?: Parameters<Browser['newContext']>[0]): Promise<LabPage>;
  close(): Promise<void>;
}

export interface LabPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, uncaught errors, violations of the policy, and requests to other hosts. */
  readonly faults: string[];
}

/** The folder of the built lab. */
export const labFolder = fileURLToPath(new URL('../dist/lab', import.meta.url));

/** What Playwright says where it keeps a page from having a service worker. */
const isBlocking = (text: string) => /service worker registration blocked/i.test(text);

/** The built lab (`npm run build`), served and opened. */
export async function openLab(folder = labFolder): Promise<LabBrowser> {
  const site = readSite(folder);
  const server: Server = await serveLab(site, 0);
  const address = addressOf(server);
  const sent: Sent[] = [];
  server.on('request', ({ url = '' }: IncomingMessage) => {
    const file = site.get(url.split('?', 1)[0]);
    sent.push({ path: url, bytes: (file?.gzip ?? file?.bytes)?.length ?? 0, time: Date.now() });
  });
  const browser = await launchChromium();
  return {
    browser,
    address,
    sent,
    async open(fragment = '', options = {}) {
      const context = await browser.newContext({ serviceWorkers: 'block', ...options });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => {
        if (isBlocking(message.text())) return;
        if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(address) && !/^(blob|data):/.test(url)) faults.push(`request: ${url}`);
      });
      await page.goto(fragment === 'about:blank' ? fragment : address + fragment);
      return { page, context, faults };
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
