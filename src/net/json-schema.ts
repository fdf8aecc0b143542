/** The form of the experiment file as JSON Schema. */
import * as z from 'zod/mini';
import { experimentSchema } from './schema.ts';

/** The form as JSON Schema, draft 2020-12, for editors. */
export function experimentJsonSchema(): object {
  const id = { title: 'chainrule experiment' };
  return { ...id, ...z.toJSONSchema(experimentSchema, { unrepresentable: 'any' }) };
}
