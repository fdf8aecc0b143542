/**
 * How much of a study is done: a sample in the suite that everyone waits for, all of it in the long one, whose
 * configuration sets CHAINRULE_LONG and runs every test file that imports this one.
 */
export const isLong = process.env.CHAINRULE_LONG !== undefined;

/** How many cases of a property are tried. */
export const runs = (short: number, long: number): number => (isLong ? long : short);

/** The cases that are tried: every `stride`-th of them in the short suite. */
export const sampled = <T>(cases: readonly T[], stride: number): readonly T[] =>
  isLong ? cases : cases.filter((_, i) => i % stride === 0);
