/** What a page of the lab costs and how accessible it is: tasks of its main thread, pictures a second, and axe's findings. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';

const require = createRequire(import.meta.url);

/** Records tasks of 50 ms or more by the clock, which a busy machine makes longer. The function gives their lengths so far. */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { longTasks: seen });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.push(Math.round(duration));
    }).observe({ type: 'longtask' as never });
  });
  return () => page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * The tasks of all pages' main threads during some milliseconds, by the processor time that they took: other programs on the
 * machine do not change it.
 */
export async function threadTasks(browser: Browser, page: Page, milliseconds: number) {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  } as never);
  await page.waitForTimeout(milliseconds);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args.name === 'CrRendererMain';
  const mains = new Set(events.filter(isMain).map(threadOf));
  const times = events
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && mains.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
  return { count: times.length, longest: Math.max(0, ...times) };
}

/** What the tests use of a page's globals, whose types Node's do not have. */
interface Globals {
  readonly requestAnimationFrame: (callback: (value: unknown) => void) => void;
  readonly document: { readonly documentElement: { readonly scrollWidth: number } };
}

/** The width of the page's content: more than the window's means that it scrolls sideways. */
export const contentWidth = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as Globals).document.documentElement.scrollWidth);

/** The pixels of a canvas. */
export const pictureOf = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());

/** Pictures that the page shows a second. */
export const framesPerSecond = (page: Page, seconds: number): Promise<number> =>
  page.evaluate(async (length) => {
    let count = 0;
    const end = performance.now() + 1000 * length;
    while (performance.now() < end) {
      await new Promise((globalThis as unknown as Globals).requestAnimationFrame);
      count++;
    }
    return count / length;
  }, seconds);

/** The violations that axe finds, with the first elements of each. */
export async function axeFaults(page: Page): Promise<string[]> {
  // the page's policy forbids eval, but not the debugger's
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8') });
  await session.detach();
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
          .join(' | ')}`,
    );
  });
}
