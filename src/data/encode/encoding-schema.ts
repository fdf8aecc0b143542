/**
 * The schema of an encoding as a model's file has it. An encoding decides what is computed and what is written into code of
 * other languages, so every field of a file's is checked before anything uses it. Keys that it does not have are left out.
 */
import * as z from 'zod/mini';
import { also, distinctTexts, finite, listOf, type Same } from '../../base/checks.ts';
import { show } from '../../base/show.ts';
import { type CellKind, canonical } from '../table/columns.ts';
import { type Cycle, cycles } from './dates.ts';
import { type Encoding, targetColumns } from './encoding.ts';

const columnName = () => z.string().check(z.minLength(1, 'a column has no name'));

/** A divisor of 0 counts as 1; any other must leave numbers finite. */
const scaling = z.union([
  z.literal('none'),
  z.object({ mean: finite(), std: z.number().check(z.gte(0)) }),
  also(z.object({ min: finite(), max: finite() }), ({ min, max }) => (min <= max ? undefined : 'min is above max')),
]);

const cellKind = z.enum(['number', 'boolean', 'text']);

/** Whether a value is written as training writes the values of its kind. */
function isCanonical(of: CellKind, value: string): boolean {
  if (of === 'boolean') return value === 'true' || value === 'false';
  return of === 'text' || (Number.isFinite(Number(value)) && canonical.number(value) === value && value.trim() !== '');
}

/** The first value that is not of its kind. */
function faultOf({ of, values }: { readonly of: CellKind; readonly values: readonly string[] }) {
  const at = values.findIndex((value) => !isCanonical(of, value));
  return at === -1 ? undefined : { what: `${show(values[at])} is not a ${of}`, path: ['values', at] };
}

const categories = { name: columnName(), of: cellKind, values: distinctTexts({ min: 1 }), fill: z.string() };
const categoryFault = (feature: { readonly of: CellKind; readonly values: readonly string[]; readonly fill: string }) =>
  faultOf(feature) ??
  (feature.values.includes(feature.fill)
    ? undefined
    : { what: `${show(feature.fill)} is none of the values`, path: ['fill'] });

const feature = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), name: columnName(), scaling, fill: finite() }),
  also(z.object({ kind: z.literal('category'), ...categories }), categoryFault),
  also(z.object({ kind: z.literal('index'), ...categories }), categoryFault),
  z.object({
    kind: z.literal('date'),
    name: columnName(),
    scaling,
    cycles: also(listOf(z.enum(Object.keys(cycles) as [Cycle, ...Cycle[]])), (names) =>
      new Set(names).size === names.length ? undefined : 'a cycle appears twice',
    ),
    fill: finite(),
  }),
]);

const numberTarget = z.object({ kind: z.literal('number'), name: columnName(), scaling });
const target = z.discriminatedUnion('kind', [
  numberTarget,
  z.object({ kind: z.literal('numbers'), name: columnName(), columns: listOf(numberTarget, { min: 1 }) }),
  also(
    z.object({
      kind: z.literal('classes'),
      name: columnName(),
      of: cellKind,
      values: distinctTexts({ min: 2 }),
      coding: z.enum(['oneHot', 'binary', 'sign']),
    }),
    (found) =>
      found.coding !== 'oneHot' && found.values.length !== 2
        ? { what: `${found.values.length} classes are not coded as ${found.coding}`, path: ['coding'] }
        : faultOf(found),
  ),
]);

/** A column has one part in an encoding. */
function columnFault({ task, features, target }: Encoding) {
  const seen = new Set<string>(targetColumns(target));
  if (seen.size < targetColumns(target).length) return { what: 'a column appears twice', path: ['target', 'columns'] };
  for (const [f, { name }] of features.entries()) {
    if (seen.has(name)) return { what: `${show(name)} appears twice`, path: ['features', f, 'name'] };
    seen.add(name);
  }
  if ((task === 'classification') === (target.kind === 'classes')) return undefined;
  return { what: `the target does not suit a ${task}`, path: ['task'] };
}

export const encodingSchema = also(
  z.object({
    task: z.enum(['classification', 'regression']),
    scale: z.enum(['standard', 'minMax', 'none']),
    features: listOf(feature, { min: 1 }),
    target,
  }),
  columnFault as never,
);

const isSame: Same<z.infer<typeof encodingSchema>, Encoding> = true;
void isSame;
