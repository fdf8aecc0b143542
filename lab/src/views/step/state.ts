/** The state of the step view: where the walk is, what is selected, and what the buttons do. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import type { Lab } from '../../state/lab.ts';
import { createChanges } from './changes.ts';
import { canStartFrom, type Editable, editableOf, typedOver, withRule } from './editing.ts';
import { examples, type PrintedNumber } from './examples.ts';
import { createExplainer, type Explainer } from './explainer.ts';
import { idUnder } from './parts.ts';
import { createPrinted, fingerprint } from './printed.ts';
import type { LineData, NumberData, Rule } from './protocol.ts';
import { keyOfSample, lineOfSample, neighborOf } from './samples.ts';
import { readSettings, type StepSettings } from './settings.ts';

export type Step = ReturnType<typeof createStep>;

/** Milliseconds a line is shown while playing. */
export const speeds: Readonly<Record<StepSettings['speed'], number>> = { slow: 2600, normal: 1200, fast: 300 };

export function createStep(lab: Lab) {
  const document = lab.document;
  if (document() === undefined) openDocument(documentOf(examples[0]));
  const settings = createMemo(() => readSettings(lab.settings('step')));
  const change = (part: Partial<StepSettings>) => lab.setSettings('step', { ...untrack(settings), ...part });
  const explainer: Explainer = createExplainer(document, () => settings().sample);
  const { data } = explainer;
  const changes = createChanges(explainer.shown, data);
  const [isPlaying, setPlaying] = createSignal(false);

  function openDocument(next: LabDocument) {
    lab.setDocument(next);
  }

  const ids = createMemo(() => new Map((data()?.numbers ?? []).map(({ key }, id) => [key, id])));
  const last = () => Math.max(0, (data()?.lines.length ?? 1) - 1);
  const line = createMemo(() => Math.min(settings().line, last()));
  const current = (): LineData | undefined => data()?.lines[line()];
  const isGuided = () => settings().mode === 'guided';
  /** The selected number: the person's, or else that of the current line. */
  const selected = createMemo((): number | undefined => {
    const own = settings().selected;
    return (own === undefined ? undefined : ids().get(own)) ?? current()?.number;
  });
  const numberAt = (id: number): NumberData | undefined => data()?.numbers[id];
  /** The line that computes a number, also under the rule that does not update. */
  const lineOf = (id: number | undefined): LineData | undefined => {
    const { line: at, aside } = (id === undefined ? undefined : numberAt(id)) ?? {};
    return at !== undefined ? data()!.lines[at] : aside !== undefined ? data()!.asides[aside] : undefined;
  };
  const firstBackward = createMemo(() => data()?.lines.findIndex(({ phase }) => phase === 'backward') ?? -1);
  const isReached = (id: number): boolean => {
    const number = numberAt(id);
    const at = number?.line ?? number?.since ?? (number?.rule === undefined ? undefined : firstBackward());
    return !isGuided() || at === undefined || at <= line();
  };
  /** The numbers that are computed from each number. */
  const readers = createMemo(() => {
    const all = new Map<number, number[]>();
    for (const { number, reads } of [...(data()?.lines ?? []), ...(data()?.asides ?? [])]) {
      for (const id of reads) {
        const known = all.get(id);
        if (known === undefined) all.set(id, [number]);
        else if (!known.includes(number)) known.push(number);
      }
    }
    return all;
  });
  const sources = createMemo((): readonly number[] => lineOf(selected())?.reads ?? []);
  const targets = createMemo((): readonly number[] => {
    const id = selected();
    return id === undefined ? [] : (readers().get(id) ?? []);
  });

  /** The selected number and those that it is computed from or goes into. */
  const related = createMemo((): ReadonlySet<number> => {
    const id = selected();
    return new Set([...(id === undefined ? [] : [id]), ...sources(), ...targets()]);
  });

  const goTo = (next: number) => change({ line: Math.max(0, Math.min(next, last())), selected: undefined });
  const travel = (updates: number, at?: number) => {
    const now = document();
    if (now === undefined) return;
    const to = Math.max(0, Math.min(Math.round(updates), maxUpdates));
    change({ reached: Math.max(settings().reached, to), ...(at !== undefined && { line: at, selected: undefined }) });
    lab.setDocument({ ...now, updates: to });
  };
  const updates = () => document()?.updates ?? 0;
  const forward = () => {
    if (line() < last()) goTo(line() + 1);
    else travel(updates() + 1, 0);
  };
  const back = () => {
    if (line() > 0) goTo(line() - 1);
    else if (updates() > 0) travel(updates() - 1, Number.MAX_SAFE_INTEGER);
  };
  /** The sample of the current line, or the chosen one, or the first that is shown. */
  const sample = createMemo((): number => {
    const samples = data()?.samples ?? [];
    const wished = [current()?.sample, settings().sample];
    return wished.find((each) => each !== undefined && samples.includes(each)) ?? samples[0] ?? 0;
  });
  /** Shows another sample of the batch: its line if the walk is at a line of a sample, and its number if one is selected. */
  const chooseSample = (row: number, key?: string) => {
    const now = data();
    if (now === undefined) return;
    const own = settings().selected;
    const isOfSample = own !== undefined && numberAt(ids().get(own) ?? -1)?.sample === sample();
    const next = key ?? (isOfSample ? keyOfSample(own, sample(), row) : own);
    const at = current()?.sample === undefined || !now.samples.includes(row) ? -1 : lineOfSample(now, current(), row);
    change({ sample: row, selected: next, ...(at >= 0 && { line: at }) });
  };
  /** To the first line of another sample, or to the same line of the next one if only one is shown. */
  const nextSample = () => {
    const { lines = [], samples = [], batch = [] } = data() ?? {};
    const isOne = samples.length < batch.length;
    const next = isOne ? neighborOf(sample(), batch, 1) : undefined;
    if (next !== undefined) return chooseSample(next);
    const now = lines[line()]?.sample;
    const at = isOne ? -1 : lines.findIndex((each, i) => i > line() && each.sample !== now);
    if (at === -1) travel(updates() + 1, 0);
    else goTo(at);
  };
  const perEpoch = () => data()?.updatesPerEpoch ?? 1;
  const nextEpoch = () => travel((Math.floor(updates() / perEpoch()) + 1) * perEpoch());

  // playing: a line after the other, also into the next update
  createEffect(
    on([isPlaying, () => settings().speed], ([playing, speed]) => {
      if (!playing) return;
      const timer = setInterval(() => !explainer.isBusy() && forward(), speeds[speed]);
      onCleanup(() => clearInterval(timer));
    }),
  );
  createEffect(
    on(
      updates,
      (now) => {
        if (now > untrack(settings).reached) change({ reached: now });
      },
      { defer: false },
    ),
  );

  /** What a key is, if it can be typed over now. */
  const editableKey = (key: string): Editable | undefined => {
    const now = document();
    if (now === undefined) return undefined;
    const found = editableOf(key, now.experiment);
    const isBlocked =
      found?.kind === 'parameter' && updates() > 0 && !canStartFrom(now.experiment, data()?.parameters ?? []);
    return isBlocked ? undefined : found;
  };
  const editable = (id: number): Editable | undefined => {
    const number = numberAt(id);
    return number === undefined ? undefined : editableKey(number.key);
  };
  /**
   * Types over a number. After the first update, a weight starts the network again from the weights of this moment.
   * `continues`: it belongs to the change before, as the second digit does.
   */
  const typeOver = (
    target: Editable,
    number: Pick<NumberData, 'name' | 'tex' | 'value'>,
    value: number,
    { continues = false } = {},
  ) => {
    const now = document();
    const shown = data();
    if (now === undefined || shown === undefined) return;
    const isWeight = target.kind === 'parameter';
    const after: LabDocument = {
      ...now,
      experiment: typedOver(now.experiment, target, value, shown.parameters, now.updates),
      updates: isWeight ? 0 : now.updates,
    };
    changes.add(number, value, { before: now, after }, continues);
    lab.setDocument(after);
    if (isWeight && now.updates > 0) change({ reached: 0 });
  };
  const undo = () => {
    const before = changes.undo();
    if (before !== undefined) lab.setDocument(before);
  };
  /** The rule that updates, from the first update on. */
  const setRule = (rule: Rule) => {
    const now = document();
    if (now !== undefined) lab.setDocument({ ...now, experiment: withRule(now.experiment, rule) });
  };

  const printed = createPrinted(document, settings, ids);

  return {
    lab,
    document,
    settings,
    change,
    explainer,
    data,
    ids,
    idUnder: (rule: Rule, keys: readonly string[]) => idUnder(ids(), { rule, own: data()?.rule }, keys),
    line,
    last,
    current,
    isGuided,
    selected,
    select: (id: number | undefined) => change({ selected: id === undefined ? undefined : numberAt(id)?.key }),
    numberAt,
    isReached,
    sources,
    targets,
    related,
    lineOf,
    sample,
    chooseSample,
    setRule,
    lastChange: changes.last,
    goTo,
    travel,
    updates,
    forward,
    back,
    nextSample,
    nextEpoch,
    perEpoch,
    isPlaying,
    setPlaying,
    editable,
    editableKey,
    typeOver,
    undo,
    printed,
    open: (next: LabDocument, numbers: readonly PrintedNumber[] = []) => {
      setPlaying(false);
      changes.clear();
      openDocument(next);
      change({
        line: 0,
        selected: undefined,
        reached: next.updates,
        printed: numbers.length > 0 ? { of: fingerprint(next), numbers } : undefined,
      });
    },
  };
}

/** The maximum number of updates that the view goes back and forth over. */
export const maxUpdates = 100_000;

export const documentOf = ({ title, experiment }: (typeof examples)[number]): LabDocument => ({
  title,
  experiment,
  files: {},
  updates: 0,
});
