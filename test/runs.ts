/**
 * How much of a study runs: a sample in `npm test`, all of it in the long suite, whose configuration sets CHAINRULE_LONG
 * and includes every test file that imports this one.
 */
export const isLong = process.env.CHAINRULE_LONG !== undefined;

/** The number of cases of a property test. */
export const runs = (short: number, long: number): number => (isLong ? long : short);

/** The cases to run: every `stride`-th of them in the short suite, from the one at `first`. */
export const sampled = <T>(cases: readonly T[], stride: number, first = 0): readonly T[] =>
  isLong ? cases : cases.filter((_, i) => i % stride === first % stride);
