/** Warnings before training about inputs and targets that a network can hardly learn from. */
import type { Tensor } from '../../base/tensor.ts';

// a unit step in one weight must not outweigh the others': two orders of magnitude stall plain gradient descent
const maxRatio = 100;
const maxSize = 100;

interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range of each column of [n, columns]. */
function columnRanges({ shape: [n, columns], data }: Tensor): Range[] {
  return Array.from({ length: columns }, (_, c) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let r = 0; r < n; r++) {
      const value = data[r * columns + c];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { low, high };
  });
}

/** Up to four significant digits, as short as they go. */
const short = (value: number) => String(Number(value.toPrecision(4)));
const span = ({ low, high }: Range) => `from ${short(low)} to ${short(high)}`;

/** How the warnings about inputs begin. */
const uneven = 'The ranges of the inputs differ widely';
const large = 'The inputs are large';

/**
 * Warns about inputs [n, inputs] whose ranges differ by a factor of more than 100 (constant inputs aside); if none do, about
 * values beyond -100 or 100. `names` are the names of the inputs (default `x1`, `x2` …); `fix` says what to do.
 */
export function diagnoseInputs(
  inputs: Tensor,
  {
    names = Array.from({ length: inputs.shape[1] }, (_, i) => `x${i + 1}`),
    fix = 'Standardize the inputs, (x - mean)/std, before training.',
  }: { readonly names?: readonly string[]; readonly fix?: string } = {},
): string[] {
  const ranges = columnRanges(inputs);
  const width = (c: number) => ranges[c].high - ranges[c].low;
  const moving = ranges.map((_, c) => c).filter((c) => width(c) > 0);
  if (moving.length === 0) return [];
  const widest = moving.reduce((a, b) => (width(b) > width(a) ? b : a));
  const narrowest = moving.reduce((a, b) => (width(b) < width(a) ? b : a));
  const ratio = width(widest) / width(narrowest);
  if (ratio > maxRatio) {
    return [
      `${uneven}: "${names[widest]}" ranges ${span(ranges[widest])}, "${names[narrowest]}" ` +
        `${span(ranges[narrowest])}, a range ${short(ratio)} times smaller. ${fix}`,
    ];
  }
  const size = (c: number) => Math.max(Math.abs(ranges[c].low), Math.abs(ranges[c].high));
  const largest = moving.reduce((a, b) => (size(b) > size(a) ? b : a));
  if (size(largest) <= maxSize) return [];
  return [`${large}: "${names[largest]}" ranges ${span(ranges[largest])}. ${fix}`];
}

/** Whether a warning is one that `diagnoseInputs` gave. */
export const isInputWarning = (warning: string): boolean => [uneven, large].some((start) => warning.startsWith(start));

/**
 * Warns about targets [n, outputs] outside the closed range of the last activation (infinite where it has no bound), which
 * no training can reach.
 */
export function diagnoseTargets(
  { data }: Tensor,
  { name, range: [low, high] }: { readonly name: string; readonly range: readonly [number, number] },
  { standardized = false }: { readonly standardized?: boolean } = {},
): string[] {
  let outside = 0;
  let example = 0;
  for (const value of data) {
    if (value >= low && value <= high) continue;
    if (outside === 0) example = value;
    outside++;
  }
  if (outside === 0) return [];
  const bounds = [
    ...(low > Number.NEGATIVE_INFINITY ? [`below ${low}`] : []),
    ...(high < Number.POSITIVE_INFINITY ? [`above ${high}`] : []),
  ];
  return [
    `${outside} of ${data.length} targets cannot be reached, such as ${short(example)}${standardized ? ' (standardized)' : ''}: the output of ${name} is never ` +
      `${bounds.join(' or ')}. End the network with a linear layer${standardized ? '' : ', or scale the targets into that range'}.`,
  ];
}
