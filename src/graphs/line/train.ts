/**
 * Training of LINE: the first order, then the second. The position of a run is the number of samples, of both orders, that it has
 * trained on, so that a run resumes from the tables and one number.
 */
import { wasmMissing } from '../../engines/wasm/instantiate.ts';
import { type LineMachine, makeLineMachine } from '../code/line.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingContext, StartVectors, TrainingState } from '../method.ts';
import { fillInitial } from '../skip-gram/initial.ts';
import { copyRows } from '../skip-gram/slices.ts';
import { Work } from '../skip-gram/work.ts';
import { initialSeed, type LineOptions, type LineRun, lineRuns } from './options.ts';
import { referenceLine } from './reference.ts';
import { lineTables } from './samples.ts';

/**
 * The vectors, `[nodes, dimensions]`. With both orders, each half of a vector has length 1. They are a function of graph, options and
 * seed: not of the number of threads, or of interruptions. Throws the signal's reason if the run is aborted.
 */
export async function trainLine(graph: NodeGraph, own: LineOptions, context: EmbeddingContext): Promise<Float32Array> {
  const result = new Float32Array(graph.ids.length * own.dimensions);
  if (graph.neighbors.length === 0) return result;
  const { resume } = context;
  if (resume?.tables.finished !== undefined) result.set(resume.tables.finished);
  const runs = lineRuns(graph, own);
  for (const run of runs) {
    // a checkpoint at the end of an order has its tables, and is continued there
    if (resume !== undefined && resume.position > run.before + run.totalSamples) continue;
    await trainOrder(graph, own, run, { context, result, orders: runs.length });
  }
  // at the end, so that a checkpoint has the vectors as they were trained
  if (runs.length > 1) for (const run of runs) normalize(result, own.dimensions, run);
  return result;
}

interface Training {
  readonly context: EmbeddingContext;
  /** The vectors of the orders that are finished, `[nodes, dimensions of all orders]`. */
  readonly result: Float32Array;
  readonly orders: number;
}

/** Trains one order, and writes its columns of the result. */
async function trainOrder(
  graph: NodeGraph,
  own: LineOptions,
  run: LineRun,
  { context, result, orders }: Training,
): Promise<void> {
  const { seed, resume, start, onBreak } = context;
  const make = wasmMissing() === undefined ? makeLineMachine : referenceLine;
  const machine = make(graph, lineTables(graph), seed, run);
  const { before, totalSamples } = run;
  let at = 0;
  if (resume !== undefined && resume.position > before) {
    at = resume.position - before;
    copyRows(resume.tables.vectors, run.dimensions, machine.vectors, machine.stride);
    if (run.order === 2) copyRows(resume.tables.contexts, run.dimensions, machine.contexts, machine.stride);
  } else {
    const { dimensions, order } = run;
    const { stride } = machine;
    const kind = own.init;
    fillInitial(machine.vectors, graph.ids, { dimensions, stride, seed: initialSeed(seed, order), kind });
    if (start !== undefined) startFrom(start, own.dimensions, run, machine);
  }
  const state = (): TrainingState => ({
    position: before + at,
    tables: {
      ...(before > 0 && { finished: result }),
      vectors: rowsOf(machine, machine.vectors, graph, run),
      ...(run.order === 2 && { contexts: rowsOf(machine, machine.contexts, graph, run) }),
    },
  });
  await new Work(undefined, context).run(
    at,
    totalSamples,
    (first, last) => {
      machine.train(first, last);
      at = last;
    },
    {
      report: () => ({
        done: (before + at) / (orders * totalSamples),
        tokens: before + at,
        vectors: () => {
          const rows = result.slice();
          copyRows(machine.vectors, machine.stride, rows.subarray(run.column), own.dimensions, run.dimensions);
          return rows;
        },
        state,
      }),
      onBreak: () => onBreak?.(state),
    },
  );
  copyRows(machine.vectors, machine.stride, result.subarray(run.column), own.dimensions, run.dimensions);
}

/** A table without the padding of its rows: a view where there is none. */
function rowsOf({ stride }: LineMachine, table: Float32Array, { ids }: NodeGraph, { dimensions }: LineRun) {
  if (stride === dimensions) return table.subarray(0, ids.length * dimensions);
  const rows = new Float32Array(ids.length * dimensions);
  copyRows(table, stride, rows, dimensions);
  return rows;
}

/** Copies the columns of the order from the vectors of known nodes. */
function startFrom(
  { vectors, isKnown }: StartVectors,
  width: number,
  { column, dimensions }: LineRun,
  { vectors: target, stride }: LineMachine,
): void {
  for (const [node, known] of isKnown.entries()) {
    const from = node * width + column;
    if (known === 1) target.set(vectors.subarray(from, from + dimensions), node * stride);
  }
}

/** Makes the columns of an order, in each row, a vector of length 1; zeros stay. */
function normalize(rows: Float32Array, width: number, { column, dimensions }: LineRun): void {
  for (let start = column; start < rows.length; start += width) {
    let square = 0;
    for (let d = start; d < start + dimensions; d++) square += rows[d] * rows[d];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let d = start; d < start + dimensions; d++) rows[d] *= scale;
  }
}
