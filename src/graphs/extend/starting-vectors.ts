/** Whether a run can start from given vectors. */
import { fail, listNames } from '../../base/errors.ts';
import type { EmbeddingMethod } from '../method.ts';
import { embeddingMethods } from '../methods/index.ts';
import type { NodeVectors } from '../node-vectors.ts';

/** Throws an InputError for a method that cannot start from vectors. */
export function checkWarmStart(method: EmbeddingMethod): void {
  if (method.warmStarts) return;
  const able = embeddingMethods.filter((each) => each.warmStarts).map(({ name }) => name);
  fail({
    what: `${method.name} does not train, so it cannot start from other vectors`,
    where: 'warmStart',
    fix: `Run it again without a warm start, or choose a method that trains: ${listNames(able)}.`,
  });
}

/** Throws an InputError for a run with other dimensions than the vectors. */
export function checkDimensions(own: unknown, { dimensions }: NodeVectors): void {
  if (own === undefined || own === dimensions) return;
  fail({
    what: `the vectors have ${dimensions} dimensions, and this run has ${String(own)}`,
    where: 'warmStart',
    fix: `Leave dimensions out, or pass ${dimensions}.`,
  });
}
