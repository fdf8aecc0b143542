/** A row typed into a form: the prediction for it, and for the row with one field varied over its range. */
import type { RowPrediction } from 'chainrule/predict';
import { type Accessor, createSignal } from 'solid-js';
import type { Message } from '../../state/message.ts';
import { Cancelled, Failed, type TableWorker } from './asking.ts';
import { dateText } from './numbers.ts';
import type { Appraisal, Field, FormRow, Variation } from './protocol.ts';

/** The number of values of a variation, and the maximum number of fields that are varied. */
const [steps, maxVaried] = [41, 12];

export interface Varied extends Variation {
  readonly predictions: readonly RowPrediction[];
}

export type Form = ReturnType<typeof createForm>;

/** The values over which a field is varied: its range in the table, or its categories. */
export function variationOf({ name, kind, min, max, values, hasSpelling }: Field): Variation | undefined {
  if (values !== undefined) return values.length > 24 ? undefined : { field: name, values };
  if (hasSpelling || min === undefined || max === undefined || min === max) return undefined;
  const at = Array.from({ length: steps }, (_, i) => min + ((max - min) * i) / (steps - 1));
  return { field: name, values: kind === 'date' ? [...new Set(at.map(dateText))] : at };
}

export function createForm(
  worker: TableWorker,
  appraisal: Accessor<Appraisal | undefined>,
  { onChange }: { readonly onChange: () => void },
) {
  const [row, setRow] = createSignal<FormRow>();
  /** The row of the table that the form was filled with, until a field is changed. */
  const [source, setSource] = createSignal<{ readonly index: number; readonly actual: string | undefined }>();
  const [prediction, setPrediction] = createSignal<RowPrediction>();
  const [varied, setVaried] = createSignal<ReadonlyMap<string, Varied>>(new Map());
  const [problem, setProblem] = createSignal<Message>();
  let busy = false;
  let again = false;

  /** Asks for the predictions; while an answer is awaited, only the newest row is kept. */
  const ask = async (): Promise<void> => {
    const [now, fields] = [row(), appraisal()?.fields];
    if (now === undefined || fields === undefined) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    const variations = fields.slice(0, maxVaried).flatMap((field) => variationOf(field) ?? []);
    try {
      const answer = await worker.ask({ kind: 'ask', row: now, variations });
      if (appraisal()?.fields !== fields) return;
      setPrediction(answer.prediction);
      setVaried(new Map(variations.map((each, i) => [each.field, { ...each, predictions: answer.variations[i] }])));
      setProblem(undefined);
    } catch (error) {
      if (error instanceof Cancelled) return;
      setPrediction(undefined);
      setProblem(error instanceof Failed ? error.shown : { kind: 'error', what: String(error) });
    } finally {
      busy = false;
      if (again) void ask();
    }
  };

  const take = async (index: number) => {
    const found = await worker.ask({ kind: 'row', index });
    setRow(found.cells);
    setSource({ index: found.index, actual: found.actual });
    await ask();
    onChange();
  };

  return {
    row,
    source,
    prediction,
    varied,
    problem,
    set: (name: string, value: string | number | null) => {
      setRow((old) => ({ ...old, [name]: value }));
      setSource(undefined);
      void ask();
      onChange();
    },
    /** Fills the form with a row of the table. */
    take,
    /** Starts with the model that was trained just now: with the row that a link gave, the last row, or the first of the table. */
    begin: async ({ fields }: Appraisal, given: FormRow | undefined) => {
      const old = given ?? row();
      if (old === undefined || !fields.every(({ name }) => Object.hasOwn(old, name))) {
        await take(0);
        return;
      }
      setRow(Object.fromEntries(fields.map(({ name }) => [name, old[name]])));
      await ask();
    },
    reset: () => {
      setRow(undefined);
      setSource(undefined);
      setPrediction(undefined);
      setVaried(new Map());
      setProblem(undefined);
    },
  };
}
