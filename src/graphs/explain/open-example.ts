/** A worked example opened: of a network, of skip-gram or LINE, or of walks, in one form. */
import { type Audit, type AuditOptions, audit, type PrintedQuantity } from '../../audit/index.ts';
import { markSheet, type SheetMark, type SheetOptions } from '../../audit/sheet/mark-sheet.ts';
import { networkSubject } from '../../audit/subject.ts';
import { aBoolean, aFunction, aList, anObject, aText, options } from '../../base/arguments.ts';
import { InputError } from '../../base/errors.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import { explanation } from '../../explain/explanation.ts';
import { parseQuantity } from '../../explain/quantity.ts';
import type { QuantityName } from '../../explain/quantity-names.ts';
import { type ExperimentOptions, experiment } from '../../net/setup.ts';
import { auditGraphExample, explainGraphExample, type GraphExample, graphExample } from './worked-examples.ts';

export interface OpenExample {
  readonly title?: string;
  readonly source?: string;
  /** The experiment, as its file writes it. */
  readonly experiment: unknown;
  /** What a source prints; empty for an experiment without printed numbers. */
  readonly printed: readonly PrintedQuantity[];
  /** What is explained: the training of a network, or a method for graphs, which has one step. */
  readonly subject: 'network' | 'graph';
  /** Every number of one step, from 1. Throws an InputError for a step that does not exist. */
  explain(step?: number): ExplainedStep;
  /** Whether a text has the form of an address of the example. */
  isAddress(quantity: string): boolean;
  /** What a reader calls the number at an address. Throws an InputError if there is no such number. */
  nameOf(quantity: string): QuantityName;
  /** The audit of these printed numbers. Throws an InputError as `audit` does. */
  audit(printed: readonly PrintedQuantity[], options?: AuditOptions): Audit;
  /**
   * The marks of a learner's sheet: all numbers of a step that are to be filled in, those without a value still empty. Throws an
   * InputError as `audit` does.
   */
  mark(printed: readonly PrintedQuantity[], options?: SheetOptions): SheetMark[];
}

const openOptions = options({
  file: aText,
  read: aFunction,
  recipes: aList,
  withoutStop: aBoolean,
  encoding: anObject,
});

/**
 * Opens the JSON of a worked example, or of an experiment without printed numbers. Throws an InputError naming the path of what
 * is wrong.
 *
 * For example, `openExample(json).nameOf('gradient(layers.1.weight[0][0])').text` is `∂E/∂w1` for the textbook's step.
 */
export function openExample(json: unknown, given: ExperimentOptions = {}): OpenExample {
  openOptions(given, 'openExample: options');
  const { file = 'worked example', ...options } = given;
  const ofGraph = graphExample(json, file);
  return ofGraph === undefined ? openNetwork(json, { file, ...options }) : openGraph(ofGraph);
}

function openNetwork(json: unknown, options: ExperimentOptions): OpenExample {
  const setup = experiment(json, { ...options, withoutStop: true });
  const { title, source, printed = [] } = setup.worked ?? {};
  const subject = networkSubject(setup);
  return {
    title,
    source,
    experiment: setup.json,
    printed,
    subject: 'network',
    explain: (step = 1) => explanation(setup, { step }),
    isAddress: (quantity) => hasForm(() => parseQuantity(quantity)),
    nameOf: subject.nameOf,
    audit: (rows, choices) => audit(setup, rows, choices),
    mark: (rows, choices) => markSheet(subject, rows, choices),
  };
}

function openGraph(example: GraphExample): OpenExample {
  const { title, source, printed, subject, isAddress } = example;
  return {
    title,
    source,
    experiment: example.experiment,
    printed,
    subject: 'graph',
    explain: () => explainGraphExample(example),
    isAddress,
    nameOf: subject.nameOf,
    audit: (rows, choices) => auditGraphExample({ ...example, printed: rows }, choices),
    mark: (rows, choices) => markSheet(example.subject, rows, choices),
  };
}

function hasForm(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
