/** Kinds of options that several methods share. */
import * as z from 'zod/mini';

/** A positive integer. */
export const counted = (usual: number, description: string) =>
  z._default(z.number().check(z.int(), z.gte(1)), usual).check(z.describe(description));

export const flag = (usual: boolean, description: string) =>
  z._default(z.boolean(), usual).check(z.describe(description));

/** Any finite number. */
export const real = (usual: number, description: string) =>
  z._default(z.number(), usual).check(z.describe(description));
