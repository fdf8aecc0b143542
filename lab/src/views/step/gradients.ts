/** The gradient by both rules, and beside them the central difference of the loss, at the weights before a step. */
import { InputError, type Setup } from 'chainrule';
import { check, explanation, underRule } from 'chainrule/explain';
import { layerFactors } from './factors.ts';
import type { GradientData } from './protocol.ts';

/** The maximum number of parameters to compare. */
const maxRows = 120;

export function gradientData(setup: Setup, updates: number): GradientData {
  const explained = explanation(setup, { step: updates + 1, lines: 1 });
  const { trace } = explained;
  const { problem, parameters, tape, batch } = trace;
  const { data: x, shape } = problem.inputs;
  const { data: t, shape: targetShape } = problem.targets;
  const isWhole = batch.rows.length === shape[0] || problem.feeds !== undefined || problem.weights !== undefined;
  const at = {
    ...problem,
    parameters: new Map(
      [...parameters].map(([name, data]) => [name, { shape: tape.graph.get(name).shape, data: data.slice() }]),
    ),
    ...(!isWhole && {
      inputs: rowsOf(x, shape[1], batch.rows),
      targets: rowsOf(t, targetShape[1], batch.rows),
    }),
  };
  const under = (gradient: 'exact' | 'averagedFactors') =>
    check({ ...at, recipe: { ...problem.recipe, gradient, update: 'simultaneous' } }, { limit: maxRows });
  const exact = under('exact');
  let averaged: ReadonlyMap<string, number> | undefined;
  let withoutAveraged: string | undefined;
  try {
    averaged = new Map(under('averagedFactors').rows.map(({ quantity, gradient }) => [quantity, gradient]));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    withoutAveraged = error.message.split('\n')[0];
  }
  const traceUnder = (rule: 'exact' | 'averagedFactors') =>
    problem.recipe.gradient === rule ? trace : underRule(explained, rule, { lines: 1 }).trace;
  return {
    samples: Array.from(batch.rows),
    layers: layerFactors(traceUnder('exact'), averaged && traceUnder('averagedFactors')),
    rows: exact.rows
      .map(({ quantity, gradient, centralDifference, kink }) => ({
        key: quantity,
        exact: gradient,
        averaged: averaged?.get(quantity),
        central: centralDifference,
        kink,
      }))
      .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true })),
    notes: exact.notes,
    withoutAveraged,
  };
}

function rowsOf(data: Float64Array, width: number, rows: ArrayLike<number>) {
  const out = new Float64Array(rows.length * width);
  Array.from(rows).forEach((row, r) => {
    out.set(data.subarray(row * width, (row + 1) * width), r * width);
  });
  return { shape: [rows.length, width], data: out };
}
