/** Which columns become features, and as what; those that would harm or teach nothing are left out, and told. */
import { didYouMean, fail } from '../../base/errors.ts';
import { cellsOf, failOnCell, type Profile } from '../table/columns.ts';
import { type Column, columnPlace, findColumn, type Table } from '../table/table.ts';
import { firstOf } from '../words.ts';

export interface Feature {
  readonly column: Column;
  readonly profile: Profile;
  readonly as: 'number' | 'category' | 'index' | 'date';
}

export interface FeatureOptions {
  /** The column to predict; of a regression also several. */
  readonly target: string | readonly string[];
  /** The columns to use, in this order. Default: all but the target and those that `reasonToLeaveOut` names. */
  readonly features?: readonly string[];
  /** Columns to encode as categories although their cells (or most of them) are numbers. */
  readonly categories?: readonly string[];
  /** Columns whose categories become indices, for an embedding. */
  readonly embed?: readonly string[];
  /** A column that says how much each row counts in the loss; it is no feature. */
  readonly weights?: string;
}

// one input for each category: beyond this the network is mostly one column's
const manyCategories = 100;
/** Below so many rows distinct texts say nothing: three rows of three colours are no identifiers. */
export const minIdentifiers = 10;

/** Rows numbered 1, 2, 3 … under such a name leak the file's order, which is often sorted by the target. */
const numberingName = /^(id|index|no|nr|#|row|row ?names?|row ?id)$|[ _-]id$|[a-z]I[dD]$/i;

function numbersTheRows(column: Column, { present, missing }: Profile): boolean {
  if (missing > 0 || present < minIdentifiers || !numberingName.test(column.name)) return false;
  const cells = cellsOf(column);
  const first = cells.number(0);
  for (let row = 1; row < present; row++) if (cells.number(row) !== first + row) return false;
  return true;
}

/** Why a column should be no feature, as the end of "left out: …", or undefined. */
export function reasonToLeaveOut(column: Column, found: Profile): string | undefined {
  const { kind, counts, present, many } = found;
  if (kind === 'empty') return 'it has no value';
  if (counts.size === 1) return 'it has the same value in every row';
  if (kind === 'text' && present >= minIdentifiers && counts.size > present / 2) {
    return counts.size === present
      ? 'each row has a text of its own'
      : `${counts.size} different texts in ${present} rows`;
  }
  if (kind === 'text' && many) return `more than ${counts.size} different texts`;
  if (kind === 'number' && numbersTheRows(column, found)) return 'it numbers the rows';
  return undefined;
}

/** A warning where "NaN" would be a category: it seldom is one. */
export function nanWarnings(name: string, { counts }: Profile): string[] {
  const found = [...counts.keys()].filter((value) => /^nan$/i.test(value));
  return found.map(
    (value) => `"${name}": "${value}" is taken as a category. Pass missing: ["${value}"] if it marks a gap.`,
  );
}

/** The names of the columns to predict. */
export const targetNames = (target: FeatureOptions['target']): readonly string[] =>
  typeof target === 'string' ? [target] : target;

/** The columns to use as features. Throws an InputError where one is not there, is the target, or is of mixed kind. */
export function chooseFeatures(
  table: Table,
  profiles: ReadonlyMap<Column, Profile>,
  { target: given, features, categories: named = [], embed = [], weights }: FeatureOptions,
): { features: Feature[]; notes: string[]; warnings: string[] } {
  const notes: string[] = [];
  const warnings: string[] = [];
  const targets = new Set(targetNames(given));
  const candidates = features
    ? features.map((name, i) => findColumn(table, name, `data.features[${i}]`))
    : table.columns.filter(({ name }) => !targets.has(name) && name !== weights);
  const names = new Set(candidates.map((column) => column.name));
  for (const [key, list] of Object.entries({ categories: named, embed })) {
    list.forEach((name, i) => {
      if (names.has(name)) return;
      fail({ what: `"${name}" is not a feature`, where: `data.${key}[${i}]`, fix: didYouMean(name, [...names]) });
    });
  }
  const embeds = new Set(embed);
  const categories = new Set([...named, ...embed]);
  if (weights !== undefined && targets.has(weights)) {
    fail({ what: `"${weights}" is the target`, where: 'data.weights', fix: 'Name another column, or leave it out.' });
  }
  const chosen: Feature[] = [];
  const seen = new Set<Column>();
  candidates.forEach((column, i) => {
    const { name } = column;
    const profile = profiles.get(column)!;
    if (targets.has(name)) {
      fail({
        what: `"${name}" is the target`,
        where: `data.features[${i}]`,
        fix: 'Leave it out of the features: a network that is given the answer learns nothing.',
      });
    }
    if (name === weights) {
      fail({
        what: `"${name}" is the column of weights`,
        where: `data.features[${i}]`,
        fix: 'Leave it out of the features.',
      });
    }
    if (seen.has(column)) {
      fail({ what: `"${name}" appears twice`, where: `data.features[${i}]`, fix: 'Name each feature once.' });
    }
    seen.add(column);
    const reason = reasonToLeaveOut(column, profile);
    if (reason !== undefined && features === undefined && !categories.has(name)) {
      notes.push(`"${name}" is left out: ${reason}.`);
      return;
    }
    if (profile.kind === 'empty') {
      fail({ what: 'the column has no value', where: columnPlace(table, name), fix: 'Leave it out of the features.' });
    }
    const category = categories.has(name) || profile.kind === 'text' || profile.kind === 'boolean';
    if (profile.kind === 'mixed' && !category) {
      const { row, value, among } = profile.odd!;
      failOnCell(table, row, name, value, `encode the column as a category: categories: ["${name}"]`, among);
    }
    if (reason !== undefined) warnings.push(`"${name}" is a feature because you name it, but ${reason}.`);
    const embedded = embeds.has(name);
    if (category && !embedded && profile.counts.size > manyCategories) {
      warnings.push(
        `"${name}" has ${profile.counts.size} categories, an input each. Embed it (embed: ["${name}"]), leave it out, or join its rare values.`,
      );
    }
    if (category) warnings.push(...nanWarnings(name, profile));
    const plain = profile.kind === 'date' ? 'date' : 'number';
    chosen.push({ column, profile, as: embedded ? 'index' : category ? 'category' : plain });
  });
  if (chosen.length === 0) {
    fail({
      what: 'no column is left to learn from',
      where: features ? 'data.features' : columnPlace(table, targetNames(given)[0]),
      fix: ['Name the columns to use in "features".', ...firstOf(notes)].join(' '),
    });
  }
  return { features: chosen, notes: firstOf(notes), warnings: firstOf(warnings) };
}
