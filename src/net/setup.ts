/**
 * An experiment with its data: a network, rows as tensors, and the choices that chainrule made. Files are the caller's to
 * read, so this runs in browsers.
 */

import { aBoolean, aFunction, aList, aText, options } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { anEncoding } from '../data/encode/an-encoding.ts';
import type { InlineData } from '../data/inline/inline.ts';
import type { DataOptions } from '../data/prepare/prepare.ts';
import { readTable } from '../data/read/read.ts';
import { aTable, type Table } from '../data/table/table.ts';
import { resolveFile } from './experiment.ts';
import { type Recipe, withOwn } from './recipes.ts';
import { outputsOf, type Setup } from './rows-setup.ts';
import { setUp, type TableData } from './table-setup.ts';
import { resolveWithoutStop } from './without-stop.ts';

export type { Setup } from './rows-setup.ts';

export interface ExperimentOptions {
  /** Reads a data file by its name in the experiment: returns its text, or a table that was read before. */
  readonly read?: ((path: string) => string | Table) | undefined;
  /** The name of the file in errors. Default: "experiment". */
  readonly file?: string | undefined;
  /** A program's own recipes that the file names: activations, initializers, layers, losses, optimizers and schedules. */
  readonly recipes?: readonly Recipe[] | undefined;
  /**
   * Whether `training.stop` may be left out, as it may where a step is explained, checked or audited and nothing is trained.
   * Default: false.
   */
  readonly withoutStop?: boolean | undefined;
  /** The encoding of a model from which training continues. */
  readonly encoding?: DataOptions['encoding'] | undefined;
}

/**
 * An experiment file's JSON, or a worked example's, with its data: what `train`, `explain` and `check` take.
 * Throws an InputError that names the path of the fault.
 */
export function experiment(value: unknown, given: ExperimentOptions = {}): Setup {
  experimentOptions(given, 'experiment: options');
  const { read, file = 'experiment', recipes, encoding, withoutStop = false } = given;
  const resolve = withoutStop ? resolveWithoutStop : resolveFile;
  const { experiment: resolved, worked } = resolve(value, file, withOwn(recipes));
  const { json, network, recipe, schedule, symbols } = resolved;
  let data: InlineData | TableData;
  if ('file' in json.data) {
    const { file: path, missing, notMissing, ...dataOptions } = json.data;
    if (read === undefined) {
      fail({
        what: `"${path}" is a file, and no reader was passed`,
        where: ['data', 'file'],
        fix: 'Pass a reader: experiment(json, { read: (path) => readFileSync(path, "utf8") }).',
      });
    }
    const found = read(path);
    if (typeof found !== 'string') aTable(found, `experiment: read("${path}")`);
    data = {
      ...dataOptions,
      encoding,
      table: typeof found === 'string' ? readTable(found, { name: path, missing, notMissing }) : found,
    };
  } else {
    checkTargetCount(json.data, outputsOf(network));
    data = json.data;
  }
  return { ...setUp(network, data, { recipe, schedule, symbols }), json, worked };
}

const experimentOptions = options({
  read: aFunction,
  file: aText,
  recipes: aList,
  encoding: anEncoding,
  withoutStop: aBoolean,
});

/** The maximum number of targets in all, or for each row if that is more. */
const maxTargets = { ofFile: 2 ** 24, ofRow: 64 };

/** Each class in a list becomes a row of outputs. Their number is checked before memory is allocated. */
function checkTargetCount({ targets, validation }: InlineData, outputs: number): void {
  for (const list of [targets, validation?.targets]) {
    const rows = Array.isArray(list) ? list.length : 0;
    if (rows * outputs <= Math.max(maxTargets.ofFile, maxTargets.ofRow * rows)) continue;
    fail({
      what: `the last layer has ${outputs.toLocaleString('en-US')} units, which are too many for ${rows} rows of targets`,
      where: ['network', 'layers'],
      fix: 'Give the last layer as many units as there are classes.',
    });
  }
}
