/**
 * Random small networks whose gradients are compared with central differences, one for each seed. A network for which
 * differences are inconclusive is drawn again.
 */
import { type AnyFamily, withDefaults } from '../src/base/options.ts';
import { fillUniform } from '../src/base/random.ts';
import { type Formula, sub } from '../src/core/formula.ts';
import type { Graph, Node } from '../src/core/graph.ts';
import { mapOf } from '../src/core/op.ts';
import { type Activation, type ActivationFamily, activations } from '../src/core/ops/activations.ts';
import { dense } from '../src/net/layers/dense.ts';
import type { Loss, LossFamily } from '../src/net/losses.ts';
import { eachParameter, type Network, network } from '../src/net/network.ts';
import { sgd } from '../src/net/optimizers.ts';
import { entryName } from '../src/net/schema.ts';
import { lossGraph, type StepRecipe, type StepSize, trainingStep } from '../src/net/step.ts';
import { type Compared, centralDifference, program, stepSize } from './central-differences.ts';

/** A sequence of random numbers from one seed. */
class Draws {
  private readonly numbers = new Float64Array(4096);
  private at = 0;

  constructor(seed: number, attempt: number) {
    fillUniform(this.numbers, seed, 'check', attempt);
  }

  uniform(min = 0, max = 1): number {
    return min + (max - min) * this.numbers[this.at++];
  }

  integer(min: number, max: number): number {
    return Math.floor(this.uniform(min, max + 1));
  }

  chance(p: number): boolean {
    return this.uniform() < p;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)];
  }

  /** An entry, or a member of a family: half the time with its defaults, otherwise with similar options. */
  member<T extends { readonly name: string }>(entry: T | AnyFamily<T>): T {
    if (typeof entry !== 'function') return entry;
    if (this.chance(0.5)) return withDefaults(entry);
    const options = Object.entries(entry.specs).map(([key, spec]) => [
      key,
      (spec.default as number) * this.uniform(0.5, 2),
    ]);
    return entry(Object.fromEntries(options) as never);
  }
}

export interface RandomStep {
  readonly seed: number;
  /** A description, for a failure's message. */
  readonly description: string;
  readonly net: Network;
  readonly recipe: StepRecipe;
  readonly size: StepSize;
  /** Parameters, `layers.0.input` and `target`. */
  readonly numbers: Readonly<Record<string, Float64Array>>;
}

type LossEntry = Loss | LossFamily;
type ActivationEntry = Activation | ActivationFamily;

/** Whether a loss accepts an activation as the last one. */
export function takes(loss: LossEntry, activation: ActivationEntry): boolean {
  const { takes } = typeof loss === 'function' ? withDefaults(loss) : loss;
  return takes === undefined || takes.includes(entryName(activation));
}

function drawTarget(draws: Draws, { targets }: Loss, size: StepSize): Float64Array {
  const out = new Float64Array(size.batch * size.outputs);
  if (targets === 'probabilities') {
    for (let s = 0; s < size.batch; s++) {
      const row = out.subarray(s * size.outputs, (s + 1) * size.outputs);
      row.forEach((_, k) => {
        row[k] = draws.uniform();
      });
      const total = row.reduce((a, b) => a + b);
      row.forEach((share, k) => {
        row[k] = share / total;
      });
    }
    return out;
  }
  return out.map(() => {
    if (targets === 'any') return draws.uniform(-2, 2);
    return 'range' in targets ? draws.uniform(...targets.range) : draws.pick(targets.values);
  });
}

