/**
 * The probe: the norm of the gradient in each layer, at the end of some epochs, over a fixed sample of training rows. A
 * separate program computes it from copies of the weights, so that training has the same bits with and without a probe.
 */
import { sample } from '../base/random.ts';
import type { Numbers, Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { compileQuickly } from '../model/quick-engine.ts';
import { eachFed, rowsAt, rowsIn, stepSizeOf } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { layerNormsGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';

/** Gradient norms by layer, without dropout and with penalties in the loss. */
export interface LayerGradients {
  /** The number of training rows; a sample that the seed decides if it is not all of them. */
  readonly rows: number;
  /** Epochs that had ended; 0 is before training. */
  readonly epochs: readonly number[];
  /** For each layer (`layers.0`), one norm for each of `epochs`. */
  readonly norms: Readonly<Record<string, readonly number[]>>;
}

export interface Probe {
  readonly found: LayerGradients;
  /** The next epoch after the given one at which to measure. */
  after(epoch: number): number;
  measure(epoch: number, parameters: ReadonlyMap<string, Numbers>): void;
  /** Continues the lists of an interrupted training. */
  resume(found: LayerGradients | undefined): void;
}

const maxRows = 256;
const minRows = 16;
const maxMeasurements = 100;
/** The probe measures fewer rows before it measures less often than this. */
const usualMeasurements = 40;
/** The share of the training's work that the probe may take; in a small training, this many multiplications. */
const share = 0.02;
const little = 2e7;
/** Below this many multiplications, the reference engine is faster than compiling a module. */
const littleWork = 2e6;
/** If the number of epochs is unknown, the epoch of each measurement is this many times the one before. */
const growth = 1.1;

/** The rows and epochs to measure; undefined if that would take too large a share of the training. */
function plan(
  setup: Setup,
  parameters: number,
): { rows: number; measurements: number; after: Probe['after'] } | undefined {
  const { schedule } = setup;
  const n = rowsIn(setup);
  const { epochs } = schedule.stop;
  if (epochs === undefined) {
    const rows = Math.min(maxRows, n, Math.max(minRows, Math.floor(share * n)));
    return { rows, measurements: maxMeasurements, after: growing };
  }
  const budget = Math.max(share * epochs * n, little / parameters);
  const rows = Math.min(maxRows, n, Math.max(minRows, Math.floor(budget / usualMeasurements)));
  const measurements = Math.min(maxMeasurements, epochs, Math.floor(budget / rows));
  if (measurements < 1) return undefined;
  const stride = Math.ceil(epochs / measurements);
  return { rows, measurements: measurements, after: (epoch) => (Math.floor(epoch / stride) + 1) * stride };
}

/** 1, 2, 3, …, 10, 11, 13, 15, … */
function growing(epoch: number): number {
  let next = 1;
  while (next <= epoch) next = Math.max(next + 1, Math.floor(next * growth));
  return next;
}

/** A probe for a training; undefined if it would take more than a fiftieth of the training's work. */
export function makeProbe(setup: Setup): Probe | undefined {
  const { network, recipe } = setup;
  const parameters = [...setup.parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
  const planned = plan(setup, parameters);
  if (planned === undefined) return undefined;
  const { rows, measurements, after } = planned;
  const drawn = rowsAt(setup, sample(rowsIn(setup), rows, network.seed));
  const { graph, names } = layerNormsGraph(network, recipe, stepSizeOf(drawn));
  if (names.length === 0) return undefined;
  const layers = names.map((name) => name.slice('gradientNorm('.length, -1));
  let program: Program | undefined;
  let found: LayerGradients = { rows, epochs: [], norms: Object.fromEntries(layers.map((layer) => [layer, []])) };

  const start = () => {
    const isLittle = 3 * measurements * rows * parameters < littleWork;
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
    measure(epoch, weights) {
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
