/**
 * L-BFGS as a loop: each epoch is one iteration. It computes a direction from the newest curvatures and searches along it
 * for a step that meets the strong Wolfe conditions. The engine computes the loss and the gradient; these files compute sums
 * over the parameters. The defaults and the first step are PyTorch 2's.
 */
import type { EpochLoop, EpochPosition, Numbers, Program, Saved } from '../../engines/engine.ts';
import { epochsAtOnce } from '../../engines/engine.ts';
import type { Pair } from './direction.ts';
import { type Evaluation, iterate, type LbfgsOptions, parameterVector } from './iteration.ts';

interface State {
  readonly pairs: readonly Pair[];
  /** The loss and the gradient at the parameters, once they are evaluated. */
  readonly at?: Evaluation;
  readonly evaluations: number;
  /** Neither the direction nor the gradient leads to a lower loss: rounding allows no further step. */
  readonly stuck: boolean;
}

interface SavedState extends Saved {
  readonly parameters: readonly Float64Array[];
  readonly state: State;
}

/** A loop over an inner loop whose step updates nothing: it evaluates the loss and the gradients of all rows. */
export function lbfgsLoop(
  inner: EpochLoop,
  step: Program,
  names: readonly string[],
  options: LbfgsOptions,
): EpochLoop<SavedState> {
  const parameters = parameterVector(step, names);
  let state: State = { pairs: [], evaluations: 0, stuck: false };
  let epoch = 0;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);

  const evaluate = (): Evaluation => {
    inner.run(1);
    state = { ...state, evaluations: state.evaluations + 1 };
    return { loss: inner.losses[0], norm: inner.norms[0], gradient: parameters.readGradient() };
  };
  /** Returns whether a step along the direction of these pairs lowers the loss. */
  const advance = (at: Evaluation, pairs: readonly Pair[]): boolean => {
    const reached = iterate(parameters, { at, pairs }, options, evaluate);
    state = { ...state, pairs, ...reached };
    return reached !== undefined;
  };
  const runEpoch = (at: Evaluation): void => {
    state = { ...state, at };
    if (state.stuck || !Number.isFinite(at.loss)) return;
    const { pairs } = state;
    // The curvatures may be outdated: without them, the direction is the gradient's.
    const isLower = advance(at, pairs) || (pairs.length > 0 && advance(at, []));
    if (!isLower) state = { ...state, pairs: [], stuck: true };
  };

  return {
    feeds: inner.feeds,
    losses,
    norms,
    get threads() {
      return inner.threads;
    },
    serving: () => inner.serving(),
    threadsLost: () => inner.threadsLost?.(),
    memory: inner.memory,
    epoch: () => epoch,
    position: () => 0,
    evaluations: () => state.evaluations,
    run(steps) {
      const count = Math.min(steps, epochsAtOnce);
      for (let e = 0; e < count; e++) {
        const at = state.at ?? evaluate();
        losses[e] = at.loss;
        norms[e] = at.norm;
        epoch += 1;
        runEpoch(at);
      }
      return count;
    },
    save: () => ({
      epoch,
      count: epoch,
      position: 0,
      total: 0,
      most: 0,
      parameters: parameters.views.map((view) => Float64Array.from(view)),
      state,
    }),
    restore(saved) {
      saved.parameters.forEach((numbers, i) => {
        parameters.views[i].set(numbers);
      });
      ({ epoch, state } = saved);
    },
    numbers: (saved) => numbersOf(names, saved),
    load: (position, numbers) => savedFrom(names, position, numbers),
    close: () => inner.close(),
  };
}

/** A saved state as named lists of numbers, as checkpoints hold it. */
function numbersOf(names: readonly string[], { parameters, state }: SavedState): Map<string, Numbers> {
  const { pairs, at, evaluations, stuck } = state;
  return new Map<string, Numbers>([
    ...names.map((name, i): [string, Numbers] => [name, parameters[i]]),
    ...pairs.flatMap(({ s, y }, i): [string, Numbers][] => [
      [`lbfgs.s.${i}`, s],
      [`lbfgs.y.${i}`, y],
    ]),
    ...(at ? [['lbfgs.gradient', at.gradient] as [string, Numbers]] : []),
    ['lbfgs.state', Float64Array.of(pairs.length, evaluations, Number(stuck), ...(at ? [at.loss, at.norm] : []))],
  ]);
}

function savedFrom(
  names: readonly string[],
  position: EpochPosition,
  numbers: ReadonlyMap<string, ArrayLike<number>>,
): SavedState {
  const [count, evaluations, stuck, loss, norm] = Array.from(numbers.get('lbfgs.state')!);
  const of = (name: string) => Float64Array.from(numbers.get(name)!);
  return {
    ...position,
    parameters: names.map(of),
    state: {
      pairs: Array.from({ length: count }, (_, i) => ({ s: of(`lbfgs.s.${i}`), y: of(`lbfgs.y.${i}`) })),
      at: loss === undefined ? undefined : { loss, norm, gradient: of('lbfgs.gradient') },
      evaluations,
      stuck: stuck === 1,
    },
  };
}
