/**
 * Checks the progress in a checkpoint: against its form, against the training that resumes it (such as the steps of an
 * epoch), and against the saved numbers. Training can restore a progress that passes, and it ends.
 */
import type { Same } from '../base/checks.ts';
import {
  anyNumber,
  atLeast0,
  fields,
  finite,
  list,
  optional,
  positiveWhole,
  type Read,
  type Reader,
  record,
  refuse,
  text,
  wholeNumber,
} from '../base/readers.ts';
import { size } from '../base/shape.ts';
import { show } from '../base/show.ts';
import { epochsAtOnce } from '../engines/engine.ts';
import { rowsIn, stepSizeOf } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { buildStep, layerNormsGraph } from '../net/step.ts';
import { historyLimit } from './history.ts';
import type { Progress, Snapshot } from './trainer.ts';

const place = fields({
  epoch: wholeNumber,
  count: wholeNumber,
  position: wholeNumber,
  total: anyNumber,
  most: anyNumber,
});
const moment = fields({ save: wholeNumber, epoch: wholeNumber });

export const readHistoryRow = fields({
  epoch: wholeNumber,
  step: wholeNumber,
  loss: anyNumber,
  validationLoss: optional(anyNumber),
  learningRate: anyNumber,
  gradientNorm: anyNumber,
  seconds: atLeast0,
  metrics: optional(record(anyNumber)),
});

const readRows = fields({ rows: list(readHistoryRow, 0, historyLimit), stride: positiveWhole, next: wholeNumber });

const readHistory: Reader<Read<typeof readRows>> = (value, path) => {
  const history = readRows(value, path);
  const { rows } = history;
  const at = rows.findIndex(({ epoch }, i) => epoch <= (rows[i - 1]?.epoch ?? 0));
  return at === -1 ? history : refuse('it is not after the row before', [...path, 'rows', at, 'epoch']);
};

/** The factor of a plateau's learning rate. */
const readScale: Reader<number> = (value, path) => {
  const scale = atLeast0(value, path);
  return scale > 0 && scale <= 1 ? scale : refuse(`${scale} is not above 0 and at most 1`, path);
};

export const readChange = fields({ epoch: wholeNumber, option: text, from: text, to: text });

export const readProgress = fields({
  // where training is, where its slice began, and two moments that it may return to
  places: list(place, 1, 4),
  now: wholeNumber,
  start: wholeNumber,
  good: moment,
  kept: moment,
  first: anyNumber,
  best: anyNumber,
  bestScore: anyNumber,
  patient: anyNumber,
  waited: wholeNumber,
  elapsed: atLeast0,
  watched: fields({ scale: readScale, best: anyNumber, waited: wholeNumber, cooling: atLeast0 }),
  history: readHistory,
  last: optional(readHistoryRow),
  unjudged: optional(fields({ loss: anyNumber, gradientNorm: anyNumber })),
  offset: optional(finite),
  changes: optional(list(readChange)),
  gradients: optional(fields({ rows: positiveWhole, epochs: list(wholeNumber), norms: record(list(anyNumber)) })),
});

const isSame: Same<Read<typeof readProgress>, Progress> = true;
void isSame;

/** What does not fit in a snapshot of a training of this setup; undefined if everything fits. */
export function snapshotFault({ progress, saves }: Snapshot, setup: Setup): string | undefined {
  return placesFault(progress, setup) ?? gradientsFault(progress, setup) ?? savesFault(saves, setup);
}

