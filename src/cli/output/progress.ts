/** A run's progress: a live line on a terminal, a plain line now and then elsewhere. */
import { clip, printableLine } from '../../base/printable.ts';
import { numberText } from '../../explain/numbers.ts';
import type { Schedule } from '../../net/experiment.ts';
import { metrics } from '../../net/metrics.ts';
import type { HistoryRow } from '../../train/history.ts';
import type { Run } from '../../train/train.ts';
import type { Reading } from '../input/files.ts';
import { count, duration, type Terminal } from './terminal.ts';

/** Seconds between two plain lines, at first; they get rarer as a run goes on. */
const between = 2;
/** And before the first, of what is read. */
const firstLine = 1;
/** After so long a run is a long one. */
const long = 10;

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

/** Shows how far the reading of a large file is: a live line on a terminal, a plain one now and then elsewhere. */
export function showReading(terminal: Terminal): { readonly reading: Reading; done(): void } {
  const started = performance.now();
  let next = firstLine;
  let shown = false;
  return {
    reading(name, { bytes, rows, size }) {
      const seconds = (performance.now() - started) / 1000;
      if (!terminal.isLive && seconds < next) return;
      next = seconds * 1.5 + between;
      shown = true;
      const share = size === undefined || size === 0 ? '' : ` ${Math.min(100, Math.round((100 * bytes) / size))} %,`;
      const text = `reads ${clip(printableLine(name), 60)}:${share} ${count(rows, 'row')}`;
      if (terminal.isLive) terminal.live(text);
      else terminal.say(text);
    },
    done() {
      if (shown && terminal.isLive) terminal.settle(true);
    },
  };
}

/** Shows a run's progress until it has ended. What it fails with is left to whoever awaits it. */
export async function showProgress(run: Run, schedule: Schedule, terminal: Terminal): Promise<void> {
  let next = between;
  let told = false;
  let last: HistoryRow | undefined;
  try {
    for await (const row of run) {
      last = row;
      if (!told && row.seconds > long && Number(process.versions.node.split('.')[0]) < 24) {
        told = true;
        terminal.settle(true);
        terminal.say(`This is Node ${process.versions.node}; Node 24 runs training faster.`);
      }
      if (terminal.isLive) terminal.live(`${terminal.colors.cyan(bar(row, schedule))} ${describe(row, schedule)}`);
      else if (row.seconds >= next) {
        terminal.say(describe(row, schedule));
        next = row.seconds * 1.5 + between;
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
