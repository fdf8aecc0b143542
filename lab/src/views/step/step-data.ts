/** A step as plain data for the page: its lines with typeset formulas, its numbers, and what the drawing shows. */
import { InputError, type Setup } from 'chainrule';
import { codeOfRow, type Explanation, explanation, type MarkedNumber, texOfRow, underRule } from 'chainrule/explain';
import { phaseOf, type Row, register, type Scope } from './number-registry.ts';
import type { ColumnData, LineData, ParameterData, Rule, StepData } from './protocol.ts';

/** The approximate number of lines above which one sample is shown, and units are left out. */
const maxLines = 400;

/** The maximum number of terms to read of all lines together, written or not. */
const maxTerms = 60_000;

/** `sample`: the file's row that is shown if not all samples can be; default: the first of the batch. */
export function stepData(setup: Setup, updates: number, sample?: number): StepData {
  const start = performance.now();
  const step = updates + 1;
  const explained = chosenSample(explanation(setup, { step, lines: maxLines }), sample);
  const { trace, rows } = explained;
  const rule = trace.problem.recipe.gradient;
  const samples = shownSamples(explained);
  const options = { lines: maxLines, ...(samples.length < trace.batch.rows.length && { sample: samples[0] }) };
  const { other, withoutOther } = otherRule(explained, options);
  const registry = register(rows, step, other && { rows: other.rows, rule: otherThan(rule) });
  const unwritten = readsLeftOut(explained, options);
  return {
    step,
    title: explained.title,
    setting: explained.setting,
    observations: explained.observations.map(({ text }) => text),
    leftOut: explained.leftOut.flatMap((sentence) => forPage(sentence, samples.length, trace.batch.rows.length)),
    numbers: registry.numbers,
    lines: rows.map((row) => lineData(row, registry.own, step, unwritten?.get(placeOf(row)))),
    asides: registry.asides.map((row) => lineData(row, registry.other, step)),
    columns: columnsOf(explained, samples),
    parameters: parametersOf(explained),
    batch: Array.from(trace.batch.rows).sort((a, b) => a - b),
    samples,
    updatesPerEpoch:
      trace.problem.batchSize === 'full' ? 1 : Math.ceil(trace.problem.inputs.shape[0] / trace.problem.batchSize),
    rule,
    withoutOther,
    hasUnlistedReads: unwritten === undefined && leavesOutTerms(explained),
    loss: trace.problem.recipe.loss.name,
    lossValue: trace.tape.at(trace.tape.graph.get('loss'), []).value,
    time: performance.now() - start,
  };
}

export const otherThan = (rule: Rule): Rule => (rule === 'exact' ? 'averagedFactors' : 'exact');

/** The step with the lines of one sample alone, if those of all samples would be too many. */
function chosenSample(whole: Explanation, wished: number | undefined): Explanation {
  const { batch, problem } = whole.trace;
  if (shownSamples(whole).length === batch.rows.length) return whole;
  const sample = wished !== undefined && batch.rows.includes(wished) ? wished : Math.min(...batch.rows);
  return underRule(whole, problem.recipe.gradient, { lines: maxLines, sample });
}

/** The same step under the other rule, or why there is none. With one sample, both rules compute the same numbers. */
function otherRule(
  explained: Explanation,
  options: Parameters<typeof underRule>[2],
): { readonly other?: Explanation; readonly withoutOther?: string } {
  if (explained.trace.batch.rows.length === 1) return {};
  try {
    return { other: underRule(explained, otherThan(explained.trace.problem.recipe.gradient), options) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { withoutOther: error.message.split('\n')[0] };
  }
}

const leavesOutTerms = ({ leftOut }: Explanation) => leftOut.some((sentence) => sentence.startsWith('Sums of'));

/**
 * The rows with all terms of their sums, by place, for what they read; none if nothing is left out, undefined if that would
 * take too long.
 */
function readsLeftOut(
  explained: Explanation,
  options: { readonly lines: number; readonly sample?: number },
): ReadonlyMap<string, Row> | undefined {
  if (!leavesOutTerms(explained)) return new Map();
  const { nodes, batch, problem } = explained.trace;
  const widest = Math.max(
    batch.rows.length,
    ...nodes.layers.map(({ input }) => input.shape.slice(1).reduce((a, b) => a * b, 1)),
  );
  if (widest * explained.rows.length > maxTerms) return undefined;
  const all = underRule(explained, problem.recipe.gradient, { ...options, terms: widest + 1 });
  return new Map(all.rows.map((row) => [placeOf(row), row]));
}

const placeOf = ({ line: { quantity, after, phase } }: Row) => `${phase} ${quantity} ${after}`;

/** What is left out, in words for the page: rows of the file count from 0, samples on the page from 1. */
function forPage(sentence: string, shown: number, all: number): string[] {
  if (!sentence.startsWith('Samples:')) return [sentence.replace('; choose a layer with --layer', '')];
  return shown === all
    ? []
    : [`The lines are those of one sample of ${all}. Sums over samples, averages and the update include all of them.`];
}

function lineData(row: Row, scope: Scope, step: number, whole: Row = row): LineData {
  const { line, heading } = row;
  const own = scope.idOf({ name: '', quantity: line.quantity, after: line.after })!;
  /** What the symbols in the formulas mean. */
  const meant = new Set<number>();
  const mark = (text: string, number: MarkedNumber) => {
    const id = scope.idOf(number);
    for (const each of scope.meantBy(number, row)) meant.add(each);
    return id === undefined ? text : `\\data{n=${id}}{${text}}`;
  };
  const tex = texOfRow(row, { mark });
  return {
    number: own,
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
    reads: [...new Set([...scope.readsOf(row), ...meant, ...scope.readsOf(whole)])].filter((id) => id !== own),
  };
}

/** The file's rows of the samples whose lines are shown. */
function shownSamples({ trace, rows }: Explanation): number[] {
  const shown = new Set(rows.flatMap(({ line }) => line.sample ?? []));
  const batch = Array.from(trace.batch.rows).sort((a, b) => a - b);
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
