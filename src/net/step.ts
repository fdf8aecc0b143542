/**
 * The graph of one training step: the forward pass, the loss with penalties, the gradients under a rule, clipping, and the
 * optimizer's update. Also the shorter graphs of the loss alone and of the predictions alone.
 */
import { fail } from '../base/errors.ts';
import { inside, message, setting } from '../base/reference.ts';
import { abs, add, argument, constant, div, type Formula, max, min, mul, sqrt, sub, where } from '../core/formula.ts';
import { gradient } from '../core/gradient.ts';
import { Graph, leadingLetters, type Node } from '../core/graph.ts';
import { map, mapOf } from '../core/op.ts';
import { averageOf, rateScale, stepAddresses } from './addresses.ts';
import type { LayerNodes } from './layer.ts';
import type { Loss, SampleWeights } from './losses.ts';
import { forward, type Network, type NetworkNodes } from './network.ts';
import type { Optimizer } from './optimizers.ts';
import { rateFormula, type Span } from './schedules.ts';

export type GradientRule = 'exact' | 'averagedFactors';
export type UpdateOrder = 'simultaneous' | 'sequential';

/** Everything that decides a step, apart from the network. */
export interface StepRecipe {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly gradient: GradientRule;
  readonly update: UpdateOrder;
  readonly l1: number;
  readonly l2: number;
  readonly clipNorm?: number;
  readonly clipValue?: number;
  /** The decay rate of the running average of the weights, in (0, 1). Default: no average. */
  readonly ema?: number;
  /** The length of the training, for schedules of the learning rate. */
  readonly span?: Span;
}

export interface StepSize {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  /** If samples have weights: whether all are positive or some are 0. */
  readonly weights?: 'positive' | 'someZero';
}

/** The total weight, or 1 if it is 0: a batch whose weights are all 0 then has the loss 0, not 0/0. */
const orOne = map('orOne', { f: (sum) => where(sum, sum, 1) });

function addWeights(graph: Graph, { batch, weights }: Pick<StepSize, 'batch' | 'weights'>): SampleWeights | undefined {
  if (weights === undefined) return undefined;
  const each = graph.source('input', stepAddresses.weight, [batch]);
  const sum = graph.name(stepAddresses.weightSum, graph.contract('b->', [each]));
  return { each, total: weights === 'someZero' ? graph.map(orOne, [sum]) : sum };
}

const addTwo = map('sum', { f: (a, b) => add(a, b) });
const absolute = map('|w|', { f: (w) => abs(w) });

/** Adds the loss of a forward pass: `loss.terms`, and `loss`, with the recipe's penalties. */
function addLoss(graph: Graph, net: NetworkNodes, size: StepSize, recipe: Pick<StepRecipe, 'loss' | 'l1' | 'l2'>) {
  const target = graph.source('input', stepAddresses.target, [size.batch, size.outputs]);
  const weights = addWeights(graph, size);
  const last = net.layers.findLast((layer) => layer.weighted !== undefined);
  const { sum, activation } = last?.weighted ?? fail(noWeights);
  const { output } = net;
  const terms = graph.name('loss.terms', recipe.loss.terms(graph, { sum, output, target, activation, weights }));
  const data = graph.contract(`${leadingLetters(terms)}k->`, [terms]);
  const penalty = addPenalty(graph, net, recipe);
  if (penalty === undefined) graph.name(stepAddresses.loss, data);
  else {
    graph.name('loss.data', data);
    graph.name(stepAddresses.loss, graph.map(addTwo, [data, penalty]));
  }
  return { data, penalty, loss: graph.get(stepAddresses.loss), sum };
}

const noWeights = {
  what: 'no layer has weights',
  where: ['network', 'layers'],
  fix: 'Add a dense layer, such as { "dense": 1 }.',
};

