/**
 * Checks that the schemas of stored values share. A list is checked entry by entry, and the check ends at the first wrong entry,
 * so that a file of a million wrong entries costs no more than a file of a million valid ones.
 */
import * as z from 'zod/mini';

interface Fault {
  readonly what: string;
  readonly path?: readonly PropertyKey[];
}

/** A schema with one more rule; `fault` returns what is wrong and the path inside the value. */
export function also<T extends z.ZodMiniType>(schema: T, fault: (value: z.infer<T>) => Fault | string | undefined): T {
  return schema.check((payload) => {
    const found = fault(payload.value as z.infer<T>);
    if (found === undefined) return;
    const { what, path = [] } = typeof found === 'string' ? { what: found } : found;
    payload.issues.push({ code: 'custom', message: what, input: payload.value, path: [...path] });
  }) as T;
}

/** Any number except NaN and the infinities. */
export const finite = () => z.number();
export const atLeast0 = () => z.number().check(z.gte(0));
/** 0, 1, 2, … */
export const wholeNumber = () => z.number().check(z.int(), z.gte(0));
export const positiveWhole = () => z.number().check(z.int(), z.gte(1));

/** JSON cannot write NaN and the infinities, so they are stored as null. */
export const numberOrNull = () =>
  z.pipe(
    z.nullable(z.number()),
    z.transform((value: number | null) => value ?? Number.NaN),
  );

/** A list whose entries all fit. The error is about the first entry that does not. */
export function listOf<T extends z.ZodMiniType>(
  entry: T,
  { min = 0, max = Number.POSITIVE_INFINITY }: { readonly min?: number; readonly max?: number } = {},
): z.ZodMiniType<z.infer<T>[]> {
  return z.array(z.unknown()).check((payload) => {
    const { value, issues } = payload;
    if (value.length < min) {
      issues.push({ code: 'too_small', origin: 'array', minimum: min, inclusive: true, input: value });
      return;
    }
    if (value.length > max) {
      const message = `${value.length.toLocaleString('en-US')} entries are more than ${max.toLocaleString('en-US')}`;
      issues.push({ code: 'custom', message, input: value, path: [] });
      return;
    }
    const read: unknown[] = new Array(value.length);
    for (let i = 0; i < value.length; i++) {
      const result = z.safeParse(entry, value[i]);
      if (!result.success) {
        for (const issue of result.error.issues) {
          issues.push({ ...issue, input: value[i], path: [i, ...issue.path] } as never);
        }
        return;
      }
      read[i] = result.data;
    }
    payload.value = read;
  }) as unknown as z.ZodMiniType<z.infer<T>[]>;
}

/** A list of texts without duplicates. */
export const distinctTexts = ({ min = 0 }: { readonly min?: number } = {}) =>
  also(listOf(z.string(), { min }), (texts) => {
    const seen = new Set<string>();
    const at = texts.findIndex((text) => seen.size === seen.add(text).size);
    return at === -1 ? undefined : { what: 'the text appears twice', path: [at] };
  });

/** Numbers by name, at most `max` of them. A name such as `constructor`, which every object has, is allowed. */
export const namedNumbers = (max: number) =>
  z.pipe(
    also(z.record(z.string(), z.nullable(z.number())), (numbers) => {
      const count = Object.keys(numbers).length;
      return count > max
        ? `${count.toLocaleString('en-US')} numbers are more than ${max.toLocaleString('en-US')}`
        : undefined;
    }),
    z.transform((numbers: Record<string, number | null>) =>
      Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? Number.NaN])),
    ),
  );

/** Checks that a schema's type equals the type that it is for, except for optional and readonly marks. */
export type Same<A, B> = [Complete<A>] extends [Complete<B>]
  ? [Complete<B>] extends [Complete<A>]
    ? true
    : never
  : never;
type Complete<T> = T extends string | number | boolean | null | undefined | bigint
  ? T
  : T extends readonly (infer E)[]
    ? readonly Complete<E>[]
    : T extends object
      ? { readonly [K in keyof T]-?: Complete<Exclude<T[K], undefined>> }
      : T;
