/** Observations about a step, if its numbers show them. It asks activations for their properties. */
import { unravel } from '../base/shape.ts';
import { isRandom, type Node } from '../core/graph.ts';
import type { Activation } from '../core/ops/activations.ts';
import { GraphNaming, namingOptions } from './naming.ts';
import { numberText } from './numbers.ts';
import { exactGradients, type Trace } from './trace.ts';
import { type Variable, variableText } from './variable.ts';

export type ObservationKind =
  | 'linearLayers'
  | 'saturated'
  | 'dead'
  | 'averagedFactors'
  | 'sequential'
  | 'targetOutOfRange'
  | 'zeroGradient'
  | 'alikeUnits'
  | 'largeStep'
  | 'lossRose'
  | 'notFinite';

export interface Observation {
  readonly kind: ObservationKind;
  /** The address that it is about: `layers.1`. */
  readonly where: string;
  readonly text: string;
}

/** Outputs within this share of the range from one of its ends count as saturated. */
const nearEnd = 0.01;
/** The maximum number of inputs and outputs of a sum that is written out. */
const maxInputs = 12;
const maxOutputs = 4;

export function observe(trace: Trace): Observation[] {
  return [
    ...finite(trace),
    ...linearLayers(trace),
    ...gradientRules(trace),
    ...saturated(trace),
    ...dead(trace),
    ...targets(trace),
    ...zeroGradients(trace),
    ...alikeUnits(trace),
    ...steps(trace),
  ];
}

/** Every number of a node, row-major. */
const numbersOf = (trace: Trace, node: Node) => Array.from(trace.tape.numbers(node));

