/** Kinds of options that several methods share. */
import * as z from 'zod/mini';
import { describe } from '../../net/form.ts';

/** A positive integer. */
export const counted = (usual: number, description: string) =>
  describe(z._default(z.int().check(z.gte(1)), usual), description);

export const flag = (usual: boolean, description: string) => describe(z._default(z.boolean(), usual), description);

/** Any finite number. */
export const real = (usual: number, description: string) => describe(z._default(z.number(), usual), description);
