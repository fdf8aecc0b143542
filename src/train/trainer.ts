/**
 * The training loop: epochs of batches through compiled programs, stop conditions, divergence, history. It yields and
 * does not know about time slices, files or terminals.
 */
import { permutation } from '../base/random.ts';
import { tensor } from '../base/tensor.ts';
import type { Engine, Numbers } from '../engines/engine.ts';
import { metricsOf } from '../net/metrics.ts';
import type { Parameters } from '../net/network.ts';
import type { Setup } from '../net/setup.ts';
import { History, type HistoryRow } from './history.ts';
import { compilePrograms, fillRows } from './programs.ts';

export type StopReason = 'epochs' | 'seconds' | 'loss' | 'patience' | 'gradientNorm' | 'aborted' | 'diverged';

export interface TrainingResult {
  readonly stop: { readonly reason: StopReason; readonly epoch: number; readonly seconds: number };
  readonly loss: { readonly first: number; readonly final: number; readonly best: number };
  /** The weights kept. */
  readonly parameters: Parameters;
  readonly history: readonly HistoryRow[];
  /** The epoch whose weights were kept, where that is not the last. */
  readonly kept?: { readonly epoch: number; readonly why: 'best' | 'diverged' };
}

const clock = () => performance.now() / 1000;

/** Copies of all weights at one time. */
class Weights {
  private readonly views: ReadonlyMap<string, Numbers>;
  private readonly held: ReadonlyMap<string, Numbers>;
  epoch = 0;

  constructor(views: ReadonlyMap<string, Numbers>) {
    this.views = views;
    this.held = new Map([...views].map(([name, view]) => [name, view.slice()]));
  }

  save(epoch: number): void {
    for (const [name, view] of this.views) this.held.get(name)!.set(view);
    this.epoch = epoch;
  }

  copy(other: Weights): void {
    for (const [name, numbers] of other.held) this.held.get(name)!.set(numbers);
    this.epoch = other.epoch;
  }

  restore(): void {
    for (const [name, view] of this.views) view.set(this.held.get(name)!);
  }
}

/**
 * Trains. Yields after every epoch that epoch's row of the history, and between the batches of one nothing, so that the
 * caller may take a break; what is sent back as `true` after an epoch aborts. Returns the result.
 */
export function* trainingLoop(
  engine: Engine,
  setup: Setup,
): Generator<HistoryRow | undefined, TrainingResult, boolean | undefined> {
  const { schedule, validation, measure } = setup;
  const programs = compilePrograms(engine, setup, validation);
  const rows = setup.inputs.shape[0];
  const views = new Map(
    [...setup.parameters].map(([name, { data }]) => {
      const view = programs.steps[0].program.view(name);
      view.set(data);
      return [name, view];
    }),
  );
  // a plan has only what it needs: few optimizers count, and where nothing is trained there is no rate and no norm
  const batches = programs.steps.map(({ size, program }) => ({
    size,
    run: () => program.run(),
    input: program.view('layers.0.input'),
    target: program.view('target'),
    loss: program.view('loss'),
    count: program.has('count') ? program.view('count') : undefined,
    norm: program.has('gradientNorm') ? program.view('gradientNorm') : undefined,
  }));
  const { learningRate } = setup.recipe.optimizer;

  const { stop } = schedule;
  const { epochs = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY, patience, minDelta = 0 } = stop;
  const whole = batches.length === 1 && batches[0].size === rows;
  // the loss of a full batch is that of the weights the epoch started with
  const scoresStart = validation === undefined && whole;
  const keepsBest = schedule.keep === 'best';
  const started = new Weights(views);
  // known to be good: an epoch that started with them had a finite loss
  const good = new Weights(views);
  const kept = new Weights(views);

  const history = new History();
  const first = programs.evaluate(setup, 'training').loss;
  let bestScore = Number.POSITIVE_INFINITY;
  let patient = Number.POSITIVE_INFINITY;
  let waited = 0;
  let best = Number.POSITIVE_INFINITY;
  let count = 0;
  let epoch = 0;
  let reason: StopReason | undefined = epochs === 0 ? 'epochs' : undefined;
  let last: HistoryRow | undefined;
  if (whole) {
    fillRows(batches[0].input, setup.inputs, 0, rows);
    fillRows(batches[0].target, setup.targets, 0, rows);
  }

  const begin = clock();
  let elapsed = 0;
  while (reason === undefined) {
    started.save(epoch);
    let sum = 0;
    let norm = 0;
    const order = setup.shuffle ? permutation(rows, setup.network.seed, 'shuffle', epoch) : undefined;
    for (let start = 0; start < rows; ) {
      if (start > 0) yield;
      const batch = rows - start >= batches[0].size ? batches[0] : batches[1];
      if (!whole || order !== undefined) {
        fillRows(batch.input, setup.inputs, start, batch.size, order);
        fillRows(batch.target, setup.targets, start, batch.size, order);
      }
      count += 1;
      if (batch.count !== undefined) batch.count[0] = count;
      batch.run();
      sum += batch.loss[0] * batch.size;
      if (batch.norm !== undefined && !(batch.norm[0] <= norm)) norm = batch.norm[0];
      start += batch.size;
    }
    epoch += 1;
    const loss = sum / rows;
    const validated = validation && programs.evaluate(validation, 'validation');
    elapsed = clock() - begin;
    last = {
      epoch,
      step: count,
      loss,
      validationLoss: validated?.loss,
      learningRate,
      gradientNorm: norm,
      seconds: elapsed,
      metrics: validated && metricsOf(measure, validated.outputs, validation!.targets),
    };
    history.add(last);
    if (loss < best) best = loss;
    if (Number.isFinite(loss)) good.copy(started);

    const score = validated?.loss ?? loss;
    if (keepsBest && score < bestScore) {
      bestScore = score;
      if (scoresStart) kept.copy(started);
      else kept.save(epoch);
    }
    if (score < patient - minDelta) {
      patient = score;
      waited = 0;
    } else waited += 1;

    const aborted = yield last;
    if (!Number.isFinite(loss)) reason = 'diverged';
    else if (aborted) reason = 'aborted';
    else if (stop.loss !== undefined && loss <= stop.loss) reason = 'loss';
    else if (stop.gradientNorm !== undefined && norm <= stop.gradientNorm) reason = 'gradientNorm';
    else if (patience !== undefined && waited >= patience) reason = 'patience';
    else if (epoch >= epochs) reason = 'epochs';
    else if (elapsed >= seconds) reason = 'seconds';
  }

  let final = programs.evaluate(setup, 'training').loss;
  // the last update of all may be the one that leaves the finite numbers
  if (!Number.isFinite(final)) reason = 'diverged';
  let keptEpoch: TrainingResult['kept'];
  if (reason === 'diverged') {
    good.restore();
    keptEpoch = { epoch: good.epoch, why: 'diverged' };
    final = programs.evaluate(setup, 'training').loss;
  } else if (keepsBest && epoch > 0 && kept.epoch < epoch && !(scoresStart && final <= bestScore)) {
    kept.restore();
    keptEpoch = { epoch: kept.epoch, why: 'best' };
    final = programs.evaluate(setup, 'training').loss;
  }
  if (final < best) best = final;
  if (last !== undefined) history.finish(last);
  return {
    stop: { reason, epoch, seconds: elapsed },
    loss: { first, final, best },
    parameters: new Map(
      [...views].map(([name, view]) => [name, tensor(setup.parameters.get(name)!.shape, Float64Array.from(view))]),
    ),
    history: history.rows,
    kept: keptEpoch,
  };
}
