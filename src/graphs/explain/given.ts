import type { Given } from '../../explain/tape.ts';

/** The numbers of a graph's sources: those given by name, and the constants. */
export function givenBy(numbers: ReadonlyMap<string, ArrayLike<number>>): Given {
  return ({ id, name, op }) => {
    const known = name === undefined ? undefined : numbers.get(name);
    if (known !== undefined) return known;
    if (op.kind === 'source' && typeof op.initial === 'object') return op.initial.data;
    throw new Error(`nothing is given for node ${name ?? id}`);
  };
}
