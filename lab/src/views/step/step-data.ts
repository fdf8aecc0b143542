/** A step as plain data for the page: its lines with typeset formulas, its numbers, and what the drawing shows. */
import type { Setup } from 'chainrule';
import { codeOfRow, type Explanation, explanation, texOfRow } from 'chainrule/explain';
import { phaseOf, type Registry, register } from './number-registry.ts';
import type { ColumnData, LineData, ParameterData, StepData } from './protocol.ts';

/** The approximate number of lines above which samples and units are left out. */
const maxLines = 400;

export function stepData(setup: Setup, updates: number): StepData {
  const start = performance.now();
  const step = updates + 1;
  const explained = explanation(setup, { step, lines: maxLines });
  const { trace, rows } = explained;
  const registry = register(rows, step);
  const samples = shownSamples(explained);
  const size = trace.batch.rows.length;
  return {
    step,
    title: explained.title,
    setting: explained.setting,
    observations: explained.observations.map(({ text }) => text),
    leftOut: explained.leftOut,
    numbers: registry.numbers,
    lines: rows.map((row) => lineData(row, registry, step)),
    columns: columnsOf(explained, samples),
    parameters: parametersOf(explained),
    samples,
    batchSize: size,
    updatesPerEpoch:
      trace.problem.batchSize === 'full' ? 1 : Math.ceil(trace.problem.inputs.shape[0] / trace.problem.batchSize),
    rule: trace.problem.recipe.gradient,
    loss: trace.problem.recipe.loss.name,
    lossValue: trace.tape.at(trace.tape.graph.get('loss'), []).value,
    time: performance.now() - start,
  };
}

function lineData(row: Explanation['rows'][number], registry: Registry, step: number): LineData {
  const { line, heading } = row;
  const tex = texOfRow(row, {
    mark: (text, number) => {
      const id = registry.idOf(number);
      return id === undefined ? text : `\\data{n=${id}}{${text}}`;
    },
  });
  return {
    number: registry.idOf({ name: '', quantity: line.quantity, after: line.after })!,
    quantity: line.quantity,
    phase: phaseOf(row, step),
    heading,
    layer: line.layer,
    sample: line.sample,
    tex,
    text: { formula: line.formula, numbers: line.numbers },
    value: line.value,
    code: codeOfRow(row),
    note: line.note,
    reads: registry.readsOf(row),
  };
}

/** The file's rows of the samples whose lines are shown. */
function shownSamples({ trace, rows }: Explanation): number[] {
  const shown = new Set(rows.flatMap(({ line }) => line.sample ?? []));
  const batch = Array.from(trace.batch.rows);
  return shown.size > 0 ? batch.filter((row) => shown.has(row)) : batch.slice(0, 1);
}

function columnsOf({ trace }: Explanation, samples: readonly number[]): ColumnData[] {
  const { tape, nodes, batch, problem } = trace;
  const places = samples.map((row) => batch.rows.indexOf(row));
  const valuesOf = (node: typeof nodes.input): ArrayLike<number>[] => {
    const width = node.shape.slice(1).reduce((a, b) => a * b, 1);
    const all = Array.from(tape.numbers(node));
    return places.map((place) => all.slice(place * width, (place + 1) * width));
  };
  const widthOf = ({ shape }: typeof nodes.input) => shape.slice(1).reduce((a, b) => a * b, 1);
  const parameter = (name: string | undefined) =>
    name === undefined || !trace.parameters.has(name) ? undefined : { name, values: trace.parameters.get(name)! };
  const last = nodes.layers.length - 1;
  return [
    {
      title: 'inputs',
      units: widthOf(nodes.input),
      name: 'layers.0.input',
      values: valuesOf(nodes.input),
    },
    ...nodes.layers.map(({ weighted, output }, l): ColumnData => {
      const { kind } = problem.network.layers[l];
      return {
        title: weighted === undefined ? kind : l === last ? 'output layer' : `hidden layer ${l + 1}`,
        units: widthOf(output),
        name: output.name!,
        ...(weighted !== undefined && weighted.sum !== output && { sum: weighted.sum.name! }),
        values: valuesOf(output),
        weight: parameter(weighted?.weight.name),
        bias: parameter(weighted?.bias?.name),
        activation: weighted?.activation.name,
      };
    }),
  ];
}

function parametersOf({ trace }: Explanation): ParameterData[] {
  return [...trace.parameters].map(([name, values]) => ({ name, shape: trace.tape.graph.get(name).shape, values }));
}
