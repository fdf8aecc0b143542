/** How files write the normalizations: `{ "layerNorm": true }`, `{ "batchNorm": true, "momentum": 0.05 }`. */
import * as z from 'zod/mini';
import { describe } from '../../form.ts';
import type { LayerEntry } from '../../layer.ts';
import { batchNorm, layerNorm } from '../norm.ts';

const epsilonForm = () =>
  z.optional(describe(z.number().check(z.gt(0)), 'added to the denominator for numerical stability; default 1e-5'));
const affineForm = () => z.optional(describe(z.boolean(), 'scale and shift by trained parameters; default true'));

/** The form of `{ "layerNorm": … }`. */
export const layerNormForm = () =>
  z.strictObject({
    layerNorm: z.literal(true),
    epsilon: epsilonForm(),
    affine: affineForm(),
    trainable: z.optional(z.boolean()),
  });

export const layerNormEntry: LayerEntry<z.infer<ReturnType<typeof layerNormForm>>> = {
  kind: 'layerNorm',
  make: ({ layerNorm: _kind, ...options }, where) => layerNorm(options, where),
};

/** The form of `{ "batchNorm": … }`. */
export const batchNormForm = () =>
  z.strictObject({
    batchNorm: z.literal(true),
    epsilon: epsilonForm(),
    momentum: z.optional(
      describe(z.number().check(z.gt(0), z.lte(1)), 'weight of each batch in the running mean; default 0.1'),
    ),
    affine: affineForm(),
    trainable: z.optional(z.boolean()),
  });

export const batchNormEntry: LayerEntry<z.infer<ReturnType<typeof batchNormForm>>> = {
  kind: 'batchNorm',
  make: ({ batchNorm: _kind, ...options }, where) => batchNorm(options, where),
};