function placesFault(
  { places, now, start, good, kept, history, last, unjudged, offset = 0 }: Progress,
  setup: Setup,
): string | undefined {
  const rows = rowsIn(setup);
  const batch = setup.batchSize === 'full' ? rows : Math.min(setup.batchSize, rows);
  const steps = setup.recipe.optimizer.search === undefined ? Math.ceil(rows / batch) : 1;
  const wrong = places.findIndex(
    ({ epoch, count, position }) => position >= steps || count !== epoch * steps + position + offset,
  );
  if (wrong !== -1) return `places[${wrong}] is not a position in epochs of ${steps} steps`;
  for (const [name, index] of Object.entries({ now, start, 'good.save': good.save, 'kept.save': kept.save })) {
    if (index >= places.length) return `${name} is ${index}, and there are ${places.length} places`;
  }
  const { epoch, position } = places[now];
  if (unjudged !== undefined && (epoch === 0 || position > 0)) return 'it has an epoch to judge that did not end';
  // training returns to the start of a slice, and runs from there to the epoch
  const moments = { start: { save: start, epoch }, good, kept };
  for (const [name, { save, epoch: meant }] of Object.entries(moments)) {
    const from = places[save];
    const isWithin = from.epoch <= meant && meant <= epoch && meant - from.epoch <= epochsAtOnce;
    if (from.position !== 0 || !isWithin) return `${name} is not an epoch of a slice up to epoch ${epoch}`;
  }
  const newest = history.rows[history.rows.length - 1];
  if ((newest?.epoch ?? 0) > epoch || (last?.epoch ?? 0) > epoch) return `the history goes beyond epoch ${epoch}`;
  return undefined;
}

/** The probe continues its lists: for each layer with trained parameters, one norm an epoch. */
function gradientsFault({ gradients }: Progress, setup: Setup): string | undefined {
  if (gradients === undefined) return undefined;
  const { epochs, norms } = gradients;
  const { names } = layerNormsGraph(setup.network, setup.recipe, stepSizeOf(setup, 1));
  const wanted = names.map((name) => name.slice('gradientNorm('.length, -1));
  const found = Object.keys(norms);
  if (found.length !== wanted.length || !wanted.every((name) => Object.hasOwn(norms, name))) {
    return 'its gradient norms are of other layers';
  }
  return found.every((name) => norms[name].length === epochs.length)
    ? undefined
    : 'its gradient norms are not one for each epoch';
}

function savesFault(saves: Snapshot['saves'], setup: Setup): string | undefined {
  const { nodes, graph } = buildStep(setup.network, setup.recipe, stepSizeOf(setup, 1));
  const { search } = setup.recipe.optimizer;
  const shared = graph.nodes.filter(
    ({ op }) => op.kind === 'source' && (op.role === 'parameter' || op.role === 'state'),
  );
  const trained = nodes.parameters.flatMap(({ trained, node }) => (trained ? [node] : []));
  const wanted = new Map((search === undefined ? shared : trained).map(({ name, shape }) => [name!, size(shape)]));
  for (const [i, save] of saves.entries()) {
    const all = new Map(wanted);
    if (search !== undefined) {
      const added = searchNumbers(save.get('lbfgs.state'), search.historySize, [...wanted.values()]);
      if (typeof added === 'string') return `save ${i}: ${added}`;
      for (const [name, length] of added) all.set(name, length);
    }
    for (const [name, length] of all) {
      const found = save.get(name)?.length;
      if (found !== length) return `save ${i} has ${found ?? 'no'} numbers of ${name}, not ${length}`;
    }
    const other = [...save.keys()].find((name) => !all.has(name));
    if (other !== undefined) return `save ${i} has numbers of ${show(other)}, which the training does not`;
  }
  return undefined;
}

/** The numbers that a search keeps: its state says how many pairs there are, and whether there is a gradient. */
function searchNumbers(
  state: ArrayLike<number> | undefined,
  maxPairs: number,
  sizes: readonly number[],
): Map<string, number> | string {
  if (state === undefined || (state.length !== 3 && state.length !== 5)) return 'the state of the search is missing';
  const [pairs, evaluations, stuck] = Array.from(state);
  const isWhole = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!isWhole(pairs) || pairs > maxPairs || !isWhole(evaluations) || (stuck !== 0 && stuck !== 1)) {
    return 'the state of the search is invalid';
  }
  const length = sizes.reduce((a, b) => a + b, 0);
  const names = Array.from({ length: pairs }, (_, i) => [`lbfgs.s.${i}`, `lbfgs.y.${i}`]).flat();
  if (state.length === 5) names.push('lbfgs.gradient');
  return new Map([...names.map((name) => [name, length] as const), ['lbfgs.state', state.length]]);
}
