/** The progress of a run: a live line on a terminal, and otherwise a plain line from time to time. */
import { clip, printableLine } from '../../base/printable.ts';
import { numberText } from '../../explain/numbers.ts';
import { metrics } from '../../net/metrics.ts';
import type { Schedule } from '../../net/training.ts';
import type { HistoryRow } from '../../train/history.ts';
import type { Run } from '../../train/run.ts';
import type { ReadingProgress } from '../input/files.ts';
import { count, duration, type Terminal } from './terminal.ts';

/** Seconds between the first two plain lines; the intervals grow during a run. */
const firstInterval = 2;
/** Seconds of reading before the first line. */
const readingDelay = 1;
/** Seconds after which the speed of Node matters. */
const longRun = 10;

function describe(row: HistoryRow, { stop: { epochs, seconds, watch } }: Schedule): string {
  const of = epochs === undefined ? '' : `/${epochs}`;
  const validation = row.validationLoss === undefined ? '' : `, validation ${numberText(row.validationLoss, 4)}`;
  const shown = metrics.filter(({ name }) => name === watch || name === 'accuracy');
  const scores = shown.flatMap(({ name, text }) => {
    const value = row.metrics?.[name];
    return value === undefined ? [] : [`, ${text} ${numberText(value, 3)}`];
  });
  const limit = seconds === undefined ? '' : ` of ${duration(seconds)}`;
  return `epoch ${row.epoch}${of}  loss ${numberText(row.loss, 4)}${validation}${scores.join('')}  ${duration(row.seconds)}${limit}`;
}

function bar(row: HistoryRow, { stop: { epochs, seconds } }: Schedule): string {
  const shares = [epochs && row.epoch / epochs, seconds && row.seconds / seconds].filter(
    (share) => share !== undefined,
  );
  const share = Math.min(1, Math.max(0, ...(shares as number[])));
  const filled = Math.round(20 * share);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
}

/** Shows the progress of reading a large file: a live line on a terminal, and otherwise a plain line from time to time. */
export function showReading(terminal: Terminal): { readonly reading: ReadingProgress; done(): void } {
  const started = performance.now();
  let next = readingDelay;
  let shown = false;
  return {
    reading(name, { bytes, rows, size }) {
      const seconds = (performance.now() - started) / 1000;
      if (!terminal.isLive && seconds < next) return;
      next = seconds * 1.5 + firstInterval;
      shown = true;
      const share = size === undefined || size === 0 ? '' : ` ${Math.min(100, Math.round((100 * bytes) / size))} %,`;
      const text = `reading ${clip(printableLine(name), 60)}:${share} ${count(rows, 'row')}`;
      if (terminal.isLive) terminal.live(text);
      else terminal.say(text);
    },
    done() {
      if (shown && terminal.isLive) terminal.settle(true);
    },
  };
}

/** Shows the progress of a run until it ends. An error of the run is left to the caller, who awaits it too. */
export async function showProgress(run: Run, schedule: Schedule, terminal: Terminal): Promise<void> {
  let next = firstInterval;
  let hasAdvised = false;
  let last: HistoryRow | undefined;
  try {
    for await (const row of run) {
      last = row;
      if (!hasAdvised && row.seconds > longRun && Number(process.versions.node.split('.')[0]) < 24) {
        hasAdvised = true;
        terminal.settle(true);
        terminal.say(`This is Node ${process.versions.node}; Node 24 runs training faster.`);
      }
      if (terminal.isLive) terminal.live(`${terminal.colors.cyan(bar(row, schedule))} ${describe(row, schedule)}`);
      else if (row.seconds >= next) {
        terminal.say(describe(row, schedule));
        next = row.seconds * 1.5 + firstInterval;
      }
    }
  } catch {
    terminal.settle(true);
    return;
  }
  if (last !== undefined && terminal.isLive) terminal.live(describe(last, schedule));
  terminal.settle();
  if (last !== undefined && !terminal.isLive) terminal.say(describe(last, schedule));
}
