/**
 * How many cases of a property are tried: a few in the suite that everyone waits for, all of them in the long one (its
 * configuration sets CHAINRULE_LONG, and `test/long/properties.test.ts` lists the files).
 */
export const runs = (short: number, long: number): number => (process.env.CHAINRULE_LONG === undefined ? short : long);
