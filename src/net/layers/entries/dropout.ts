/** How files write dropout: `{ "dropout": 0.2 }`. */
import * as z from 'zod/mini';
import { describe } from '../../form.ts';
import type { LayerEntry } from '../../layer.ts';
import { dropout } from '../dropout.ts';

/** The form of `{ "dropout": … }`. */
export const dropoutForm = () =>
  z.strictObject({
    dropout: describe(z.number().check(z.gte(0), z.lt(1)), 'the probability of dropping a unit'),
  });

export const dropoutEntry: LayerEntry<z.infer<ReturnType<typeof dropoutForm>>> = {
  kind: 'dropout',
  make: (json, where) => dropout(json.dropout, where),
};