/** l1 Σ|w| + l2/2 Σw², over the weights, not the biases. */
function addPenalty(graph: Graph, net: NetworkNodes, { l1, l2 }: Pick<StepRecipe, 'l1' | 'l2'>): Node | undefined {
  const parts: Node[] = [];
  for (const { node, penalized } of net.parameters) {
    if (!penalized) continue;
    if (l1 > 0) {
      const total = graph.contract('io->', [graph.map(absolute, [node])]);
      parts.push(graph.map(map('l1', { f: (s) => mul(constant(l1, 'λ1'), s) }), [total]));
    }
    if (l2 > 0) {
      const total = graph.contract('io,io->', [node, node]);
      parts.push(graph.map(map('l2', { f: (s) => mul(div(constant(l2, 'λ2'), 2), s) }), [total]));
    }
  }
  if (parts.length === 0) return undefined;
  return graph.name(
    'loss.penalty',
    parts.reduce((a, b) => graph.map(addTwo, [a, b])),
  );
}

/** The graph of a step. Its slot `count` is the number of the update, from 1. */
export function trainingStep(net: Network, recipe: StepRecipe, size: StepSize): Graph {
  return buildStep(net, recipe, size).graph;
}

/** The learning rate: a slot if it is constant, otherwise computed from the number of the update. */
function addRate(graph: Graph, { optimizer, span = { stepsPerEpoch: 1 } }: StepRecipe, count: Node): Node {
  const { schedule, learningRate } = optimizer;
  if (schedule === undefined) return graph.source('slot', stepAddresses.learningRate, [], learningRate);
  const scale = schedule.plateau && graph.source('state', rateScale, [], 1);
  const formula = rateFormula(optimizer, span, argument(0), scale && argument(1));
  const inputs = scale === undefined ? [count] : [count, scale];
  return graph.name(stepAddresses.learningRate, graph.map(mapOf('rate', formula, inputs.length), inputs));
}

/** The graph of a step, and the nodes of its network. */
export function buildStep(net: Network, recipe: StepRecipe, stepSize: StepSize): { graph: Graph; nodes: NetworkNodes } {
  const { batch, inputs } = stepSize;
  const graph = new Graph();
  const count = graph.source('slot', stepAddresses.count, [], 1);
  const rate = addRate(graph, recipe, count);
  const nodes = forward(graph, net, { batch, inputs, training: true, count });
  const { loss, data, penalty, sum } = addLoss(graph, nodes, stepSize, recipe);
  const trained = nodes.parameters.filter((parameter) => parameter.trained).map((parameter) => parameter.node);

  const updated = new Map<Node, Node>();
  const { update: updating } = recipe.optimizer;
  const update = (parameter: Node, g: Node): Node => {
    if (updating === undefined) return parameter;
    const value = updating({
      graph,
      parameter,
      gradient: g,
      rate,
      count,
      state: (name, { initial = 0, scalar = false } = {}) =>
        graph.source('state', `optimizer.${parameter.name}.${name}`, scalar ? [] : parameter.shape, initial),
      keep: (state, next) => graph.update(state, next),
    });
    graph.name(`updated(${parameter.name})`, value);
    updated.set(parameter, value);
    return value;
  };
  const replace = recipe.update === 'sequential' ? update : undefined;

  const gradients =
    recipe.gradient === 'exact'
      ? gradient(graph, loss, trained, { replace })
      : averagedFactors(graph, nodes.layers, { data, penalty, trained, joint: recipe.loss.joint, sum, replace });

  if (gradients.length > 0) {
    const norm = addNorm(graph, gradients);
    const clipped = gradients.map((g, i) => clip(graph, g, norm, recipe, trained[i].name!));
    trained.forEach((parameter, i) => {
      if (!updated.has(parameter)) update(parameter, clipped[i]);
    });
  }
  for (const [parameter, value] of updated) graph.update(parameter, value);
  if (recipe.ema !== undefined) addAverages(graph, recipe.ema, count, updated);
  return { graph, nodes };
}

/**
 * The exponential moving average of the weights after each update: w̄ <- d·w̄ + (1-d)·w, starting with the weights
 * of the first update. Statistics that a layer keeps of its batches, such as batchNorm's, are not averaged. This is PyTorch 2's
 * AveragedModel with get_ema_multi_avg_fn(d); source: Polyak and Juditsky (1992), in the form of Izmailov et al. (2018).
 */
