import type { Activation } from '../../core/ops/activations.ts';
import { derive } from '../derivation.ts';
import { evaluate, fromFormula, type Leaf, leaf, leavesOf } from '../expression.ts';
import { numberText } from '../numbers.ts';
import { tidy } from '../tidy.ts';
import type { Trace } from '../trace.ts';
import { mixingPage } from './mixing.ts';
import {
  addDeclared,
  d,
  type FunctionPage,
  layersText,
  maxMarks,
  numbersOf,
  optionsText,
  resolution,
  s,
  span,
  y,
} from './page.ts';

export function activationPage(trace: Trace, activation: Activation, layers: readonly number[]): FunctionPage {
  const common = {
    kind: 'activation' as const,
    name: activation.name,
    options: optionsText(activation.options),
    used: layersText(layers),
  };
  return activation.map === undefined
    ? { ...common, ...mixingPage(activation) }
    : { ...common, ...elementwisePage(trace, activation, activation.map, layers) };
}

function elementwisePage(
  trace: Trace,
  activation: Activation,
  map: NonNullable<Activation['map']>,
  layers: readonly number[],
) {
  const x = leaf(s, Number.NaN);
  const value = leaf(y, Number.NaN);
  const definition = tidy(fromFormula(map.formula, () => x));
  const steps = derive(definition, s);
  const declared = tidy(fromFormula(map.partials[0], (i) => (i === 0 ? x : value)));
  const at = (point: number) => (from: Leaf) => (from === value ? evaluate(definition, () => point)! : point);
  const near = Array.from({ length: 41 }, (_, i) => -4 + i / 5 + 0.013);
  const points = near.filter((point) => map.kinks.every((kink) => Math.abs(kink.at - point) > 1e-6)).map(at);
  const usesValue = leavesOf(declared).has(value);
  addDeclared(steps, declared, points, usesValue ? `with y = ${activation.name}(s)` : 'simplified');

  const sums = layers.flatMap((layer) => numbersOf(trace, trace.nodes.layers[layer].weighted!.sum)).slice(0, maxMarks);
  const [low, high] = span(
    sums,
    Math.min(-5, ...map.kinks.map(({ at }) => at - 1)),
    Math.max(5, ...map.kinks.map(({ at }) => at + 1)),
  );
  const xs = Array.from({ length: resolution }, (_, i) => low + ((high - low) * i) / (resolution - 1));
  const f = (point: number) => evaluate(definition, () => point)!;
  const slope = (point: number) => evaluate(declared, at(point))!;
  return {
    definition: { left: y, right: definition },
    derivations: [{ left: d(y, s), steps }],
    remarks: map.kinks.map(
      ({ at, derivative: chosen }) =>
        `At s = ${numberText(at)} there is a corner; the derivative there is defined as ${numberText(chosen)}.`,
    ),
    plot: {
      xLabel: 's',
      curves: [
        { label: 'y', x: xs, y: xs.map(f), derivative: false },
        { label: '∂y/∂s', x: xs, y: xs.map(slope), derivative: true },
      ],
      points: sums.flatMap((point) => [
        { x: point, y: f(point), derivative: false },
        { x: point, y: slope(point), derivative: true },
      ]),
    },
  };
}
