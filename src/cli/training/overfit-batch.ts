/** `train --overfit-batch`: tests whether the network can memorize one batch, to find out whether a setup can learn at all. */
import { numberText } from '../../explain/numbers.ts';
import type { Setup } from '../../net/setup.ts';
import { type Overfit, overfitBatch } from '../../studies/overfit.ts';
import { count, type Terminal } from '../output/terminal.ts';
import { listen } from '../system/signals.ts';

/** Returns the exit code: 1 if the test failed, 130 after an interruption. `rows` is the size of the batch; default 32. */
export async function runOverfit(setup: Setup, rows: number | undefined, terminal: Terminal): Promise<number> {
  const signals = listen();
  let result: Overfit;
  try {
    result = await overfitBatch(setup, { rows, signal: signals.signal });
  } finally {
    signals.release();
  }
  const { losses: _losses, ...document } = result;
  terminal.result(document, describe(result, terminal));
  if (signals.signal.aborted) return signals.code;
  return result.passed ? 0 : 1;
}

function describe({ passed, loss, steps, rows, causes, notes }: Overfit, terminal: Terminal): string {
  const { colors } = terminal;
  const batch = `${count(rows.length, 'row')}, dropout and penalties off`;
  const outcome = passed
    ? `${colors.green('Passed')}: the network memorizes one batch (${batch}) after ${count(steps, 'step')}.`
    : `${colors.red('Not passed')}: the network does not memorize one batch (${batch}) after ${count(steps, 'step')}.`;
  const reachable = `The minimum possible loss is ${numberText(loss.minimum, 3)}; a constant prediction gives ${numberText(loss.constant, 3)}.`;
  return [
    '',
    terminal.wrap(outcome),
    terminal.wrap(
      `Loss: ${numberText(loss.first, 4)} before, ${numberText(loss.final, 4)} after; the test passes at ${numberText(loss.passesAt, 3)} or below. ${reachable}`,
    ),
    ...notes.map((note) => terminal.wrap(note)),
    ...(causes.length === 0
      ? []
      : ['', 'Likely causes:', ...causes.map((cause) => `• ${terminal.wrap(cause, '  ').trimStart()}`)]),
  ].join('\n');
}
