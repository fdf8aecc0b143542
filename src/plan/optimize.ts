/** Makes plans faster and smaller without changing a bit of their results. Each pass can be left out. */
import { fuseMaps } from './fuse.ts';
import { mergeEqual } from './merge.ts';
import { type Placement, place } from './place.ts';
import type { Plan } from './plan.ts';

export interface Passes {
  /** Merges equal steps. */
  readonly merge: boolean;
  /** Fuses maps over the same elements into one loop. */
  readonly fuse: boolean;
  /** Reuses the memory of values that no later step reads. */
  readonly inPlace: boolean;
}

const everyPass: Passes = { merge: true, fuse: true, inPlace: true };

/** Optimizes plans that belong together and places them in one arena. */
export function optimize(plans: readonly Plan[], passes: Partial<Passes> = {}): Placement {
  const { merge, fuse, inPlace } = { ...everyPass, ...passes };
  const changed = plans.map((plan) => {
    const merged = merge ? mergeEqual(plan) : plan;
    return fuse ? fuseMaps(merged) : merged;
  });
  return place(changed, { inPlace });
}