function addAverages(graph: Graph, decay: number, count: Node, updated: ReadonlyMap<Node, Node>): void {
  const d = constant(decay, 'd');
  const average = map('average', {
    f: (mean, w, t) => where(sub(t, 1), add(mul(d, mean), mul(sub(1, d), w)), w),
  });
  for (const [{ name, shape }, value] of updated) {
    const held = graph.source('state', averageOf(name!), shape, 0);
    graph.update(held, graph.map(average, [held, value, count]));
  }
}

const letters = 'abcd';

/** The L2 norm of all gradients together, before clipping. */
function addNorm(graph: Graph, gradients: readonly Node[], name: string = stepAddresses.gradientNorm): Node {
  const squares = gradients.map((g) => {
    const axes = letters.slice(0, g.shape.length);
    return graph.contract(`${axes},${axes}->`, [g, g]);
  });
  const total = squares.map((_, i): Formula => argument(i)).reduce((a, b) => add(a, b));
  return graph.name(name, graph.map(mapOf('norm', sqrt(total), squares.length), squares));
}

/** Clips a gradient by the norm of all gradients, then by value. */
function clip(graph: Graph, g: Node, norm: Node, { clipNorm, clipValue }: StepRecipe, name: string): Node {
  let clipped = g;
  if (clipNorm !== undefined) {
    const scale = map('clipNorm', { f: (g, n) => mul(g, min(div(clipNorm, add(n, 1e-6)), 1)) });
    clipped = graph.map(scale, [clipped, norm]);
  }
  if (clipValue !== undefined) {
    const bound = map('clipValue', { f: (g) => max(min(g, clipValue), -clipValue) });
    clipped = graph.map(bound, [clipped]);
  }
  return clipped === g ? g : graph.name(`clipped(${name})`, clipped);
}

interface AveragedContext {
  readonly data: Node;
  readonly penalty?: Node;
  readonly trained: readonly Node[];
  /** Whether the loss is computed together with the last activation: its derivative is then with respect to the sum. */
  readonly joint: boolean;
  readonly sum: Node;
  readonly replace?: (parameter: Node, gradient: Node) => Node;
}

/**
 * The textbook shortcut: each factor of the chain rule is averaged over the batch and the averages are multiplied.
 * ḡ_k = Σ_s ∂loss/∂y_sk; δ̄_k = ḡ_k · mean f'(s_k); going back, δ̄_i = (Σ_j w_ij δ̄_j) · mean f'(s_i); for a weight
 * δ̄_j · mean a_i, for a bias δ̄_j. It equals the gradient of the loss only if there is one sample.
 */
