/** The helpers that read binary files: how they are started, reused and ended. */
import { type Helper, startProcess, startThread } from './helper.ts';

const megabyte = 2 ** 20;

/** The memory of a helper, in powers of two from 512 MiB, so that it can read the next file too. */
export const sizeFor = (memory: number) => Math.min(2 ** 35, 2 ** Math.max(29, Math.ceil(Math.log2(memory))));

interface Way {
  readonly start: (size: number) => Helper | undefined;
  /** The number of failed starts in a row. */
  failures: number;
}

/** The ways to start a helper, best first. One that is not available is not tried again. */
export const ways: Way[] = [startProcess, startThread].map((start) => ({ start, failures: 0 }));

/** The system may end a process while it starts, so a few failures are tolerated. */
const maxFailures = 3;

/** The time that a helper may take to start on a busy machine, in milliseconds. */
const startMilliseconds = 20_000;

/** Starts a helper and waits until it is ready. */
function startBy({ start }: Way, size: number): Promise<Helper | 'failed' | 'not there'> {
  return new Promise((resolve) => {
    let started: Helper | undefined;
    try {
      started = start(size);
    } catch {
      // not permitted
    }
    if (started === undefined) return resolve('not there');
    const timer = setTimeout(() => started.hear({ ended: 'time' }), startMilliseconds);
    started.hear = (answer) => {
      clearTimeout(timer);
      const isReady = 'ready' in answer;
      if (!isReady) started.end();
      resolve(isReady ? started : 'failed');
    };
  });
}

/** A helper that is ready; undefined if none can be started. */
async function start(size: number): Promise<Helper | undefined> {
  for (const way of [...ways]) {
    const helper = await startBy(way, size);
    if (typeof helper === 'object') {
      way.failures = 0;
      return helper;
    }
    way.failures += helper === 'failed' ? 1 : maxFailures;
    if (way.failures >= maxFailures && ways.includes(way)) ways.splice(ways.indexOf(way), 1);
  }
  return undefined;
}

/** Helpers that wait for a file. They end after a short time, because training may take hours. */
const idle: Helper[] = [];
const idleMilliseconds = 3000;
const maxIdleMemory = 192 * megabyte;
let idleTimer: ReturnType<typeof setTimeout> | undefined;

/** The maximum number of files that are read at once, as each takes memory; others wait. */
const maxHelpers = 4;
let helpers = 0;
const waiting: (() => void)[] = [];

/** A helper of this size, started or reused; undefined if none can be started. Waits if too many are in use. */
export async function takeHelper(size: number): Promise<Helper | undefined> {
  if (helpers >= maxHelpers) await new Promise<void>((resolve) => waiting.push(resolve));
  else helpers++;
  for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
    if (found.isOver) continue;
    if (found.size === size) return found;
    found.end();
  }
  return start(size);
}

/** Returns a helper to the pool; `isWhole` says whether it can read another file. */
export function giveBack(helper: Helper | undefined, isWhole: boolean): void {
  if (helper !== undefined) {
    helper.hear = () => {};
    // a process may keep the memory of a file, which would count for the next file
    const isSmall = (helper.usage?.()?.memory ?? 0) < maxIdleMemory;
    if (isWhole && isSmall && !helper.isOver) {
      idle.push(helper);
      helper.hold(false);
      clearTimeout(idleTimer);
      idleTimer = setTimeout(() => {
        for (const each of idle.splice(0)) each.end();
      }, idleMilliseconds);
      (idleTimer as { unref?(): void }).unref?.();
    } else helper.end();
  }
  const next = waiting.shift();
  if (next === undefined) helpers--;
  else next();
}
