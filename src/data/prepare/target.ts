/** Determines the task of a target and the classes of a classification, with notes on the reasons. */
import { fail } from '../../base/errors.ts';
import { message, messageText, setting } from '../../base/reference.ts';
import { type FeatureOptions, targetNames } from '../encode/choose-features.ts';
import { minIdentifiers } from '../encode/identifiers.ts';
import { nanWarnings } from '../encode/stored.ts';
import { classIndexer, failOnClass, fitClassTarget } from '../encode/targets/classes.ts';
import type { ClassCoding, ClassTarget } from '../encode/targets/stored-target.ts';
import { classesOf, type TargetEncoding } from '../encode/targets/stored-target.ts';
import { inferTask, type Task } from '../encode/task.ts';
import { cellsOf, countValues, failOnCell, type Profile, presentCells, profile } from '../table/columns.ts';
import { cellsAs } from '../table/reading.ts';
import { range } from '../table/rows.ts';
import { type Column, columnPlace, findColumn, type Table } from '../table/table.ts';

/** A task with the reason for it, as words after the target's name. */
export interface TaskChoice {
  readonly task: Task;
  readonly why: string;
  /** The options name it. */
  readonly isGiven: boolean;
}

/** The result for a target column. */
export interface TargetChoice {
  /** Undefined in a regression. */
  readonly classes?: ClassTarget;
  /** The class index of each usable row, in a classification. */
  readonly classOfRow?: Uint32Array;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

const asRequested = ': as requested, the task is';
const asClasses = message`set ${setting(['data', 'task'], 'classification')}`;

/** The target's columns. Throws an InputError if one is missing or listed twice. */
export function findTargets(table: Table, target: FeatureOptions['target']): readonly Column[] {
  const names = targetNames(target);
  if (names.length === 0) {
    fail({ what: 'no target column is listed', where: ['data', 'target'], fix: 'Name the column to predict.' });
  }
  const seen = new Set<string>();
  return names.map((name, k) => {
    const where = typeof target === 'string' ? ['data', 'target'] : ['data', 'target', k];
    if (seen.has(name)) fail({ what: `"${name}" is listed twice`, where, fix: 'List each column once.' });
    seen.add(name);
    return findColumn(table, name, where);
  });
}

/** The task of the targets. Throws an InputError for a column that does not suit it. */
export function chooseTask(table: Table, targets: readonly Column[], given: Task | undefined): TaskChoice {
  if (targets.length === 1) return chooseOne(table, targets[0], profile(targets[0]), given);
  if (given === 'classification') {
    fail({
      what: 'a classification has one target column',
      where: ['data', 'target'],
      fix: message`Name one column, or set ${setting(['data', 'task'], 'regression')} if all are numeric.`,
    });
  }
  for (const target of targets) {
    const found = profile(target);
    if (found.kind === 'text' || found.kind === 'boolean') {
      fail({
        what: `"${target.name}" is not numeric, and several targets must all be numeric`,
        where: ['data', 'target'],
        fix: 'List numeric columns, or this column alone.',
      });
    }
    chooseOne(table, target, found, 'regression');
  }
  return { task: 'regression', why: '', isGiven: given !== undefined };
}

function chooseOne(table: Table, column: Column, target: Profile, given: Task | undefined): TaskChoice {
  const { kind, odd } = target;
  const { name } = column;
  if (kind === 'empty') {
    fail({
      what: 'the target column has no values',
      where: columnPlace(table, name),
      fix: 'Choose another target column.',
    });
  }
  if (given === 'classification') return { task: given, why: asRequested, isGiven: true };
  if (kind === 'mixed') failOnCell(table, odd!.row, name, odd!.value, asClasses, { among: odd!.among });
  if (kind === 'date') {
    fail({
      what: 'a date cannot be the target',
      where: columnPlace(table, name),
      fix: message`Choose a numeric column, such as days, or ${asClasses}.`,
    });
  }
  if (given === undefined) {
    const { task, why } = inferTask({ ...target, kind });
    return { task, why: ` is ${why}, so the task is`, isGiven: false };
  }
  if (kind !== 'number') {
    const cells = cellsOf(column);
    const row = range(table.rows).find((each) => cells.has(each) && Number.isNaN(cells.number(each)))!;
    failOnCell(table, row, name, cells.text(row)!, asClasses);
  }
  return { task: given, why: asRequested, isGiven: true };
}

const constantWarning = (name: string) => `"${name}" has the same value in every row, so there is nothing to learn.`;

/** A regression of several columns. */
const severalTargets = (targets: readonly Column[]): TargetChoice => ({
  notes: [
    `${targets.map(({ name }) => `"${name}"`).join(', ')}: the task is regression, with one output for each target.`,
  ],
  warnings: targets.filter((target) => profile(target).counts.size === 1).map(({ name }) => constantWarning(name)),
});

/** A regression of one column. */
function numericTarget({ name }: Column, { counts }: Profile, { why, isGiven }: TaskChoice): TargetChoice {
  const doubtful = !isGiven && counts.size <= 20;
  const instead = doubtful ? ` If its values are classes, ${messageText(asClasses)}.` : '';
  return {
    notes: [`"${name}"${why} regression.${instead}`],
    warnings: counts.size === 1 ? [constantWarning(name)] : [],
  };
}

/** `classification (3 classes): Adelie 152, Chinstrap 68, Gentoo 124`; of many classes the first and the last. */
function showClasses(values: readonly string[], counts: ReadonlyMap<string, number>): string {
  const shown = values.map((value) => `${value} ${counts.get(value) ?? 0}`);
  if (shown.length > 10) shown.splice(8, shown.length - 9, '…');
  return `classification (${values.length} classes): ${shown.join(', ')}`;
}

/** The classes of the given rows, or the known ones of a model. Throws an InputError for a class that is not the model's. */
function classTargetOf(
  table: Table,
  column: Column,
  rows: Uint32Array,
  { why, coding, known }: { readonly why: string; readonly coding: ClassCoding; readonly known?: TargetEncoding },
): TargetChoice {
  const found = profile(column);
  const knownClasses = known && classesOf(known);
  const { target, counts } =
    knownClasses === undefined
      ? fitClassTarget(column, found, rows, coding, table)
      : {
          target: { ...knownClasses, coding },
          counts: countValues(knownClasses.of, presentCells(column, rows, cellsAs(column, knownClasses.reading))),
        };
  const indexOf = classIndexer(target);
  const cells = cellsAs(column, target.reading);
  const unknown = known && rows.find((row) => indexOf(cells.text(row)!) === undefined);
  if (unknown !== undefined) failOnClass(table, unknown, target, cells.text(unknown)!);
  const warnings = nanWarnings(column.name, found);
  if (rows.length >= minIdentifiers && target.values.length > rows.length / 2) {
    warnings.push(`"${column.name}" has fewer than two rows per class. Did you mean another target?`);
  }
  return {
    classes: target,
    classOfRow: rows.map((row) => indexOf(cells.text(row)!)!),
    notes: [
      `"${column.name}"${known === undefined ? why : ': as in the model, the task is'} ${showClasses(target.values, counts)}.`,
    ],
    warnings,
  };
}

/** The encoding of the targets, given their task and the usable rows. Throws as the functions above. */
export function chooseTarget(
  table: Table,
  targets: readonly Column[],
  rows: Uint32Array,
  { task, coding, known }: { readonly task: TaskChoice; readonly coding: ClassCoding; readonly known?: TargetEncoding },
): TargetChoice {
  const [target] = targets;
  if (targets.length > 1) return severalTargets(targets);
  if (task.task === 'regression') return numericTarget(target, profile(target), task);
  return classTargetOf(table, target, rows, { why: task.why, coding, known });
}
