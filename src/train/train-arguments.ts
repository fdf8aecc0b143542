/** The arguments of `train`: a setup, or a network with data and options. */
import { anObject } from '../base/arguments.ts';
import { codeNotation, fileNotation, type Notation } from '../base/reference.ts';
import { aModel } from '../model/model.ts';
import type { Network } from '../net/network.ts';
import { aSetup, type Setup, setUpRows } from '../net/rows-setup.ts';
import { assemble, type TrainingOptions } from '../net/training.ts';
import { checkTrainingOptions } from '../net/training-options.ts';
import { checkArguments, isSetup } from './arguments.ts';
import type { RunOptions } from './run.ts';
import { collected, type TrainingData } from './sources.ts';
import { startFrom } from './warm-start.ts';

export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** The names of the options of a run, for the error of a misspelled one. */
const runOptionNames: readonly (keyof RunOptions)[] = [
  'signal',
  'onCheckpoint',
  'resume',
  'onStart',
  'onEpoch',
  'onPause',
  'probe',
  'from',
  'worker',
];

/** The arguments of `train`, not yet checked: an invalid one rejects the run. */
export function argumentsOf(
  what: Setup | Network,
  data?: TrainingData | RunOptions,
  options?: TrainingOptions & RunOptions,
): { readonly makeSetup: () => Promise<Setup>; readonly run: RunOptions; readonly notation: Notation } {
  if (isSetup(what)) {
    const makeSetup = async () => {
      aSetup(what, 'setup');
      if (data !== undefined) anObject(data, 'options');
      const { from } = Object(data ?? {}) as RunOptions;
      if (from === undefined || isBytes(from)) return what as Setup;
      aModel(from, 'options.from');
      return startFrom(what as Setup, from.parameters, 'options.from');
    };
    return { makeSetup, run: Object(data ?? {}) as RunOptions, notation: fileNotation };
  }
  const { signal, onCheckpoint, resume, onStart, onEpoch, onPause, probe, from, worker, ...training } =
    options ?? ({} as TrainingOptions & RunOptions);
  const makeSetup = async () => {
    await checkTrainingOptions(options === undefined ? (undefined as never) : training, runOptionNames);
    checkArguments(what, data, 'train');
    const { network, assembled } = { network: what as Network, assembled: assemble(training) };
    const all = await collected(data as TrainingData, network, assembled.recipe.loss);
    const model = isBytes(from) ? undefined : from;
    if (model !== undefined) aModel(model, 'from');
    const setUp = 'table' in all ? (await import('../net/table-setup.ts')).setUp : setUpRows;
    if (model === undefined) return setUp(network, all as never, assembled);
    const known = 'table' in all && model.encoding !== undefined ? { ...all, encoding: model.encoding } : all;
    return startFrom(setUp(network, known as never, assembled), model.parameters, 'training.from');
  };
  return {
    makeSetup,
    run: { signal, onCheckpoint, resume, onStart, onEpoch, onPause, probe, from, worker },
    notation: codeNotation,
  };
}
