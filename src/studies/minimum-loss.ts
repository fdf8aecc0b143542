/**
 * The minimum loss that rows allow. In any network, rows with equal inputs get equal outputs, and outputs are in the range of the
 * last activation. So the minimum is that of a network with one free parameter for each output of each distinct row of inputs,
 * followed by the last activation.
 */
import { type Tensor, toRows } from '../base/tensor.ts';
import type { Activation } from '../core/ops/activations.ts';
import { type Feeds, sliceRows } from '../data/feeds.ts';
import { reference } from '../engines/reference/index.ts';
import { constant } from '../net/initializers.ts';
import { dense } from '../net/layers/dense.ts';
import type { Loss } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { lbfgs } from '../net/optimizers.ts';
import { setUp } from '../net/table-setup.ts';
import { assemble } from '../net/training.ts';
import { trainingLoop } from '../train/trainer.ts';

/** Groups of rows with equal inputs and equal named feeds: lists of rows, from 0, in the order of their first rows. */
export function equalRows({ shape: [rows, width], data }: Tensor, feeds: Feeds = new Map()): number[][] {
  const groups = new Map<string, number[]>();
  for (let r = 0; r < rows; r++) {
    const named = Array.from(feeds.values(), (feed) => sliceRows(feed, r, 1).data.join());
    const key = [data.subarray(r * width, (r + 1) * width).join(), ...named].join(';');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [r]);
    else group.push(r);
  }
  return [...groups.values()];
}

/** Iterations of the search. A loss with its minimum at infinity (a likelihood) is near 0 by then. */
const iterations = 300;

/** The number of groups in one search. Groups are independent, and a few at a time are faster. */
const together = 16;

/** The minimum loss, a weighted mean over rows, if the rows of each group get the same outputs; without penalties. */
export function minimumLoss(
  targets: Tensor,
  groups: readonly (readonly number[])[],
  last: LastLayer,
  weights?: Tensor,
): number {
  const all = toRows(targets);
  const weightOf = (row: number) => weights?.data[row] ?? 1;
  let total = 0;
  for (let start = 0; start < groups.length; start += together) {
    const part = groups.slice(start, start + together);
    const rows = part.flatMap((group, g) => group.map((row) => ({ g, target: all[row], weight: weightOf(row) })));
    const share = rows.reduce((sum, { weight }) => sum + weight, 0);
    if (share > 0) total += share * minimumOf(rows, part.length, last);
  }
  return total / all.reduce((sum, _, row) => sum + weightOf(row), 0);
}

interface LastLayer {
  readonly loss: Loss;
  readonly activation: Activation;
}

function minimumOf(
  rows: readonly { readonly g: number; readonly target: readonly number[]; readonly weight: number }[],
  groups: number,
  { loss, activation }: LastLayer,
): number {
  // Not 0: an activation such as relu has no slope there.
  const free = dense(rows[0].target.length, { activation, bias: false, initializer: constant({ value: 0.1 }) });
  const inputs = rows.map(({ g }) => Array.from({ length: groups }, (_, k) => (k === g ? 1 : 0)));
  const training = assemble({ loss, optimizer: lbfgs(), stop: { epochs: iterations } });
  const weighed = rows.some(({ weight }) => weight !== rows[0].weight);
  const data = {
    inputs,
    targets: rows.map(({ target }) => [...target]),
    ...(weighed && { weights: rows.map(({ weight }) => weight) }),
  };
  const setup = setUp(network([free]), data, training);
  const search = trainingLoop(reference, setup);
  for (;;) {
    const { value, done } = search.next();
    if (done) return value.loss.best;
  }
}
