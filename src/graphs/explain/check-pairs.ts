/** The gradients of a pair step, compared with central differences of its loss. */
import { type Check, checkGraph } from '../../explain/check.ts';
import { PairAddresses } from './pair-addresses.ts';
import { pairGraph } from './pair-graph.ts';
import type { PairStep } from './pair-step.ts';

/** Compares at most `limit` of the gradients, drawn at random where there are more. */
export function checkPairs(step: PairStep, { limit = 2000 }: { readonly limit?: number } = {}): Check {
  // as it is written, the loss has no corner at z = 0, where all vectors of untrained contexts are
  const { graph, centre, context, rows, given } = pairGraph(step);
  const addresses = new PairAddresses(step, rows);
  return checkGraph({
    graph,
    trained: [centre, context],
    fill: (set) => {
      for (const [name, data] of given) set(name, { data });
    },
    limit,
    seed: 1,
    quantity: ({ name }, index) => addresses.address(name!, index),
  });
}
