/** Plans made quicker and smaller, their numbers unchanged to the last bit. Each pass can be left out. */
import { fuseMaps } from './fuse.ts';
import { mergeEqual } from './merge.ts';
import { type Placement, place } from './place.ts';
import type { Plan } from './plan.ts';

export interface Passes {
  /** Equal steps become one. */
  readonly merge: boolean;
  /** Maps over the same elements become one loop. */
  readonly fuse: boolean;
  /** A value takes the place of one that nothing reads any more. */
  readonly inPlace: boolean;
}

const everyPass: Passes = { merge: true, fuse: true, inPlace: true };

/** Plans that belong together, over one arena. */
export function optimize(plans: readonly Plan[], passes: Partial<Passes> = {}): Placement {
  const { merge, fuse, inPlace } = { ...everyPass, ...passes };
  const changed = plans.map((plan) => {
    const merged = merge ? mergeEqual(plan) : plan;
    return fuse ? fuseMaps(merged) : merged;
  });
  return place(changed, { inPlace });
}
