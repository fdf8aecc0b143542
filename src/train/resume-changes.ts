/**
 * What may change when a training is resumed: the learning rate and the conditions that end training. Neither changes what the
 * steps so far have computed. Each change is recorded with its epoch.
 */
import type { Stop } from '../net/training.ts';
import type { ResumeChange } from './snapshot.ts';

/** In words, for messages. */
export const changeable = 'the learning rate, epochs, seconds, patience and the other stop conditions';

/** The options of a training that a checkpoint compares. */
interface Training {
  readonly optimizer?: unknown;
  readonly epochs?: unknown;
  readonly keep?: unknown;
}

const objectOf = (json: string | undefined): Record<string, unknown> => {
  try {
    return { ...JSON.parse(json ?? '') };
  } catch {
    return {};
  }
};
const optimizerOf = ({ optimizer }: Training): Record<string, unknown> =>
  typeof optimizer === 'string' ? { name: optimizer } : { ...(optimizer as object) };
const textOf = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value));
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What a checkpoint knows of its training: the texts of its options and of its stop conditions, if it has them. */
export interface Stored {
  readonly training: string | undefined;
  readonly stop: string | undefined;
  readonly epoch: number;
}

/** The changes from a checkpoint's training to this one, or the options that differ and may not. */
export function changesOf(
  stored: Stored,
  training: string,
  stop: Stop,
): { readonly changes: readonly ResumeChange[] } | { readonly fixed: readonly string[] } {
  const [before, now] = [objectOf(stored.training), objectOf(training)];
  const stopBefore = stored.stop === undefined ? undefined : objectOf(stored.stop);
  // which weights are kept follows from the patience
  const patienceChanges =
    stopBefore !== undefined && (stopBefore.patience === undefined) !== (stop.patience === undefined);
  const [optimizer, newOptimizer] = [optimizerOf(before), optimizerOf(now)];
  const free = new Set(['optimizer', 'epochs', ...(patienceChanges ? ['keep'] : [])]);
  const differing = (a: object, b: object, known: ReadonlySet<string>) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
      (key) => !known.has(key) && !isSame(a[key as keyof typeof a], b[key as keyof typeof b]),
    );
  const fixed = [
    ...differing(before, now, free),
    ...differing(optimizer, newOptimizer, new Set(['learningRate'])).map((key) => (key === 'name' ? 'optimizer' : key)),
  ];
  if (fixed.length > 0) return { fixed };
  const { epoch } = stored;
  const change = (option: string, from: unknown, to: unknown) => ({
    epoch,
    option,
    from: textOf(from),
    to: textOf(to),
  });
  const rate = isSame(optimizer.learningRate, newOptimizer.learningRate)
    ? []
    : [change('learningRate', optimizer.learningRate, newOptimizer.learningRate)];
  const stops = differing(stopBefore ?? stop, stop, new Set()).map((key) =>
    change(key, stopBefore?.[key], stop[key as keyof Stop]),
  );
  return { changes: [...rate, ...stops] };
}

/** `learningRate 0.1 → 0.01, epochs 100 → 500`. */
export const changeText = (changes: readonly ResumeChange[]): string =>
  changes.map(({ option, from, to }) => `${option} ${from} → ${to}`).join(', ');

/** A note for each epoch after which a training was resumed with other options. */
export function changeNotes(changes: readonly ResumeChange[]): string[] {
  const epochs = [...new Set(changes.map(({ epoch }) => epoch))];
  return epochs.map(
    (at) =>
      `The run was resumed after epoch ${at} with other options: ${changeText(changes.filter(({ epoch }) => epoch === at))}.`,
  );
}
