/**
 * A training as it goes to a worker and comes back: plain data. What computes (layers, loss, optimizer) goes as the
 * experiment file writes it, and is made anew there.
 */
import type * as z from 'zod/mini';
import { type Complaint, fail, InputError } from '../../base/errors.ts';
import { checkAgainst } from '../../net/complaint.ts';
import { describeNetwork } from '../../net/description.ts';
import { resolveNetwork, resolveRecipes } from '../../net/experiment.ts';
import { UnknownRecipe, written } from '../../net/form.ts';
import type { Network, Parameters } from '../../net/network.ts';
import { stepSizeOf } from '../../net/problem.ts';
import { builtIn } from '../../net/recipes.ts';
import { outputKind, type Setup } from '../../net/setup.ts';
import { type StepRecipe, trainingStep } from '../../net/step.ts';
import { watchOf } from '../../net/watch.ts';
import { compile } from '../../plan/plan.ts';
import type { HistoryRow } from '../history.ts';
import type { Trained } from '../train.ts';
import type { Snapshot } from '../trainer.ts';
import { orderForms, reportForms } from './message-schema.ts';

/** What a run calls on its way; the worker waits for the answer. */
export type Called = 'onStart' | 'onEpoch' | 'onCheckpoint';

/** To the worker: a training to be done, once, and what it is to call; that it is to end; what was answered to a call. */
export type Order =
  | { readonly train: Parcel; readonly resume?: Snapshot; readonly calls: readonly Called[] }
  | { readonly abort: true }
  | { readonly answer: unknown };

/** From the worker: that it listens; then progress and calls, and one of the last two. */
export type Report =
  | { readonly ready: true }
  | { readonly row: HistoryRow }
  | { readonly call: Called; readonly with: unknown }
  | { readonly trained: Omit<Trained, 'model'>; readonly parameters: Parameters }
  | { readonly complaint?: Complaint; readonly error: { readonly message: string; readonly stack?: string } };

const unread = 'Use the same version of chainrule in both threads, or leave "worker" out.';

/** A message by the key that only its kind has, checked. Throws an InputError where it is none. */
function checked(forms: Readonly<Record<string, z.ZodMiniType>>, message: unknown): unknown {
  const file = 'a message of the worker';
  const key = Object.keys(forms).find((name) => Object.hasOwn(Object(message), name));
  if (key === undefined) return fail({ what: 'it is of no known kind', where: file, fix: unread });
  checkAgainst(forms[key], message, { file, fix: unread });
  return message;
}

/** What came as an order. Throws an InputError where it is none. */
export const readOrder = (message: unknown): Order => checked(orderForms, message) as Order;

/** What came as a report of a training. Throws an InputError where it is none, or its weights are another network's. */
export function readReport(message: unknown, { parameters }: Pick<Setup, 'parameters'>): Report {
  const report = checked(reportForms, message) as Report;
  if (!('trained' in report)) return report;
  const shapes = (of: Parameters) => JSON.stringify(Array.from(of, ([name, { shape }]) => [name, shape]));
  if (shapes(report.parameters) === shapes(parameters)) return report;
  return fail({ what: 'its parameters are of another network', where: 'a message of the worker', fix: unread });
}

/** A setup as plain data. */
export interface Parcel extends Omit<Setup, 'network' | 'recipe' | 'watch' | 'json' | 'worked'> {
  readonly network: Pick<Network, 'inputs' | 'seed'> & { readonly layers: readonly object[] };
  readonly recipe: Omit<StepRecipe, 'loss' | 'optimizer'> & Readonly<Record<'loss' | 'optimizer', Written>>;
}
type Written = ReturnType<typeof written>;

const fix = 'Leave "worker" out, and it trains in this thread.';

/** Throws an InputError where something in the setup is the program's own, so that its name does not say what it is. */
export function pack(setup: Setup): Parcel {
  if ([setup, setup.validation, setup.test].some((part) => part?.stream !== undefined)) {
    fail({
      what: 'the table is larger than fits in memory as numbers, and its rows pass through this thread',
      where: 'training.worker',
      fix: 'Leave "worker" out: training reads rows in parts, and takes breaks between its slices.',
    });
  }
  const { network, recipe, watch: _, json: __, worked: ___, ...rest } = setup;
  const { layers } = describeNetwork(network, setup.inputs.shape[1]);
  const parcel: Parcel = {
    ...rest,
    network: { inputs: network.inputs, seed: network.seed, layers },
    // in the same order of keys: a checkpoint tells trainings apart by their text
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
      what: "a layer, the loss or the optimizer computes something else than chainrule's of that name, and only names are sent",
      where: 'training.worker',
      fix,
    });
  }
  return parcel;
}

/** What a parcel is made of again. */
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

/** All that a step computes, as text: formulas are data. */
function textOf(setup: Setup): string {
  const graph = trainingStep(setup.network, setup.recipe, stepSizeOf(setup, 2));
  const { steps, sources, updates } = compile(graph, 'all');
  return JSON.stringify([steps, sources, updates]);
}
