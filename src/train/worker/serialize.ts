/**
 * The messages between a training worker and the thread that started it, as plain data. Layers, losses and optimizers are
 * sent in the form of the experiment file, and the worker makes them again.
 */
import { type Complaint, fail, InputError } from '../../base/errors.ts';
import type { Reader } from '../../base/readers.ts';
import type { Precision } from '../../formats/safetensors.ts';
import { describeNetwork } from '../../net/describe-model.ts';
import { inFile } from '../../net/in-file.ts';
import type { Network, Parameters } from '../../net/network.ts';
import { stepSizeOf } from '../../net/problem.ts';
import { UnknownRecipe, written } from '../../net/recipe-json.ts';
import { builtIn } from '../../net/recipes.ts';
import { resolveNetwork, resolveRecipes } from '../../net/resolve.ts';
import { outputKind, type Setup } from '../../net/rows-setup.ts';
import { type StepRecipe, trainingStep } from '../../net/step.ts';
import { watchOf } from '../../net/watch.ts';
import { compile } from '../../plan/plan.ts';
import type { HistoryRow } from '../history.ts';
import type { Trained } from '../train.ts';
import type { Snapshot } from '../trainer.ts';
import { orderForms, reportForms } from './messages.ts';

/** The callbacks of a run; the worker waits for their return values. */
export type Called = 'onStart' | 'onEpoch' | 'onCheckpoint';

/** To the worker: the training and its callbacks, once, perhaps with a snapshot to resume or a checkpoint to continue from; the order to abort, or to send an epoch's weights; the return value of a callback. */
export type Order =
  | {
      readonly train: Parcel;
      readonly resume?: Snapshot;
      readonly from?: Uint8Array;
      readonly calls: readonly Called[];
    }
  | { readonly abort: true }
  | { readonly weights: true }
  | { readonly answer: unknown };

/** From the worker: that it is ready; then progress and callbacks; at the end, the result or an error. */
export type Report =
  | { readonly ready: true }
  | { readonly row: HistoryRow }
  | { readonly call: Called; readonly with: unknown }
  | { readonly weights: Parameters; readonly precision: Precision }
  | { readonly trained: Omit<Trained, 'model'>; readonly parameters: Parameters }
  | { readonly complaint?: Complaint; readonly error: { readonly message: string; readonly stack?: string } };

const unread = 'Use the same version of chainrule in both threads, or leave "worker" out.';

/** Checks a message by the key that only its kind has. Throws an InputError if it does not fit. */
function checked(forms: Readonly<Record<string, Reader<unknown>>>, message: unknown): unknown {
  const file = 'a message of the worker';
  const key = Object.keys(forms).find((name) => Object.hasOwn(Object(message), name));
  if (key === undefined) return fail({ what: 'the kind of the message is unknown', where: file, fix: unread });
  inFile({ file, fix: unread }, () => forms[key](message, []));
  return message;
}

/** Checks an order. Throws an InputError if it is not one. */
export const readOrder = (message: unknown): Order => checked(orderForms, message) as Order;

/** Checks a report of a training. Throws an InputError if it is not one, or if its weights are of another network. */
export function readReport(message: unknown, { parameters }: Pick<Setup, 'parameters'>): Report {
  const report = checked(reportForms, message) as Report;
  const sent = 'trained' in report ? report.parameters : 'weights' in report ? report.weights : undefined;
  if (sent === undefined) return report;
  const shapes = (of: Parameters) => JSON.stringify(Array.from(of, ([name, { shape }]) => [name, shape]));
  if (shapes(sent) === shapes(parameters)) return report;
  return fail({ what: 'its parameters are of another network', where: 'a message of the worker', fix: unread });
}

/** A setup as plain data. What only tables need stays in the thread that started the worker. */
export interface Parcel extends Omit<Setup, 'network' | 'recipe' | 'watch' | 'json' | 'worked' | 'prepared'> {
  readonly network: Pick<Network, 'inputs' | 'seed'> & { readonly layers: readonly object[] };
  readonly recipe: Omit<StepRecipe, 'loss' | 'optimizer'> & Readonly<Record<'loss' | 'optimizer', Written>>;
}
type Written = ReturnType<typeof written>;

const fix = 'Leave "worker" out to train in this thread.';

/** Throws an InputError if something in the setup is your own, so that its name alone does not define it. */
export function pack(setup: Setup): Parcel {
  if ([setup, setup.validation, setup.test].some((part) => part?.stream !== undefined)) {
    fail({
      what: 'the table does not fit in memory as numbers, so that this thread has to read its rows',
      where: 'training.worker',
      fix: 'Leave "worker" out: training reads the rows in parts, and takes breaks between slices.',
    });
  }
  const [own] = setup.measure.own ?? [];
  if (own !== undefined) {
    fail({
      what: `the metric "${own.name}" is your own, and a worker gets no functions`,
      where: ['training', 'metrics'],
      fix: 'Leave "worker" out, or measure it with model.evaluate(data, { metrics }).',
    });
  }
  const { network, recipe, watch: _, json: __, worked: ___, prepared: ____, measure, ...rest } = setup;
  const { layers } = describeNetwork(network, setup.inputs.shape[1]);
  const parcel: Parcel = {
    ...rest,
    measure: { ...measure, ...(measure.units && { units: { target: measure.units.target } }) },
    network: { inputs: network.inputs, seed: network.seed, layers },
    // in the same order of keys: checkpoints compare trainings by their text
    recipe: { ...recipe, loss: written(recipe.loss), optimizer: written(recipe.optimizer) },
  };
  let again: Setup;
  try {
    again = unpack(parcel);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const what =
      error instanceof UnknownRecipe
        ? `the ${error.kind} "${error.recipe}" is your own, and a worker has only chainrule's recipes`
        : `it cannot be sent to a worker: ${error.what}`;
    return fail({ what, where: error.where, fix });
  }
  if (textOf(again) !== textOf(setup)) {
    fail({
      what: "a layer, the loss or the optimizer differs from chainrule's own of that name, and a worker gets names only",
      where: 'training.worker',
      fix,
    });
  }
  return parcel;
}

/** Makes a setup from its plain data. */
export function unpack({ network: { layers, inputs, seed }, recipe, ...rest }: Parcel): Setup {
  const made = resolveNetwork({ inputs, layers }, seed, builtIn);
  const { loss, optimizer } = resolveRecipes(recipe, builtIn);
  const { schedule, measure, validation } = rest;
  return {
    ...rest,
    network: made,
    watch: watchOf(schedule.stop.watch, { measure, kind: outputKind(made, loss), validation }),
    recipe: { ...recipe, loss, optimizer },
  };
}

/** Everything that a step computes, as text; formulas are data. */
function textOf(setup: Setup): string {
  const graph = trainingStep(setup.network, setup.recipe, stepSizeOf(setup, 2));
  const { steps, sources, updates } = compile(graph, 'all');
  return JSON.stringify([steps, sources, updates]);
}
