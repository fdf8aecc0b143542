/** Which columns become features, and of what kind; a column that would harm or teach nothing is left out, with a note. */
import { didYouMean, fail } from '../../base/errors.ts';
import { message, setting, type Where } from '../../base/reference.ts';
import { firstOf } from '../../base/wording.ts';
import { failOnCell, type Profile } from '../table/columns.ts';
import { marksNote } from '../table/missing-marks.ts';
import { type Column, columnPlace, findColumn, type Table } from '../table/table.ts';
import { featureLearners } from './features/index.ts';
import type { FeatureLearner, KindOptions } from './features/kind.ts';
import { isUnnamed, reasonToLeaveOut, rowNumbers } from './identifiers.ts';

/** A column that becomes a feature. */
export interface ChosenFeature {
  readonly column: Column;
  readonly profile: Profile;
  readonly kind: FeatureLearner;
}

export interface FeatureOptions extends KindOptions {
  /** The column to predict; of a regression also several. */
  readonly target: string | readonly string[];
  /** The columns to use, in this order. Default: all but the target and those that `reasonToLeaveOut` names. */
  readonly features?: readonly string[] | undefined;
  /** A column with the weight of each row in the loss; it is not a feature. */
  readonly weights?: string | undefined;
}

/** The names of the columns to predict. */
export const targetNames = (target: FeatureOptions['target']): readonly string[] =>
  typeof target === 'string' ? [target] : target;

/** The kind that a column's cells ask for; undefined if they are mixed or all missing. */
export const defaultKind = ({ kind: cells }: Profile): FeatureLearner | undefined =>
  featureLearners.find(({ takes }) => takes.includes(cells));

/** The kinds of the columns that options list. Throws an InputError if a column is not among the features. */
function listedKinds(options: FeatureOptions, candidates: readonly Column[]): ReadonlyMap<string, FeatureLearner> {
  const names = new Set(candidates.map((column) => column.name));
  const listed = new Map<string, FeatureLearner>();
  for (const kind of featureLearners) {
    const { option } = kind;
    if (option === undefined) continue;
    options[option]?.forEach((name, i) => {
      if (!names.has(name)) {
        fail({ what: `"${name}" is not a feature`, where: ['data', option, i], fix: didYouMean(name, [...names]) });
      }
      listed.set(name, kind);
    });
  }
  return listed;
}

/** Throws an InputError for a feature that is the target or the weights. */
function checkRole(name: string, where: Where, targets: ReadonlySet<string>, weights: string | undefined): void {
  if (targets.has(name)) {
    fail({
      what: `"${name}" is the target`,
      where,
      fix: 'Remove it from the features: a network that gets the target as an input learns nothing.',
    });
  }
  if (name === weights) {
    fail({ what: `"${name}" is the column of weights`, where, fix: 'Remove it from the features.' });
  }
}

/** The kind of a column that has values, as listed or else by its cells. Throws an InputError for mixed cells. */
function kindFor(table: Table, { name }: Column, profile: Profile, listed: FeatureLearner | undefined): FeatureLearner {
  const kind = listed ?? defaultKind(profile);
  if (kind !== undefined) return kind;
  const { row, value, among } = profile.odd!;
  const asCategory = setting(['data', 'categories'], [name], `categories: ["${name}"]`);
  return failOnCell(table, row, name, value, message`encode the column as a category: ${asCategory}`, { among });
}

const leftOutNote = ({ name }: { readonly name: string }, reason: string) => `"${name}" is left out: ${reason}.`;

/** The columns to use as features. Throws an InputError if one is missing, is the target, or has mixed cells. */
export function chooseFeatures(
  table: Table,
  profiles: ReadonlyMap<Column, Profile>,
  options: FeatureOptions,
): { features: ChosenFeature[]; notes: string[]; warnings: string[] } {
  const { target, features, weights } = options;
  const notes = features === undefined ? (table.leftOut ?? []).map((each) => leftOutNote(each, each.reason)) : [];
  const warnings: string[] = [];
  const targets = new Set(targetNames(target));
  const candidates = features
    ? features.map((name, i) => findColumn(table, name, ['data', 'features', i]))
    : table.columns.filter(({ name }) => !targets.has(name) && name !== weights);
  const listed = listedKinds(options, candidates);
  if (weights !== undefined && targets.has(weights)) {
    fail({
      what: `"${weights}" is the target`,
      where: ['data', 'weights'],
      fix: 'Name another column, or leave it out.',
    });
  }
  const chosen: ChosenFeature[] = [];
  const counters: Column[] = [];
  const seen = new Set<Column>();
  candidates.forEach((column, i) => {
    const { name } = column;
    const profile = profiles.get(column)!;
    const where = ['data', 'features', i];
    checkRole(name, where, targets, weights);
    if (seen.has(column)) fail({ what: `"${name}" is listed twice`, where, fix: 'List each feature once.' });
    seen.add(column);
    const reason = reasonToLeaveOut(column, profile);
    if (reason !== undefined && features === undefined && !listed.has(name)) {
      // with a mark as a value, the column may have two
      notes.push(leftOutNote(column, reason) + (profile.counts.size === 1 ? marksNote(column) : ''));
      if (reason === rowNumbers) counters.push(column);
      return;
    }
    if (profile.present === 0) {
      fail({
        what: 'the column has no values',
        where: columnPlace(table, name),
        fix: 'Leave it out of the features.',
      });
    }
    const kind = kindFor(table, column, profile, listed.get(name));
    if (reason === undefined && features === undefined && isUnnamed(column)) {
      warnings.push(`"${name}" has no name in the file. Check that its cells are in the right column.`);
    }
    if (reason !== undefined) warnings.push(`"${name}" is used because you listed it, but ${reason}.`);
    warnings.push(...(kind.warnings?.(column, profile) ?? []));
    chosen.push({ column, profile, kind });
  });
  for (const column of chosen.length === 0 ? counters : []) {
    const profile = profiles.get(column)!;
    notes.splice(notes.indexOf(leftOutNote(column, rowNumbers)), 1);
    warnings.push(`"${column.name}" is used because there is no other feature, but ${rowNumbers}.`);
    chosen.push({ column, profile, kind: kindFor(table, column, profile, undefined) });
  }
  if (chosen.length === 0) {
    fail({
      what: 'there are no features to learn from',
      where: features ? ['data', 'features'] : columnPlace(table, targetNames(target)[0]),
      fix: ['List the columns to use in "features".', ...firstOf(notes)].join(' '),
    });
  }
  return { features: chosen, notes: firstOf(notes), warnings: firstOf(warnings) };
}
