/** A headless browser that makes no requests of its own. */
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';

const options: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** Debian's, or the one that CHROMIUM names. */
export const launchChromium = (): Promise<Browser> => chromium.launch(options);

/** With a profile in a folder, which keeps what pages store when the browser ends. */
export const launchProfile = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, options);
