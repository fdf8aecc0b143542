/**
 * The probe: how long the gradient in each layer is, at the end of some epochs, on a few training rows that stay the same.
 * A program of its own computes it from copies of the weights, so that training has the same bits with it and without.
 */
import { sample } from '../base/random.ts';
import type { Numbers, Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { compileQuickly } from '../model/engine-choice.ts';
import { eachFed, rowsAt, rowsIn, stepSizeOf } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { layerNormsGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

/** Norms by layer; dropout off, penalties in the loss. */
export interface LayerGradients {
  /** Of the training part, drawn by the seed where they are not all. */
  readonly rows: number;
  /** Finished epochs: 0 is before the first. */
  readonly epochs: readonly number[];
  /** By layer (`layers.0`), one norm an epoch. */
  readonly norms: Readonly<Record<string, readonly number[]>>;
}

export interface Probe {
  readonly found: LayerGradients;
  /** The first epoch after the given one that is looked at. */
  after(epoch: number): number;
  look(epoch: number, parameters: ReadonlyMap<string, Numbers>): void;
  /** Goes on from what an interrupted training found. */
  resume(found: LayerGradients | undefined): void;
}

const mostRows = 256;
const fewestRows = 16;
const mostLooks = 100;
/** Rows are given up first for so many. */
const usualLooks = 40;
/** The probe may take so much of the training's work, or in a small training so many multiplications. */
const share = 0.02;
const little = 2e7;
/** Multiplications of all looks below which the reference is done before a module would be compiled. */
const littleWork = 2e6;
/** Where nobody knows how long training is: each look is so much later than the last. */
const growth = 1.1;

/** Rows and epochs that are looked at; undefined where that would take too much of a training. */
function plan(setup: Setup, parameters: number): { rows: number; looks: number; after: Probe['after'] } | undefined {
  const { schedule } = setup;
  const n = rowsIn(setup);
  const { epochs } = schedule.stop;
  if (epochs === undefined) {
    const rows = Math.min(mostRows, n, Math.max(fewestRows, Math.floor(share * n)));
    return { rows, looks: mostLooks, after: growing };
  }
  const budget = Math.max(share * epochs * n, little / parameters);
  const rows = Math.min(mostRows, n, Math.max(fewestRows, Math.floor(budget / usualLooks)));
  const looks = Math.min(mostLooks, epochs, Math.floor(budget / rows));
  if (looks < 1) return undefined;
  const stride = Math.ceil(epochs / looks);
  return { rows, looks, after: (epoch) => (Math.floor(epoch / stride) + 1) * stride };
}

/** 1, 2, 3, …, 10, 11, 13, 15, … */
function growing(epoch: number): number {
  let next = 1;
  while (next <= epoch) next = Math.max(next + 1, Math.floor(next * growth));
  return next;
}

/** Throws nothing; undefined where it would take more than a fiftieth of a training. */
export function makeProbe(setup: Setup): Probe | undefined {
  const { network, recipe } = setup;
  const parameters = [...setup.parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
  const planned = plan(setup, parameters);
  if (planned === undefined) return undefined;
  const { rows, looks, after } = planned;
  const drawn = rowsAt(setup, sample(rowsIn(setup), rows, network.seed));
  const { graph, names } = layerNormsGraph(network, recipe, stepSizeOf(drawn));
  if (names.length === 0) return undefined;
  const layers = names.map((name) => name.slice('gradientNorm('.length, -1));
  let program: Program | undefined;
  let found: LayerGradients = { rows, epochs: [], norms: Object.fromEntries(layers.map((layer) => [layer, []])) };

  const start = () => {
    const isLittle = 3 * looks * rows * parameters < littleWork;
    const plans = [
      compile(
        graph,
        names.map((name) => graph.get(name)),
      ),
    ];
    const [made] = isLittle ? reference.compile(plans) : compileQuickly(plans);
    eachFed(drawn, (address, { data }) => made.view(address).set(data));
    return made;
  };

  return {
    get found() {
      return found;
    },
    after,
    look(epoch, weights) {
      program ??= start();
      for (const [name, numbers] of weights) if (program.has(name)) program.view(name).set(numbers);
      program.run();
      const now = names.map((name) => program!.view(name)[0]);
      found = {
        rows,
        epochs: [...found.epochs, epoch],
        norms: Object.fromEntries(layers.map((layer, i) => [layer, [...found.norms[layer], now[i]]])),
      };
    },
    resume(before) {
      found = before ?? found;
    },
  };
}
