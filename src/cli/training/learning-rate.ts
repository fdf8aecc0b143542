/** `train --find-rate`: a learning rate range test instead of training. Prints its curve and suggests a rate. */
import { join } from 'node:path';
import { plot } from 'simple-ascii-chart';
import { numberText } from '../../explain/numbers.ts';
import type { Setup } from '../../net/setup.ts';
import { findLearningRate, type RateTest } from '../../studies/learning-rate.ts';
import { count, type Terminal } from '../output/terminal.ts';
import { chooseFolder, type FolderFlags } from '../run-folder/folder.ts';
import { refuseForeign } from '../run-folder/own-files.ts';
import { listen } from '../system/signals.ts';
import { writeWhole } from '../system/write.ts';

const drawingName = 'learning-rate.svg';

/** Returns the exit code: 1 if no rate lowers the loss, 130 after an interruption. */
export async function runRateTest(setup: Setup, name: string, flags: FolderFlags, terminal: Terminal): Promise<number> {
  // the files in the folder stay: one file is added
  if (flags.out !== undefined) refuseForeign(join(flags.out, drawingName), 'curves');
  const folder = chooseFolder(name, { out: flags.out }, { isBeside: true });
  const signals = listen();
  let result: RateTest;
  try {
    result = await findLearningRate(setup, { signal: signals.signal });
  } catch (error) {
    folder.abandon();
    throw error;
  } finally {
    signals.release();
  }
  const { points, suggestion, explodesAt } = result;
  const curve = join(folder.path, drawingName);
  try {
    writeWhole(curve, await drawing(result));
  } finally {
    folder.release();
  }
  const lines = [
    '',
    `The loss over ${count(points.length, 'step')} at a growing learning rate (below: its power of ten):`,
    ...(points.length > 1 ? ['', chart(result, terminal)] : []),
    '',
    suggestion === undefined
      ? 'No rate lowered the loss. --overfit-batch may show why.'
      : `Suggestion: ${terminal.colors.bold(`--learning-rate ${numberText(suggestion, 2)}`)}, where the loss falls fastest.`,
    ...(explodesAt === undefined ? [] : [`Beyond ${numberText(explodesAt, 2)} the loss explodes.`]),
    '',
    `curve    ${terminal.path(curve)}`,
  ];
  terminal.result(
    { suggestion: suggestion ?? null, explodesAt: explodesAt ?? null, points, files: { curve } },
    lines.join('\n'),
  );
  if (signals.signal.aborted) return signals.code;
  return suggestion === undefined ? 1 : 0;
}

/** The smoothed loss over the logarithm of the rate. Without the explosion, which would flatten the rest of the curve. */
function curveOf({ points }: RateTest): [number, number][] {
  const first = points[0]?.smoothed ?? 0;
  return points
    .filter(({ smoothed }) => smoothed <= 2 * first)
    .map(({ learningRate, smoothed }) => [Math.log10(learningRate), smoothed]);
}

function chart(result: RateTest, terminal: Terminal): string {
  const curve = curveOf(result);
  const width = Math.max(30, Math.min(70, terminal.width - 12));
  const every = Math.ceil(curve.length / (2 * width));
  const [from, to] = [Math.ceil(curve[0][0]), Math.floor(curve[curve.length - 1][0])];
  const text = plot([curve.filter((_, i) => i % every === 0)], {
    width,
    height: 12,
    customXAxisTicks: Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i),
    color: terminal.colors.isColorSupported ? ['ansiGreen'] : undefined,
    formatter: (value, { axis }) => (axis === 'y' ? numberText(value, 3) : value),
  });
  return terminal.drawing(text.replace(/^\n|\n\s*$/g, ''));
}

async function drawing(result: RateTest): Promise<string> {
  const { renderCurves } = await import('../../report/curves.ts');
  const { suggestion } = result;
  const curves = renderCurves(
    'Loss at a growing learning rate',
    [{ label: 'smoothed loss', points: curveOf(result) }],
    {
      xLabel: 'learning rate, as a power of ten',
      ...(suggestion !== undefined && { mark: { x: Math.log10(suggestion), label: numberText(suggestion, 2) } }),
      alone: true,
    },
  );
  return String(curves);
}
