/**
 * The lines of the backward pass under the exact rule: layer by layer from the last, the gradient with respect to the
 * output, each quantity that the layer declares, and its parameters.
 */
import type { Node } from '../../core/graph.ts';
import { leaf } from '../expression.ts';
import { writeQuantity } from '../quantity.ts';
import { type ChainRule, derivative } from './chain-rule.ts';
import { writeLayerUpdate } from './updates.ts';
import type { Emission, LineWriter } from './writer.ts';

export function writeBackward(writer: LineWriter, rule: ChainRule): void {
  const { trace, shown } = writer;
  for (let layer = trace.nodes.layers.length - 1; layer >= 0; layer--) {
    if (!shown.hasLayer(layer)) continue;
    writeLayer(writer, rule, layer);
    if (trace.problem.recipe.update === 'sequential') writeLayerUpdate(writer, layer);
  }
}

function writeLayer(writer: LineWriter, rule: ChainRule, layer: number): void {
  const { output } = writer.trace.nodes.layers[layer];
  const heading = `Backward pass: ${writer.layerTitle(layer)}`;
  const emission: Emission = { phase: 'backward', heading, layer };
  const joint = jointSum(writer, layer);
  /** For each gradient, the node that it was written for. */
  const written = new Map<Node, Node>();
  const write = (gradient: Node | undefined, node: Node, perSample: boolean) => {
    if (gradient === undefined || written.get(gradient) === node) return;
    const isJoint = node === joint;
    const isShared = written.has(gradient);
    if (!isShared) written.set(gradient, node);
    const how: Emission = {
      ...emission,
      as: isShared ? sharedGradient(writer, node) : undefined,
      rule: isJoint ? undefined : (index) => rule.of(node, index),
      note: isJoint ? jointNote(writer, layer) : node === output ? updatedNote(writer, layer) : undefined,
    };
    if (perSample) writer.emitSamples(gradient, how);
    else writer.emit(gradient, how);
  };

  const ofOutput = writer.gradientOf(`layers.${layer}.output`, `layers.${layer + 1}.input`);
  if (joint === undefined || ofOutput !== writer.gradientOf(joint.name!)) write(ofOutput, output, true);
  for (const { node, perSample } of writer.computed(layer).toReversed()) {
    const gradient = writer.gradientOf(node.name!);
    const factor = writer.find(`factor(layers.${layer}.output, ${node.name})`);
    if (gradient !== undefined && node !== output && node !== joint) writer.emitSamples(factor, emission);
    write(gradient, node, perSample);
  }
  for (const node of writer.parameters(layer)) write(writer.gradientOf(node.name!), node, false);
}

/** A gradient that passes unchanged, as through a sum, is one node of the graph, and a line for each of its two names. */
function sharedGradient({ naming, trace }: LineWriter, node: Node): Emission['as'] {
  const perSample = naming.perSample(node);
  return (scalar) => {
    const [first, ...rest] = scalar.index;
    const inFile = perSample ? [trace.batch.rows[first], ...rest] : scalar.index;
    return {
      variable: derivative(naming.ofName('loss', []), naming.ofName(node.name!, scalar.index)),
      quantity: writeQuantity(`gradient(${node.name})`, inFile),
      expression: leaf(naming.of(scalar)!, scalar.value, scalar),
    };
  };
}

/** The sum whose gradient a joint loss computes, without the activation. */
function jointSum({ trace }: LineWriter, layer: number): Node | undefined {
  const { nodes, problem } = trace;
  const last = nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
  return problem.recipe.loss.joint && layer === last ? nodes.layers[layer].weighted!.sum : undefined;
}

function jointNote({ trace }: LineWriter, layer: number): string {
  const { activation } = trace.nodes.layers[layer].weighted!;
  return `${trace.problem.recipe.loss.name} and ${activation.name} are differentiated together, as one factor`;
}

/** Under sequential updates the layer above has its new weights when the gradient goes through it. */
function updatedNote({ trace }: LineWriter, layer: number): string | undefined {
  const following = trace.nodes.layers[layer + 1];
  if (trace.problem.recipe.update !== 'sequential' || following === undefined) return undefined;
  return following.weighted === undefined ? undefined : 'with the weights after their update';
}