function draw(seed: number, attempt: number, last: ActivationEntry, lossEntry: LossEntry): RandomStep {
  const draws = new Draws(seed, attempt);
  const loss = draws.member(lossEntry);
  const inputs = draws.integer(1, 3);
  const depth = draws.integer(1, 3);
  const layers = Array.from({ length: depth }, (_, l) => {
    const activation = draws.member(l === depth - 1 ? last : draws.pick(activations));
    // one unit that mixes units, as softmax does, is a constant
    const units = draws.integer(activation.map === undefined ? 2 : 1, 4);
    return { units, activation, bias: draws.chance(0.7) };
  });
  const net = network(
    layers.map(({ units, ...options }) => dense(units, options)),
    { inputs },
  );
  const size = { batch: draws.integer(1, 4), inputs, outputs: layers[depth - 1].units };
  const penalized = draws.chance(0.3);
  const recipe: StepRecipe = {
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
    gradient: 'exact',
    update: 'simultaneous',
    l1: penalized ? draws.uniform(0, 0.1) : 0,
    l2: penalized && draws.chance(0.7) ? draws.uniform(0, 0.1) : 0,
  };
  const fill = (count: number, most: number) => Float64Array.from({ length: count }, () => draws.uniform(-most, most));
  const numbers: Record<string, Float64Array> = {
    'layers.0.input': fill(size.batch * inputs, 2),
    target: drawTarget(draws, loss, size),
  };
  eachParameter(net, inputs, (address, _layer, { shape }) => {
    numbers[address] = fill(
      shape.reduce((a, b) => a * b),
      1.2,
    );
  });
  const shown = layers.map(({ units, activation, bias }) => {
    const options = Object.entries(activation.options).map(([key, value]) => `${key} ${value}`);
    return `${units} ${[activation.name, ...options].join(' ')}${bias ? '' : ' without bias'}`;
  });
  const description = `seed ${seed} (draw ${attempt}): ${inputs} inputs, ${shown.join(', ')}; ${loss.name}; batch ${size.batch}; l1 ${recipe.l1}, l2 ${recipe.l2}`;
  return { seed, description, net, recipe, size, numbers };
}

/** The formulas whose sign selects a branch: one for each switching primitive of a formula. */
export function switches(formula: Formula): Formula[] {
  if (formula.kind !== 'apply') return [];
  const inner = formula.operands.flatMap(switches);
  const [a, b] = formula.operands;
  if (['abs', 'step', 'where'].includes(formula.primitive)) return [...inner, a];
  if (['max', 'min'].includes(formula.primitive)) return [...inner, sub(a, b)];
  return inner;
}

/** Adds nodes for all switches of a graph's maps. */
function addSwitches(graph: Graph): Node[] {
  return [...graph.nodes].flatMap(({ op, inputs }) => {
    if (op.kind !== 'map') return [];
    return switches(op.map.formula).map((formula) =>
      graph.map(mapOf('switch', formula, op.map.arity), inputs, op.letters),
    );
  });
}

/** Gradients and central differences; undefined if the differences are inconclusive. */
export function compare({ net, recipe, size, numbers }: RandomStep): Compared[] | undefined {
  const stepGraph = trainingStep(net, recipe, size);
  const names = Object.keys(numbers).filter((name) => stepGraph.find(`gradient(${name})`) !== undefined);
  const gradients = names.map((name) => stepGraph.get(`gradient(${name})`));
  const backward = program(stepGraph, gradients, numbers);
  backward.run();

  const graph = lossGraph(net, recipe, size);
  const watched = addSwitches(graph);
  const forward = program(graph, [graph.get('loss'), ...watched], numbers);
  const signs = () => watched.map((node) => Array.from(forward.view(node.name!), Math.sign).join()).join();
  forward.run();
  const loss = forward.view('loss')[0];
  const before = signs();

  // the rounding of the losses, ε·loss/h, must be below the tolerance for a hundredth of the largest gradient
  const largest = Math.max(...gradients.flatMap((node) => Array.from(backward.view(node.name!), Math.abs)));
  if ((4 * Number.EPSILON * Math.abs(loss)) / stepSize > 1e-9 * largest) return undefined;

  let crossed = false;
  const value = () => {
    forward.run();
    crossed ||= signs() !== before;
    return forward.view('loss')[0];
  };
  const rows = names.flatMap((name) =>
    Array.from(backward.view(`gradient(${name})`), (gradient, i) => ({
      quantity: `${name}[${i}]`,
      gradient,
      difference: centralDifference(forward.view(name), i, value),
    })),
  );
  return crossed ? undefined : rows;
}

/** The first network of a seed that can be compared. */
export function drawComparable(
  seed: number,
  last: ActivationEntry,
  loss: LossEntry,
): { step: RandomStep; rows: Compared[]; attempts: number } {
  for (let attempt = 0; attempt < 200; attempt++) {
    const step = draw(seed, attempt, last, loss);
    const rows = compare(step);
    if (rows !== undefined) return { step, rows, attempts: attempt + 1 };
  }
  throw new Error(`seed ${seed}: in 200 draws of ${entryName(last)} and ${entryName(loss)} none could be compared`);
}
