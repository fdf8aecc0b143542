/** What a person typed over: the number and the loss before and after, and the way back. */
import { createEffect, createMemo, createSignal, on } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import type { NumberData, StepData } from './protocol.ts';

export interface Change {
  readonly name: string;
  readonly tex: string;
  readonly from: number;
  readonly to: number;
  readonly lossFrom: number;
  /** Undefined until the step is computed with the new number. */
  readonly lossTo?: number;
  readonly before: LabDocument;
  readonly after: LabDocument;
}

/** The maximum number of changes to go back over. */
const maxChanges = 50;

/**
 * The changes with one more. What is typed into a field while it has the focus is one change: `continues` says that this one
 * belongs to the last.
 */
export function withChange(all: readonly Change[], next: Change, continues: boolean): readonly Change[] {
  const last = all.at(-1);
  if (!continues || last === undefined) return [...all.slice(1 - maxChanges), next];
  return [...all.slice(0, -1), { ...next, from: last.from, lossFrom: last.lossFrom, before: last.before }];
}

/** The changes, with the loss of the document that is computed now. */
export const withLoss = (all: readonly Change[], shown: LabDocument | undefined, loss: number): readonly Change[] =>
  all.map((change) => (change.after === shown && change.lossTo === undefined ? { ...change, lossTo: loss } : change));

export function createChanges(shown: () => LabDocument | undefined, data: () => StepData | undefined) {
  const [all, setAll] = createSignal<readonly Change[]>([]);
  createEffect(
    on(shown, (document) => {
      if (document !== undefined) setAll((now) => withLoss(now, document, data()!.lossValue));
    }),
  );
  return {
    /** The last change that is not undone. */
    last: createMemo(() => all().at(-1)),
    /** `number`: as it was before. */
    add: (
      number: Pick<NumberData, 'name' | 'tex' | 'value'>,
      to: number,
      documents: Pick<Change, 'before' | 'after'>,
      continues: boolean,
    ) => {
      const { name, tex, value: from } = number;
      setAll((now) => withChange(now, { name, tex, from, to, lossFrom: data()!.lossValue, ...documents }, continues));
    },
    /** Takes the last change away, and returns the document before it. */
    undo: (): LabDocument | undefined => {
      const before = all().at(-1)?.before;
      setAll((now) => now.slice(0, -1));
      return before;
    },
    clear: () => setAll([]),
  };
}
