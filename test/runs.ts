/**
 * The number of cases of a property test: a few in `npm test`, all of them in the long suite (its configuration sets
 * CHAINRULE_LONG, and `test/long/properties.test.ts` lists the files).
 */
export const runs = (short: number, long: number): number => (process.env.CHAINRULE_LONG === undefined ? short : long);
