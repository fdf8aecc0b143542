/** The end of a training: the model of its weights, what it measures on each split, and the cause of a failure. */
import type { EngineReport } from '../model/engine-choice.ts';
import { type Evaluated, Model } from '../model/model.ts';
import type { Parameters } from '../net/network.ts';
import type { Dataset } from '../net/problem.ts';
import type { Setup } from '../net/rows-setup.ts';
import { sampleNotes, sampleOf } from './aborted.ts';
import { hasLearned, minEpochs } from './loss-of-constants.ts';
import type { PartResult, Trained } from './run.ts';
import type { TrainingResult } from './trainer.ts';

/** The model with the final weights of a training. */
export function modelOf(setup: Setup, parameters: Parameters, { precision }: Pick<EngineReport, 'precision'>): Model {
  const { network, inputs, recipe, prepared } = setup;
  return new Model({
    network,
    inputs: inputs.shape[1],
    parameters,
    precision,
    loss: recipe.loss,
    optimizer: recipe.optimizer,
    encoding: prepared?.encoding,
    setup,
  });
}

/** A warning about a training that has learned nothing. What looks for its cause is loaded only then. */
export async function hopelessWarningOf(setup: Setup, result: TrainingResult): Promise<string | undefined> {
  const { stop, loss } = result;
  if (stop.reason === 'diverged' || stop.epoch < minEpochs || hasLearned(setup, loss.final)) return undefined;
  const { hopelessWarning } = await import('./hopeless.ts');
  return hopelessWarning(setup, result);
}

/** The likely cause of a divergence. What looks for it is loaded only then. */
async function causeOf(setup: Setup, { stop, history }: TrainingResult): Promise<Trained['stop']> {
  if (stop.reason !== 'diverged') return stop;
  const { divergenceCause } = await import('./diverge.ts');
  return { ...stop, cause: divergenceCause(setup, history) };
}

/** Measures the kept weights: an aborted run on a sample of the rows, if all of them would take long. */
export async function finish(
  setup: Setup,
  result: TrainingResult,
  engine: EngineReport,
  isAborted = false,
): Promise<Trained> {
  const began = performance.now();
  const { validation, test } = setup;
  const { own } = setup.measure;
  const model = modelOf(setup, result.parameters, engine);
  const some = (data: Dataset) => (isAborted ? sampleOf(data, setup) : data);
  const evaluate = (data: Dataset | undefined) => data && model.evaluateTensors(some(data), { own });
  const parts = { validation: evaluate(validation), test: evaluate(test) };
  const shown = ({ loss, metrics }: Evaluated): PartResult => ({ loss, ...metrics });
  const training = model.evaluateTensors(some(setup), { own });
  const part = parts.test ? 'test' : parts.validation ? 'validation' : 'training';
  const { confusion } = { training, ...parts }[part] ?? training;
  return {
    model,
    stop: await causeOf(setup, result),
    loss: result.loss,
    metrics: training.metrics,
    ...(parts.validation && { validation: shown(parts.validation) }),
    ...(parts.test && { test: shown(parts.test) }),
    confusion: confusion && { part, matrix: confusion },
    engine,
    history: result.history,
    kept: result.kept,
    seconds: { compiling: 0, evaluating: (performance.now() - began) / 1000 },
    notes: isAborted ? [...setup.notes, ...sampleNotes(setup)] : setup.notes,
    warnings: setup.warnings,
  };
}