function averagedFactors(graph: Graph, layers: readonly LayerNodes[], context: AveragedContext): Node[] {
  const { data, penalty, trained, joint, replace } = context;
  const penaltyGradients = penalty === undefined ? [] : gradient(graph, penalty, trained, { unnamed: true });
  const mean = (node: Node) => {
    const total = graph.contract('bo->o', [node]);
    const samples = constant(node.shape[0], 'm');
    return graph.map(map('mean', { f: (sum) => div(sum, samples) }), [total]);
  };
  const results = new Map<Node, Node>();
  const finish = (parameter: Node, g: Node): Node => {
    const i = trained.indexOf(parameter);
    if (i === -1) return parameter;
    const extra = penaltyGradients[i];
    const total = extra === undefined ? g : graph.map(addTwo, [g, extra]);
    graph.name(`gradient(${parameter.name})`, total);
    results.set(parameter, total);
    return replace?.(parameter, total) ?? parameter;
  };

  const start = joint ? context.sum : layers[layers.length - 1].output;
  const [perSample] = gradient(graph, data, [start]);
  const at = (name: string) => name.replace(/\.(sum|output|input)$/, '.$1[mean]');
  // Σ_s ∂loss/∂y_s is the only factor that is a sum, as the loss already includes the reduction
  let upstream = graph.name(`factor(loss, ${at(start.name!)})`, graph.contract('bo->o', [perSample]));
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weighted, input, output } = layers[l];
    const where = ['network', 'layers', l];
    if (weighted === undefined) {
      fail({
        what: 'averagedFactors is defined for dense layers only',
        where,
        fix: message`Use ${setting(['training', 'gradient'], 'exact')}.`,
      });
    }
    const { sum, weight, bias, activation } = weighted;
    const isJoint = joint && l === layers.length - 1;
    if (!isJoint && sum !== output) {
      if (activation.map === undefined) {
        fail({
          what: `averagedFactors is not defined for ${activation.name}, whose outputs mix units`,
          where: inside(where, 'activation'),
          fix:
            l === layers.length - 1
              ? 'Use "gradient": "exact", or crossEntropy as the loss.'
              : 'Use "gradient": "exact", or another activation in the hidden layer.',
        });
      }
      const slopes = graph.map(mapOf(`${activation.name}'`, activation.map.partials[0], 2), [sum, output]);
      const slope = graph.name(`factor(layers.${l}.output[mean], layers.${l}.sum[mean])`, mean(slopes));
      upstream = graph.map(map('product', { f: (a, b) => mul(a, b) }), [upstream, slope]);
    }
    graph.name(`gradient(layers.${l}.sum[mean])`, upstream);
    const average = graph.name(`layers.${l}.input[mean]`, mean(input));
    const next = finish(weight, graph.contract('o,i->io', [upstream, average]));
    if (bias !== undefined) finish(bias, upstream);
    if (l > 0) {
      upstream = graph.contract('io,o->i', [next, upstream]);
      graph.name(`gradient(layers.${l - 1}.output[mean])`, upstream);
    }
  }
  return trained.map((parameter) => results.get(parameter)!);
}

/**
 * The graph of the loss of `batch` rows, without dropout and with the recipe's penalties. It has the nodes `loss` and the
 * output. If the recipe averages weights, it is the loss of the averages.
 */
export function lossGraph(net: Network, recipe: Pick<StepRecipe, 'loss' | 'l1' | 'l2' | 'ema'>, size: StepSize): Graph {
  const { batch, inputs } = size;
  const graph = new Graph();
  const count = graph.source('slot', stepAddresses.count, [], 1);
  const averaged = recipe.ema === undefined ? undefined : averageOf;
  const nodes = forward(graph, net, { batch, inputs, training: false, count, averaged });
  addLoss(graph, nodes, size, recipe);
  return graph;
}

/** The graph of the gradient norm of each layer: the L2 norm over the parameters of layer N is `gradientNorm(layers.N)`. */
export function layerNormsGraph(
  net: Network,
  recipe: Pick<StepRecipe, 'loss' | 'l1' | 'l2'>,
  size: StepSize,
): { graph: Graph; names: string[] } {
  const { batch, inputs } = size;
  const graph = new Graph();
  const count = graph.source('slot', stepAddresses.count, [], 1);
  const nodes = forward(graph, net, { batch, inputs, training: false, count });
  const { loss } = addLoss(graph, nodes, size, recipe);
  const trained = nodes.parameters.filter((parameter) => parameter.trained).map((parameter) => parameter.node);
  const byLayer = new Map<string, Node[]>();
  gradient(graph, loss, trained).forEach((g, i) => {
    const layer = /^layers\.\d+/.exec(trained[i].name!)![0];
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), g]);
  });
  const names = Array.from(byLayer, ([layer, gradients]) => addNorm(graph, gradients, `gradientNorm(${layer})`).name!);
  return { graph, names };
}

/** The graph of the outputs of `batch` rows, without dropout; its node is `output`. */
export function outputGraph(net: Network, { batch, inputs }: Omit<StepSize, 'outputs'>): Graph {
  const graph = new Graph();
  const count = graph.source('slot', stepAddresses.count, [], 1);
  graph.name(stepAddresses.output, forward(graph, net, { batch, inputs, training: false, count }).output);
  return graph;
}
