/** The state of the step view: where the walk is, what is selected, and what the buttons do. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import type { Lab } from '../../state/lab.ts';
import { canStartFrom, type Editable, editableOf, typedOver } from './editing.ts';
import { exampleOf, examples, type PrintedNumber } from './examples.ts';
import { createExplainer, type Explainer } from './explainer.ts';
import { keyOf } from './number-registry.ts';
import type { LineData, NumberData, StepData } from './protocol.ts';
import { readSettings, type StepSettings } from './settings.ts';

export type Step = ReturnType<typeof createStep>;

/** Milliseconds a line is shown while playing. */
export const speeds: Readonly<Record<StepSettings['speed'], number>> = { slow: 2600, normal: 1200, fast: 300 };

export function createStep(lab: Lab) {
  const document = lab.document;
  if (document() === undefined) openDocument(documentOf(examples[0]));
  const settings = createMemo(() => readSettings(lab.settings('step')));
  const change = (part: Partial<StepSettings>) => lab.setSettings('step', { ...untrack(settings), ...part });
  const explainer: Explainer = createExplainer(document);
  const { data } = explainer;
  const [undoable, setUndoable] = createSignal<readonly LabDocument[]>([]);
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
  const isReached = (id: number): boolean => {
    const number = numberAt(id);
    const at = number?.line ?? number?.since;
    return !isGuided() || at === undefined || at <= line();
  };
  /** The lines whose formulas contain each number. */
  const readers = createMemo(() => {
    const all = new Map<number, number[]>();
    data()?.lines.forEach(({ reads }, at) => {
      for (const id of reads) all.set(id, [...(all.get(id) ?? []), at]);
    });
    return all;
  });
  const sources = createMemo((): readonly number[] => {
    const id = selected();
    const at = id === undefined ? undefined : numberAt(id)?.line;
    return at === undefined ? [] : data()!.lines[at].reads;
  });
  const targets = createMemo((): readonly number[] => {
    const id = selected();
    return id === undefined ? [] : (readers().get(id) ?? []).map((at) => data()!.lines[at].number);
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
  /** To the first line of another sample. */
  const nextSample = () => {
    const lines = data()?.lines ?? [];
    const now = lines[line()]?.sample;
    const at = lines.findIndex((each, i) => i > line() && each.sample !== now);
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
  /** Types over a number. After the first update, a weight starts the network again from the weights of this moment. */
  const typeOver = (target: Editable, value: number, { canUndo = true } = {}) => {
    const now = document();
    const shown = data();
    if (now === undefined || shown === undefined) return;
    if (canUndo) setUndoable((all) => [...all.slice(-49), now]);
    const isWeight = target.kind === 'parameter';
    lab.setDocument({
      ...now,
      experiment: typedOver(now.experiment, target, value, shown.parameters, now.updates),
      updates: isWeight ? 0 : now.updates,
    });
    if (isWeight && now.updates > 0) change({ reached: 0 });
  };
  const undo = () => {
    const before = undoable().at(-1);
    if (before === undefined) return;
    setUndoable((all) => all.slice(0, -1));
    lab.setDocument(before);
  };

  /** Of a linear unit, the sum is the output: one number with two addresses. */
  const shownKey = (key: string): string => (ids().has(key) ? key : key.replace(/\.output(?=\[)/g, '.sum'));
  const printed = createMemo((): ReadonlyMap<string, string> => {
    const now = document();
    if (now === undefined) return new Map();
    const own = settings().printed;
    const of: readonly PrintedNumber[] =
      exampleOf(now.experiment)?.printed ?? (own?.of === fingerprint(now) ? own.numbers : []);
    const step = now.updates + 1;
    return new Map(
      of
        .filter(({ after = 0 }) => after === step || after === step - 1)
        .map(({ quantity, after = 0, value }) => [shownKey(keyOf(quantity, after, step)), value]),
    );
  });

  return {
    lab,
    document,
    settings,
    change,
    explainer,
    data,
    ids,
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
    readers,
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
    canUndo: () => undoable().length > 0,
    printed,
    open: (next: LabDocument, numbers: readonly PrintedNumber[] = []) => {
      setPlaying(false);
      setUndoable([]);
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

/** Tells whether a document still is the one whose printed numbers are known. */
function fingerprint({ experiment }: LabDocument): number {
  let hash = 0;
  for (const letter of JSON.stringify(experiment)) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) | 0;
  return hash;
}

/** The lines of a step that are shown: in the guided walk, those that it has reached. */
export const shownLines = (data: StepData, line: number, isGuided: boolean): readonly LineData[] =>
  isGuided ? data.lines.slice(0, line + 1) : data.lines;
