/**
 * What would have prevented a divergence: a lower learning rate, or clipping, tried on a few batches of the training rows. The
 * trials run on the reference engine from the initial weights; their length depends on the size of the training alone, so that
 * the same training gives the same advice.
 */
import { reference } from '../engines/reference/index.ts';
import { countParameters } from '../net/network.ts';
import { rowsAt, rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { trainingLoop } from './trainer.ts';

/** Changes of a setup that do not diverge on the rows of the trial. */
export interface Remedy {
  /** The highest of the rate's tenth, hundredth and so on that works. */
  readonly learningRate?: number;
  /** Whether clipping to the norm 1 works with the same rate. */
  readonly clips: boolean;
}

/** Batches of a trial, and the minimum and maximum of its epochs. */
const maxBatches = 8;
const [minEpochs, maxEpochs] = [20, 2000];
/** Multiplications of a trial: about 0.1 s. */
const maxWork = 1e7;
/** The rate is divided by 10 up to this often. */
const tenths = 6;

/** `epochs`: those after which training diverged. */
export function remedyOf(setup: Setup, epochs: number): Remedy {
  const { optimizer, clipNorm } = setup.recipe;
  if (optimizer.search !== undefined) return { clips: false };
  const trial = trialOf(setup, epochs);
  const { learningRate: own } = optimizer;
  let learningRate: number | undefined;
  for (let k = 1; k <= tenths && learningRate === undefined; k++) {
    const rate = Number((own / 10 ** k).toPrecision(3));
    if (rate > 0 && works(withRecipe(trial, { optimizer: { ...optimizer, learningRate: rate } }))) learningRate = rate;
  }
  return { learningRate, clips: clipNorm === undefined && works(withRecipe(trial, { clipNorm: 1 })) };
}

const withRecipe = (setup: Setup, change: Partial<Setup['recipe']>): Setup => ({
  ...setup,
  recipe: { ...setup.recipe, ...change },
});

/** The same training on its first batches, without anything that observes it. */
function trialOf(setup: Setup, epochs: number): Setup {
  const rows = rowsIn(setup);
  const batch = setup.batchSize === 'full' ? rows : Math.min(setup.batchSize, rows);
  const perRow = 6 * countParameters(setup.network, setup.inputs.shape[1]);
  // a full batch keeps as many rows as there is time for
  const affordable = Math.max(1, Math.floor(maxWork / (minEpochs * perRow)));
  const count = Math.min(
    rows,
    Math.max(setup.batchSize === 'full' ? affordable : 0, Math.min(maxBatches * batch, affordable)),
  );
  const kept = Uint32Array.from({ length: count }, (_, row) => row);
  const wanted = Math.min(maxEpochs, Math.max(minEpochs, 2 * epochs), Math.floor(maxWork / (perRow * count)));
  const { schedule, recipe } = setup;
  return {
    ...setup,
    stream: undefined,
    weights: undefined,
    ...rowsAt(setup, kept),
    validation: undefined,
    test: undefined,
    schedule: { ...schedule, stop: { epochs: Math.max(2, wanted) }, keep: 'last', checkpoint: false },
    recipe: { ...recipe, span: { ...recipe.span, stepsPerEpoch: Math.ceil(count / Math.min(batch, count)) } },
  };
}

/** Whether a training ends with a loss that is no higher than at its start. */
function works(setup: Setup): boolean {
  const loop = trainingLoop(reference, setup);
  for (;;) {
    const { value, done } = loop.next();
    if (done) return value.stop.reason !== 'diverged' && value.loss.final <= value.loss.first;
  }
}
