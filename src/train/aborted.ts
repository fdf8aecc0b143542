/**
 * How an aborted run is measured: on a sample of the rows if all of them would take long, so that it ends soon after the request.
 */

import type { Numbers } from '../engines/engine.ts';
import { chunkRows } from '../model/batches.ts';
import { compileQuickly } from '../model/quick-engine.ts';
import { countParameters } from '../net/network.ts';
import { type Dataset, eachFed, type Problem, rowsAt, rowsIn, stepSizeOf } from '../net/problem.ts';
import { lossGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

/** Multiplications of an evaluation: some milliseconds. */
const maxWork = 2e6;
/** Rows of an evaluation, however small the network. */
const maxRows = 4096;

type Sized = Pick<Problem, 'network' | 'inputs'>;

/** The number of rows that are evaluated in some milliseconds; of a stream, at most those in memory. */
function sampleSize(data: Dataset, { network, inputs }: Sized): number {
  const affordable = Math.floor(maxWork / Math.max(1, countParameters(network, inputs.shape[1])));
  // whole chunks, for which one program is compiled
  const whole = affordable < chunkRows ? Math.max(1, affordable) : affordable - (affordable % chunkRows);
  const count = Math.min(maxRows, whole);
  return count < rowsIn(data) ? Math.min(count, data.inputs.shape[0]) : rowsIn(data);
}

/** So many rows at equal distances; the data themselves if those are all. */
export function sampleOf(data: Dataset, problem: Sized): Dataset {
  const count = sampleSize(data, problem);
  if (count === rowsIn(data)) return data;
  const [held] = data.inputs.shape;
  const positions = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * held) / count));
  return rowsAt({ ...data, stream: undefined }, positions);
}

/** The training loss of weights on such rows, with penalties and without dropout. */
export function sampledLoss(problem: Problem, weights: ReadonlyMap<string, Numbers>): number {
  const sample = sampleOf(problem, problem);
  const graph = lossGraph(problem.network, { ...problem.recipe, ema: undefined }, stepSizeOf(sample));
  const [program] = compileQuickly([compile(graph, [graph.get('loss')])]);
  for (const [name, numbers] of weights) if (program.has(name)) program.view(name).set(numbers);
  eachFed(sample, (address, { data }) => program.view(address).set(data));
  program.run();
  return program.view('loss')[0];
}

/** 400000 as "400,000". `toLocaleString` would first load its rules, for tens of milliseconds. */
const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** A note for each split that is measured on a sample. */
export function sampleNotes(problem: Problem & { readonly validation?: Dataset; readonly test?: Dataset }): string[] {
  const splits = { training: problem, validation: problem.validation, test: problem.test };
  const texts = Object.entries(splits).flatMap(([name, data]) => {
    const [measured, all] = data === undefined ? [0, 0] : [sampleSize(data, problem), rowsIn(data)];
    return measured === all ? [] : [`${grouped(measured)} of ${grouped(all)} ${name} rows`];
  });
  return texts.length === 0 ? [] : [`The run was aborted: loss and metrics are measured on ${texts.join(', ')}.`];
}
