/** Numbers inside a trained network, for one row: the outputs of its layers, and the gradient of an output in the inputs. */
import { fail } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { gradient } from '../core/gradient.ts';
import { slice } from '../core/ops/pieces.ts';
import { reference } from '../engines/reference/index.ts';
import { stepAddresses } from '../net/addresses.ts';
import { feedsOfLayers, type Network, type Parameters } from '../net/network.ts';
import { outputGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

interface Inspected {
  readonly network: Network;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: Parameters;
}

/** Runs a graph of one row on the reference engine, and returns the numbers at its nodes. */
function numbersAt(
  graph: ReturnType<typeof outputGraph>,
  names: readonly string[],
  row: Tensor,
  { parameters }: Inspected,
) {
  const [program] = reference.compile([
    compile(
      graph,
      names.map((name) => graph.get(name)),
    ),
  ]);
  for (const [name, { data }] of parameters) if (program.has(name)) program.view(name).set(data);
  program.view(stepAddresses.input).set(row.data);
  program.run();
  return names.map((name) => Array.from(program.view(name)));
}

/** The output of each layer for a row [1, inputs], in order; the last is the prediction. Dropout is off. */
export function layerOutputs(model: Inspected, row: Tensor): number[][] {
  checkNoFeeds(model.network, 'outputs');
  const graph = outputGraph(model.network, { batch: 1, inputs: model.inputs });
  const names = model.network.layers.map((_, index) => `layers.${index}.output`);
  return numbersAt(graph, names, row, model);
}

/**
 * The derivatives of output number `k` in each input, at a row [1, inputs], in the network's units. At a corner they are
 * those that training uses. Dropout is off. Throws an InputError for an output that does not exist, and if inputs are indices.
 */
export function inputGradient(model: Inspected, row: Tensor, k: number): number[] {
  const { network, inputs, outputs } = model;
  checkNoFeeds(network, 'gradient');
  if (!Number.isInteger(k) || k < 0 || k >= outputs) {
    fail({
      what: `there is no output ${k}`,
      where: 'gradient: output',
      fix: `Pass an output from 0 to ${outputs - 1}.`,
    });
  }
  if (network.layers[0].embeds !== undefined) {
    fail({
      what: 'inputs of this network are indices, in which its outputs have no derivative',
      where: 'gradient',
      fix: 'Use a network without an embedding.',
    });
  }
  const graph = outputGraph(network, { batch: 1, inputs });
  const output = graph.contract('bo->', [slice(graph, graph.get(stepAddresses.output), 1, k, k + 1)]);
  const [found] = gradient(graph, output, [graph.get(stepAddresses.input)], { unnamed: true });
  const name = 'gradient of the output';
  graph.name(name, found);
  return numbersAt(graph, [name], row, model)[0];
}

function checkNoFeeds(network: Network, where: string): void {
  const [feed] = feedsOfLayers(network);
  if (feed === undefined) return;
  fail({
    what: `the network reads the feed "${feed.name}" in addition to its inputs`,
    where,
    fix: 'Use a network whose layers read the inputs only.',
  });
}
