/**
 * A trained model: a network with its weights, and the encoding of its data. It predicts, evaluates and can be saved.
 */

import {
  anObject,
  aText,
  aWholeNumber,
  isNumberList,
  isObject,
  kind,
  optional,
  options,
  record,
  refuse,
} from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { Where } from '../base/reference.ts';
import { aTensor, fromRows, type Matrix, type Tensor, toRows } from '../base/tensor.ts';
import type { Predictions } from '../data/encode/decode.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import type { Findings } from '../data/encode/findings.ts';
import { forTables } from '../data/encode/provided.ts';
import { refuseSingleRow, widthFix } from '../data/encode/row-fault.ts';
import { type Feed, type Feeds, someFeeds } from '../data/feeds.ts';
import { type InlineRows, inlineData } from '../data/inline/inline.ts';
import type { Table } from '../data/table/table.ts';
import { reference } from '../engines/reference/index.ts';
import { type Precision, toSafetensors } from '../formats/safetensors.ts';
import { type Description, describeModel, formatVersion, modelParts } from '../net/describe-model.ts';
import { checkIndices } from '../net/layers/embedding.ts';
import type { Loss } from '../net/losses.ts';
import type { AnyMetrics, OwnScores } from '../net/metric-types.ts';
import { allMetrics, type ConfusionMatrix, confusionMatrix, type Metric, type Metrics } from '../net/metrics.ts';
import { type Network, outputWidth, type Parameters } from '../net/network.ts';
import type { Optimizer } from '../net/optimizers.ts';
import { type OwnMetric, someMetrics } from '../net/own-metric.ts';
import { blocksOf, type Dataset, eachFed, measured, type Problem, rowsIn, stepSizeOf } from '../net/problem.ts';
import { measureOf, outputKind, type Setup } from '../net/rows-setup.ts';
import { lossGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { batchSizes, chunkRows, fillRows, weightOf } from './batches.ts';
import { inputGradient, layerOutputs } from './inspect.ts';
import { littleWork, Predictor } from './predictor.ts';
import { compileQuickly } from './quick-engine.ts';
import type { AnyTarget, RowPrediction } from './row.ts';
import { type ModelSummary, summarize } from './summary.ts';

export interface ModelParts extends Description {
  readonly parameters: Parameters;
  /** The precision of its training and of its file. Default: float64. */
  readonly precision?: Precision;
  /** Its training, if that is still in memory. */
  readonly setup?: Setup;
}

export interface EvaluateOptions<Own extends readonly OwnMetric[] = readonly OwnMetric[]> {
  /** Metrics of your own, in addition: `metric('name', …)` makes one. */
  readonly metrics?: Own | undefined;
}

/** The result of `evaluate`, with metrics of type `Scores`. */
export interface Evaluated<Scores = AnyMetrics> {
  /** Without penalties and dropout; for a table, in training units. */
  readonly loss: number;
  /** For a table, in the units of the target column. */
  readonly metrics: Scores;
  /** Of a classification. Rows: actual class; columns: predicted class. */
  readonly confusion?: ConfusionMatrix;
  readonly rows: number;
  readonly warnings: readonly string[];
}

const evaluateOptions = options({ metrics: someMetrics });

/**
 * `Features` and `Target` are the cells of a row and the value that is predicted, where TypeScript knows them: from `train` with
 * a typed table, or declared with `load<Features, Target>(bytes)`. `Scores` are the metrics of its task, where `train` knows it.
 */
export class Model<Features extends object = object, Target = AnyTarget, Scores = AnyMetrics> {
  readonly network: Network;
  /** The count of numbers in a row. */
  readonly inputs: number;
  /** The count of numbers in a prediction. */
  readonly outputCount: number;
  readonly parameters: Parameters;
  /** The precision of its training; predictions are computed in float64. */
  readonly precision: Precision;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly encoding?: Encoding;
  private readonly setup?: Setup;
  private readonly predictor: Predictor;

  constructor(parts: ModelParts) {
    modelParts(parts, 'Model');
    const { network, inputs, parameters, precision = 'float64', loss, optimizer, encoding, setup } = parts;
    this.network = network;
    this.inputs = inputs;
    this.outputCount = outputWidth(network, inputs);
    this.parameters = parameters;
    this.precision = precision;
    this.loss = loss;
    this.optimizer = optimizer;
    this.encoding = encoding;
    this.setup = setup;
    this.predictor = new Predictor({ network, inputs, outputs: this.outputCount, parameters });
  }

  /**
   * Rows [n, inputs] -> rows [n, outputs], both in the network's units: scaled, if it was trained on a table. `feeds`
   * has n rows of each feed that the network's layers read by name. Rows of a table, as objects, give a prediction each, as
   * `predictRow` does. Throws an InputError if a row or a feed does not fit.
   */
  predict(rows: Matrix, feeds?: Readonly<Record<string, Feed>>): number[][];
  predict(rows: readonly Features[]): RowPrediction<Target>[];
  predict(
    rows: Matrix | readonly Features[],
    feeds?: Readonly<Record<string, Feed>>,
  ): number[][] | RowPrediction<Target>[] {
    if (Array.isArray(rows) && rows.length === 0) return [];
    if (Array.isArray(rows) && isObject(rows[0]))
      return this.predictObjects(rows as readonly Features[], (r) => ['rows', r]);
    refuseSingleRow(rows);
    return this.predictMatrix(rows as Matrix, feeds);
  }

  /**
   * The prediction for one row of a table, an object of cells by column: a class with its probabilities, or a number in the
   * column's units. null and undefined are missing values; keys that the model does not know are ignored.
   * Throws an InputError if the model was trained on rows of numbers, if the row lacks a column, or if a cell does not fit.
   *
   * @example model.predictRow({ bill_length_mm: 39.1, island: 'Dream' })  // { prediction: 'Adelie', probabilities: { … } }
   */
  predictRow(row: Features): RowPrediction<Target> {
    return this.predictObjects([row], () => ['row'])[0];
  }

  private predictObjects(rows: readonly Features[], placeOf: (row: number) => Where): RowPrediction<Target>[] {
    const encoding = this.requireEncoding();
    const { decode, encodeObjects, Findings, rowPredictions } = forTables();
    const { inputs, ...found } = encodeObjects(encoding, rows, placeOf);
    const findings = new Findings();
    findings.add(found);
    const decoded = decode(encoding, this.predictTensor(inputs), outputKind(this.network, this.loss));
    return rowPredictions(decoded, findings.warnings(encoding)) as unknown as RowPrediction<Target>[];
  }

  /**
   * The outputs of the network's layers for a row of numbers, or of a table as an object: one list for each layer, in order.
   * The last is the output. Throws an InputError if the row does not fit.
   */
  outputs(row: ArrayLike<number> | Features): number[][] {
    return layerOutputs(this.inspected, this.rowTensor(row, 'outputs: row'));
  }

  /**
   * The derivatives of an output in the inputs at a row, both in the network's units (scaled, if it was trained on a table):
   * a list with one number for each input. With several outputs, `output` says which, from 0.
   * Throws an InputError if the row does not fit, and if the network has an embedding, whose indices have no derivative.
   */
  gradient(row: ArrayLike<number> | Features, options: { readonly output?: number } = {}): number[] {
    record({ output: optional(aWholeNumber) })(options, 'gradient: options');
    const { output } = options;
    if (output === undefined && this.outputCount > 1) {
      fail({
        what: `the network has ${this.outputCount} outputs`,
        where: 'gradient: options.output',
        fix: `Say which: gradient(row, { output: 0 }), from 0 to ${this.outputCount - 1}.`,
      });
    }
    return inputGradient(this.inspected, this.rowTensor(row, 'gradient: row'), output ?? 0);
  }

  /** The layers with the shapes of their outputs and the numbers of their parameters. `String(model.summary())` is a table. */
  summary(): ModelSummary {
    return summarize(this.network, this.inputs);
  }

  private get inspected() {
    return { network: this.network, inputs: this.inputs, outputs: this.outputCount, parameters: this.parameters };
  }

  /** One row as [1, inputs]. */
  private rowTensor(row: ArrayLike<number> | Features, where: string): Tensor {
    if (isObject(row)) return forTables().encodeObjects(this.requireEncoding(), [row], () => [where]).inputs;
    if (!isNumberList(row)) refuse(row, where, 'a row', `Pass a list of ${this.inputs} numbers.`);
    const rows = fromRows([row as ArrayLike<number>], [where]);
    this.checkWidth(rows, [where]);
    return rows;
  }

  private predictMatrix(rows: Matrix, feeds?: Readonly<Record<string, Feed>>): number[][] {
    if (feeds !== undefined) someFeeds(feeds, 'feeds');
    // the slower path finds the error
    const named = feeds && new Map(Object.entries(feeds));
    return this.predictor.rows(rows) ?? toRows(this.predictTensor(fromRows(rows, ['rows']), named));
  }

  /** [n, inputs] -> [n, outputs]; `feeds` has n rows of each feed that the network's layers read by name. */
  predictTensor(rows: Tensor, feeds?: Feeds): Tensor {
    aTensor(rows, ['rows']);
    this.checkWidth(rows, ['rows']);
    return this.predictor.tensor(rows, feeds);
  }

  /**
   * Predictions for a table, in the classes or units of the target column. For a table in parts, `findings` collects
   * the warnings. Throws an InputError if the model was trained on rows of numbers, or if the table lacks a column.
   */
  predictTable(table: Table, findings?: Findings): Predictions & { readonly warnings: readonly string[] } {
    const encoding = this.requireEncoding();
    const { aTable, decode, encodeRows } = forTables();
    aTable(table, 'predictTable: table');
    const { inputs, warnings } = encodeRows(encoding, table, { findings });
    return { ...decode(encoding, this.predictTensor(inputs), outputKind(this.network, this.loss)), warnings };
  }

  /**
   * The loss and the metrics on labelled rows, or on a table that has the target. With weights (for a table, the name
   * of their column) the loss is Σ ω·l / Σ ω; metrics still count each row once. `metrics` are metrics of your own, in addition.
   * Throws an InputError if the rows do not fit.
   */
  evaluate<const Own extends readonly OwnMetric[] = []>(
    data: InlineRows | { readonly table: Table; readonly weights?: string },
    given?: EvaluateOptions<Own>,
  ): Evaluated<Scores & OwnScores<Own>> {
    anObject(data, 'evaluate: data');
    evaluateOptions(given, 'evaluate: options');
    // the names of the metrics follow from the task, which the types have from the loss and the data
    return this.evaluateData(data, given?.metrics ?? []) as Evaluated<never>;
  }

  private evaluateData(
    data: InlineRows | { readonly table: Table; readonly weights?: string },
    own: readonly Metric[],
  ): Evaluated<Metrics> {
    if ('table' in data) return this.evaluateTable(data.table, data.weights, own);
    const { inputs, targets, weights, feeds } = data;
    return this.evaluateTensors(
      inlineData({ inputs, targets, weights, feeds }, { targets: this.loss.targets, outputs: this.outputCount }).train,
      { own },
    );
  }

  private evaluateTable(table: Table, weights: string | undefined, own: readonly Metric[]): Evaluated<Metrics> {
    const encoding = this.requireEncoding();
    const { aTable, encodeRows, streamLabelled } = forTables();
    aTable(table, 'evaluate: data.table');
    optional(aText)(weights, 'evaluate: data.weights');
    if (table.columns.some(({ packed }) => packed)) {
      const { findings, ...rows } = streamLabelled(encoding, table, weights);
      const found = this.evaluateTensors(rows, { own });
      return { ...found, warnings: findings.warnings(encoding) };
    }
    const { targets, rows: _, warnings, ...rest } = encodeRows(encoding, table, { targets: true, weights });
    return this.evaluateTensors({ ...rest, targets: targets! }, { warnings, own });
  }

  /** @internal */
  evaluateTensors(
    data: Dataset,
    { warnings = [], own = [] }: { readonly warnings?: readonly string[]; readonly own?: readonly Metric[] } = {},
  ): Evaluated<Metrics> {
    this.checkWidth(data.inputs, ['rows']);
    const measure = { ...(this.setup?.measure ?? measureOf(this.loss, this.encoding)), own };
    const rows = rowsIn(data);
    const found = measured(rows, this.outputCount);
    const lossOf = this.lossOver(data);
    let total = 0;
    for (const block of blocksOf(data)) {
      found.add(this.predictTensor(block.inputs, block.feeds).data, block.targets.data);
      total += lossOf(block);
    }
    const { outputs, targets } = found;
    return {
      loss: total / weightOf(data, 0, rows),
      metrics: allMetrics(measure, outputs, targets, outputKind(this.network, this.loss)),
      confusion: measure.coding && confusionMatrix(outputs, targets, measure.coding),
      rows,
      warnings,
    };
  }

  /**
   * A function that sums the losses of all rows, each times its weight if there are weights. The rows come in blocks of
   * whole chunks, and a smaller last block.
   */
  private lossOver(data: Dataset): (block: Dataset) => number {
    const rows = rowsIn(data);
    const numbers = [...this.parameters.values()].reduce((count, { data: each }) => count + each.length, 0);
    const sizes = batchSizes(rows, chunkRows);
    const plans = sizes.map((batch) => {
      const recipe = { loss: this.loss, l1: 0, l2: 0 };
      const graph = lossGraph(this.network, recipe, stepSizeOf(data, batch));
      return compile(graph, [graph.get('loss')]);
    });
    const programs = rows * numbers < littleWork ? reference.compile(plans) : compileQuickly(plans);
    // they share the parameters
    for (const [name, { data: each }] of this.parameters) programs[0].view(name).set(each);
    return (block) => {
      const [n] = block.inputs.shape;
      let total = 0;
      let start = 0;
      programs.forEach((program, i) => {
        const size = sizes[i];
        for (; n - start >= size; start += size) {
          eachFed(block, (address, from) => fillRows(program.view(address), from, start, size));
          program.run();
          total += program.view('loss')[0] * weightOf(block, start, size);
        }
      });
      return total;
    };
  }

  /**
   * The next training step on the given rows (default: the training rows), for `explain` and `check`. Throws an
   * InputError if the rows do not fit, or if a model from a file gets none.
   */
  problem(data?: InlineRows): Problem {
    const { network, parameters, loss, optimizer } = this;
    if (data !== undefined) {
      anObject(data, 'data');
      const options = { targets: loss.targets, outputs: this.outputCount };
      const { inputs: given, targets: wanted, weights: counts, feeds } = data;
      const rows = inlineData({ inputs: given, targets: wanted, weights: counts, feeds }, options).train;
      this.checkWidth(rows.inputs, ['data', 'inputs']);
      const recipe = this.setup?.recipe ?? {
        loss,
        optimizer,
        gradient: 'exact' as const,
        update: 'simultaneous' as const,
        l1: 0,
        l2: 0,
      };
      return { network, parameters, ...rows, recipe, batchSize: 'full', shuffle: false, symbols: {} };
    }
    if (this.setup === undefined) {
      fail({
        what: 'a model file does not contain the rows that the model was trained on',
        where: 'model',
        fix: 'Give rows: explain(model.problem({ inputs, targets })).',
      });
    }
    return { ...this.setup, parameters };
  }

  private requireEncoding(): Encoding {
    if (this.encoding !== undefined) return this.encoding;
    return fail({
      what: 'the model was trained on rows of numbers, not on a table',
      where: 'model',
      fix: `Give rows of ${this.inputs} numbers, in the order of training.`,
    });
  }

  private checkWidth(rows: Tensor, where: Where): void {
    const { shape } = rows;
    if (shape[1] === this.inputs) {
      checkIndices(this.network.layers, rows, where);
      return;
    }
    fail({
      what: `rows of ${shape[1]} numbers, but the network has ${this.inputs} inputs`,
      where,
      fix: widthFix(this.inputs, this.encoding),
    });
  }

  /**
   * The form for `JSON.stringify`: the experiment that defines the network, the encoding, and each parameter's shape
   * and data.
   */
  toJSON() {
    const parameters = Array.from(this.parameters, ([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data) },
    ]);
    return {
      format: 'chainrule',
      formatVersion,
      ...describeModel(this),
      parameters: Object.fromEntries(parameters),
    };
  }

  /** The bytes of a safetensors file; the same model gives the same bytes. */
  save(): Uint8Array {
    const { experiment, data } = describeModel(this);
    const metadata = {
      format: 'chainrule',
      formatVersion: String(formatVersion),
      experiment: JSON.stringify(experiment),
      data: JSON.stringify(data),
    };
    return toSafetensors({ tensors: this.parameters, metadata }, this.precision);
  }
}

/** A model of `train`, `load` or `new Model`. */
export const aModel = kind('a model', (value: object) => value instanceof Model, 'Pass the model of train or load.');