/** A matrix by rows. */
function rowsOf(trace: Trace, node: Node): number[][] {
  const numbers = numbersOf(trace, node);
  const [rows, columns] = node.shape;
  return Array.from({ length: rows }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
}

const layerText = (layer: number) => `layer ${layer + 1}`;

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** 1, 2 and 3. */
function listed(numbers: readonly number[]): string {
  return [numbers.slice(0, -1).join(', '), numbers[numbers.length - 1]].filter((part) => part !== '').join(' and ');
}

function finite(trace: Trace): Observation[] {
  const [loss] = numbersOf(trace, trace.tape.graph.get('loss'));
  if (Number.isFinite(loss)) return [];
  return [
    {
      kind: 'notFinite',
      where: 'loss',
      text: `The loss is not a finite number (${loss}): training has diverged before this step. A smaller learning rate or scaled inputs usually fix it.`,
    },
  ];
}

// ---- linear layers

interface Weighted {
  readonly layer: number;
  readonly sum: Node;
  readonly output: Node;
  readonly weight: Node;
  readonly bias?: Node;
  readonly activation: Activation;
}

function weightedLayers({ nodes }: Trace): (Weighted | undefined)[] {
  return nodes.layers.map(({ weighted, output }, layer) =>
    weighted === undefined ? undefined : { layer, output, ...weighted },
  );
}

/** Runs of layers of which all but the last are linear: together they are equivalent to one layer. */
function linearLayers(trace: Trace): Observation[] {
  const layers = weightedLayers(trace);
  const out: Observation[] = [];
  for (let first = 0; first < layers.length - 1; first++) {
    const run: Weighted[] = [];
    for (let l = first; l < layers.length; l++) {
      const layer = layers[l];
      if (layer === undefined) break;
      run.push(layer);
      if (layer.sum !== layer.output) break;
    }
    if (run.length < 2) continue;
    out.push(describeRun(trace, run));
    first += run.length - 1;
  }
  return out;
}

function describeRun(trace: Trace, run: readonly Weighted[]): Observation {
  const { matrix, offsets } = compose(trace, run);
  const last = run[run.length - 1];
  const naming = new GraphNaming(trace.tape.graph, namingOptions(trace.problem, trace.batch.rows));
  const name = (address: string, unit: number): string =>
    variableText(withoutSample(naming.ofName(address, [0, unit])), false);
  const whole = run[0].layer === 0 && last.layer === trace.nodes.layers.length - 1;
  const outputs = Math.min(matrix[0].length, maxOutputs);
  const isSmall = matrix.length <= maxInputs;
  const formulas = Array.from({ length: outputs }, (_, j) => {
    const terms = matrix.map((row, i) => `${numberText(row[j])}·${name(`layers.${run[0].layer}.input`, i)}`);
    if (offsets[j] !== 0) terms.push(numberText(offsets[j]));
    const sum = terms.join(' + ').replaceAll('+ −', '− ');
    return `${name(`layers.${last.layer}.output`, j)} = ${last.sum === last.output ? sum : `${last.activation.name}(${sum})`}`;
  });
  const layerNumbers = listed(run.map(({ layer }) => layer + 1));
  const linear = run.filter(({ sum, output }) => sum === output).map(({ layer }) => layer + 1);
  const subject = linear.length === 1 ? `Layer ${linear[0]} is linear` : `Layers ${listed(linear)} are linear`;
  const more = matrix[0].length > outputs ? `, and ${matrix[0].length - outputs} more outputs alike` : '';
  const one =
    last.sum === last.output
      ? 'linear layer'
      : last.activation.map === undefined
        ? `${last.activation.name} layer`
        : last.activation.name;
  const formula = isSmall ? `: ${formulas.join('; ')}${more}` : '';
  return {
    kind: 'linearLayers',
    where: `layers.${run[0].layer}`,
    text: `${subject}, so layers ${layerNumbers} together can compute no more than one layer could${whole ? ': the whole network is one' : ', which is one'} ${one} of the inputs${formula}. Only the way it learns differs.`,
  };
}

function withoutSample(variable: Variable): Variable {
  return variable.kind === 'letter' ? { ...variable, sample: undefined } : variable;
}

/** The product of the layers' weights, [inputs][outputs], and their combined bias. */
function compose(trace: Trace, run: readonly Weighted[]): { matrix: number[][]; offsets: number[] } {
  const read = ({ weight, bias }: Weighted) => ({
    weight: rowsOf(trace, weight),
    bias: bias === undefined ? new Array<number>(weight.shape[1]).fill(0) : numbersOf(trace, bias),
  });
  const first = read(run[0]);
  let matrix = first.weight;
  let offsets = first.bias;
  for (const layer of run.slice(1)) {
    const { weight, bias } = read(layer);
    const through = (row: readonly number[]) =>
      bias.map((_, j) => row.reduce((sum, each, k) => sum + each * weight[k][j], 0));
    matrix = matrix.map(through);
    offsets = through(offsets).map((sum, j) => sum + bias[j]);
  }
  return { matrix, offsets };
}

// ---- rules

function gradientRules(trace: Trace): Observation[] {
  const { recipe } = trace.problem;
  const out: Observation[] = [];
  if (recipe.gradient === 'averagedFactors') {
    const samples = trace.batch.rows.length;
    out.push({
      kind: 'averagedFactors',
      where: 'training.gradient',
      text:
        samples === 1
          ? 'averagedFactors multiplies averages of the factors. With one sample in the batch, there is nothing to average, and the result is the gradient of the loss.'
          : `averagedFactors multiplies the averages of the factors over ${samples} samples. That is not the gradient of the loss (the mean of a product is not the product of the means)${largestGap(trace)}.`,
    });
  }
  if (recipe.update === 'sequential') {
    out.push({
      kind: 'sequential',
      where: 'training.update',
      text: 'Updates are sequential: in the backward pass, each layer is updated first, and the gradients of the layer below are computed with its new weights. Below the last layer, these are not the gradients of the loss.',
    });
  }
  return out;
}

/** The parameter whose two gradients differ most. */
function largestGap(trace: Trace): string {
  let text = '';
  let largest = 0;
  const naming = new GraphNaming(trace.tape.graph, namingOptions(trace.problem, trace.batch.rows));
  for (const [name, numbers] of exactGradients(trace)) {
    const node = trace.tape.graph.find(`gradient(${name})`);
    if (node === undefined) continue;
    const all = numbersOf(trace, node);
    numbers.forEach((exact, i) => {
      const used = all[i];
      if (Math.abs(used - exact) <= largest) return;
      largest = Math.abs(used - exact);
      text = `: ${variableText(naming.ofName(`gradient(${name})`, unravel(i, node.shape)), false)} is ${numberText(used)} under this rule, but ${numberText(exact)} under the exact rule`;
    });
  }
  return text;
}

// ---- activations

function saturated(trace: Trace): Observation[] {
  const { loss } = trace.problem.recipe;
  return weightedLayers(trace).flatMap((layer): Observation[] => {
    if (layer === undefined || !layer.activation.saturates) return [];
    const [low, high] = layer.activation.range;
    const margin = (high - low) * nearEnd;
    const numbers = numbersOf(trace, layer.output);
    const ends = numbers.filter((y) => y - low < margin || high - y < margin).length;
    if (ends === 0) return [];
    const joint =
      loss.joint && layer.layer === trace.nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
    const consequence = joint
      ? `With ${loss.name} this does no harm: the two are differentiated together, and a wrong prediction still has a large gradient.`
      : 'There the curve is flat, and hardly any gradient passes. Smaller weights or scaled inputs keep it in its steep part.';
    return [
      {
        kind: 'saturated',
        where: `layers.${layer.layer}`,
        text: `${plural(ends, 'output')} of ${numbers.length} in ${layerText(layer.layer)} ${ends === 1 ? 'is' : 'are'} saturated: ${layer.activation.name} is within ${numberText(margin)} of ${numberText(low)} or ${numberText(high)}. ${consequence}`,
      },
    ];
  });
}

function dead(trace: Trace): Observation[] {
  return weightedLayers(trace).flatMap((layer): Observation[] => {
    if (layer === undefined || !layer.activation.dies) return [];
    const [rows, units] = layer.sum.shape;
    const sums = rowsOf(trace, layer.sum);
    const silent = Array.from({ length: units }, (_, unit) => unit).filter((unit) =>
      sums.every((row) => row[unit] <= 0),
    );
    if (silent.length === 0) return [];
    const named = silent.slice(0, 8).map((unit) => unit + 1);
    const list = `${named.join(', ')}${silent.length > 8 ? ', …' : ''}`;
    return [
      {
        kind: 'dead',
        where: `layers.${layer.layer}`,
        text: `${silent.length === 1 ? `Unit ${list}` : `${silent.length} units (${list})`} of ${layerText(layer.layer)} ${silent.length === 1 ? 'gives' : 'give'} 0 for ${rows === 1 ? 'the one sample' : `all ${rows} samples`} of this batch: ${silent.length === 1 ? 'its' : 'their'} ${layer.activation.name} passes no gradient back, so ${silent.length === 1 ? 'it does' : 'they do'} not learn from it.`,
      },
    ];
  });
}

function targets(trace: Trace): Observation[] {
  const last = weightedLayers(trace).findLast((layer) => layer !== undefined);
  const { loss } = trace.problem.recipe;
  if (last === undefined || loss.joint || last.activation.logarithmic) return [];
  const [low, high] = last.activation.range;
  const numbers = numbersOf(trace, trace.tape.graph.get('target'));
  const outside = numbers.filter((t) => t < low || t > high);
  const atEnd = numbers.filter((t) => t === low || t === high);
  const range = `(${numberText(low)}, ${numberText(high)})`;
  if (outside.length > 0) {
    return [
      {
        kind: 'targetOutOfRange',
        where: 'target',
        text: `${plural(outside.length, 'target')} of ${numbers.length} (such as ${numberText(outside[0])}) ${outside.length === 1 ? 'lies' : 'lie'} outside ${range}, the range of ${last.activation.name}: no weights can reach them. Scale the targets, or use a linear output.`,
      },
    ];
  }
  if (atEnd.length === 0) return [];
  return [
    {
      kind: 'targetOutOfRange',
      where: 'target',
      text: `${plural(atEnd.length, 'target')} of ${numbers.length} ${atEnd.length === 1 ? 'is' : 'are'} at an end of ${range}, the open range of ${last.activation.name}: the weights would have to grow without limit to approach them.`,
    },
  ];
}

// ---- gradients and steps

/** Trained parameters, with their gradients and their updated values. */
function trained(trace: Trace) {
  const { graph } = trace.tape;
  return [...trace.parameters].flatMap(([name, before]) => {
    const gradient = graph.find(`gradient(${name})`);
    const updated = graph.find(`updated(${name})`);
    return gradient === undefined || updated === undefined
      ? []
      : [{ name, before, node: graph.get(name), gradient, updated }];
  });
}

function zeroGradients(trace: Trace): Observation[] {
  const silent = trained(trace).filter(({ gradient }) => numbersOf(trace, gradient).every((g) => g === 0));
  if (silent.length === 0) return [];
  const names = silent.map(({ name }) => name).join(', ');
  return [
    {
      kind: 'zeroGradient',
      where: silent[0].name,
      text: `The whole gradient of ${names} is 0: ${silent.length === 1 ? 'it does' : 'they do'} not change in this step, at any learning rate.`,
    },
  ];
}

/** Hidden units with the same weights in and out remain identical. */
function alikeUnits(trace: Trace): Observation[] {
  const layers = weightedLayers(trace);
  return layers.flatMap((layer, l): Observation[] => {
    const next = layers[l + 1];
    if (layer === undefined || next === undefined) return [];
    const units = layer.weight.shape[1];
    const into = rowsOf(trace, layer.weight);
    const outOf = rowsOf(trace, next.weight);
    const bias = layer.bias === undefined ? [] : numbersOf(trace, layer.bias);
    const key = (unit: number) => JSON.stringify([into.map((row) => row[unit]), bias[unit], outOf[unit]]);
    const groups = new Map<string, number[]>();
    for (let unit = 0; unit < units; unit++) {
      const known = groups.get(key(unit));
      if (known === undefined) groups.set(key(unit), [unit]);
      else known.push(unit);
    }
    const alike = [...groups.values()].filter((group) => group.length > 1);
    if (alike.length === 0) return [];
    const first = alike[0].slice(0, 8).map((unit) => unit + 1);
    return [
      {
        kind: 'alikeUnits',
        where: `layers.${l}`,
        text: `Units ${first.join(', ')}${alike[0].length > 8 ? ', …' : ''} of ${layerText(l)} have the same weights in and out. They get the same gradients and remain identical; start from random weights.`,
      },
    ];
  });
}

/** The Euclidean length. A layer may have more weights than a call can take as arguments. */
function lengthOf(values: Iterable<number>): number {
  let length = 0;
  for (const value of values) length = Math.hypot(length, value);
  return length;
}

function steps(trace: Trace): Observation[] {
  const out: Observation[] = [];
  for (const { name, before, updated } of trained(trace)) {
    const after = numbersOf(trace, updated);
    const moved = lengthOf(after.map((w, i) => w - before[i]));
    const size = lengthOf(before);
    if (size > 0 && moved > size) {
      out.push({
        kind: 'largeStep',
        where: name,
        text: `This step changes ${name} by ${numberText(moved)}, more than its norm of ${numberText(size)}. A smaller learning rate, or clipNorm, keeps steps in proportion.`,
      });
    }
  }
  const { tape, next } = trace;
  const loss = tape.at(tape.graph.get('loss'), []).value;
  const afterwards = next.at(next.graph.get('loss'), []).value;
  const random = tape.graph.nodes.some(({ op }) => isRandom(op));
  if (afterwards > loss && !random) {
    out.push({
      kind: 'lossRose',
      where: 'loss',
      text: `The loss of this batch rose from ${numberText(loss)} to ${numberText(afterwards)}: the step was too large, or was not in the direction of the negative gradient. A smaller learning rate usually fixes it.`,
    });
  }
  return out;
}
