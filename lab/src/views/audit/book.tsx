/** A book's numbers: typed as printed, checked as they are typed. */
import type { PrintedQuantity } from 'chainrule/explain';
import { createMemo, createResource, createSignal, onCleanup, Show } from 'solid-js';
import { createAsking } from './asking.ts';
import { createAuditor } from './auditor.ts';
import { BookRows, valueId } from './book-rows.tsx';
import { NetworkDrawing } from './drawing.tsx';
import { examples } from './examples.ts';
import { download, fileName, writeBook } from './file.ts';
import { GraphDrawing } from './graph-drawing.tsx';
import { Verdict } from './marks.tsx';
import type { PageProps } from './page.ts';
import { Legend, Primes, Setting } from './parts.tsx';
import { QuantityList } from './quantity-list.tsx';
import { answerKey, type Book } from './settings.ts';
import { documentBook, exampleBook, SourceChoice } from './source.tsx';
import { readTyped } from './typed.ts';

/** Milliseconds without a keystroke after which the numbers are checked. */
const settle = 350;

/** Some rows to begin with: right ones, and one that is printed wrong. */
async function firstBook(): Promise<Book> {
  const book = await exampleBook(examples[0].name);
  const shown = ['layers.1.output[0][0]', 'loss', 'gradient(layers.1.weight[0][0])', 'layers.1.weight[0][0]'];
  const printed = shown.flatMap((quantity) => book.printed.find((row) => row.quantity === quantity) ?? []);
  return { ...book, printed };
}

export function BookPage(props: PageProps) {
  const auditor = createAuditor();
  const [first] = createResource(async () => documentBook(props.lab) ?? (await firstBook()));
  const book = () => props.settings.book ?? first();
  const change = (part: Partial<Book>) => {
    const now = book();
    if (now !== undefined) props.change({ book: { ...now, ...part } });
  };

  /** The step whose numbers are listed. */
  const [step, setStep] = createSignal(1);
  const experiment = createMemo(() => {
    const now = book();
    return now && JSON.stringify([now.experiment, now.files]);
  });
  /** Another object only when the experiment changes, not with every keystroke. */
  const opened = createMemo(() => {
    const text = experiment();
    if (text === undefined) return undefined;
    const [json, files] = JSON.parse(text);
    return { json: { experiment: json, printed: [] }, files };
  });
  const contents = createAsking(
    auditor,
    createMemo(() => opened() && { kind: 'open' as const, opened: opened()!, step: step() }),
  );
  const settled = createSettled(() => book()?.printed, settle);
  const marks = createAsking(
    auditor,
    createMemo(() => {
      const printed = settled();
      if (opened() === undefined || printed === undefined) return undefined;
      return { kind: 'audit' as const, opened: opened()!, printed: printed.map(asRead), all: props.settings.all };
    }),
    { keep: true },
  );
  /** The marks, as long as they belong to what is typed. */
  const shownMarks = () => (settled() === book()?.printed ? marks.answer() : undefined);
  const names = createMemo(
    () => new Map(contents.answer()?.lines.map((line) => [answerKey(line), line.name] as const)),
  );

  const focus = (index: number) => queueMicrotask(() => document.getElementById(valueId(index))?.focus());
  const add = ({ quantity, after }: { readonly quantity: string; readonly after: number }) => {
    const printed = book()?.printed ?? [];
    const known = printed.findIndex((row) => row.quantity === quantity && (row.after ?? 0) === after);
    if (known < 0) change({ printed: [...printed, { quantity, value: '', ...(after > 0 && { after }) }] });
    focus(known < 0 ? printed.length : known);
  };
  const edit = (index: number, part: Partial<PrintedQuantity>) =>
    change({ printed: book()!.printed.map((row, i) => (i === index ? { ...row, ...part } : row)) });
  const remove = (index: number) => {
    change({ printed: book()!.printed.filter((_, i) => i !== index) });
    focus(Math.max(0, index - 1));
  };

  return (
    <article class="audit-book">
      <h1>Check a book’s numbers</h1>
      <p class="audit-lead">
        Choose the experiment, choose a number of its step, and type it as it is printed: its digits say how exactly.
        Each one is computed and compared as you type.
      </p>
      <SourceChoice lab={props.lab} onChoose={(chosen) => props.change({ book: chosen })} />
      <Show when={book()}>
        {(now) => (
          <>
            <Verdict marks={marks.answer()} printed={marks.answer() ? (settled() ?? []) : []} />
            <Show when={contents.problem() ?? marks.problem()}>
              {(problem) => (
                <p class="audit-problem" role="alert">
                  {problem().what} {problem().fix}
                </p>
              )}
            </Show>
            <div class="audit-columns">
              <div>
                <div class="controls audit-titles">
                  <label>
                    Title{' '}
                    <input value={now().title} onInput={(event) => change({ title: event.currentTarget.value })} />
                  </label>
                  <label>
                    Where it is printed{' '}
                    <input value={now().source} onInput={(event) => change({ source: event.currentTarget.value })} />
                  </label>
                </div>
                <BookRows
                  printed={now().printed}
                  names={names()}
                  marks={shownMarks()}
                  all={props.settings.all}
                  onChange={edit}
                  onRemove={remove}
                />
                <Show when={now().printed.length === 0}>
                  <p class="soft">No printed number yet: choose one from the numbers of the step.</p>
                </Show>
                <div class="controls audit-actions">
                  <button
                    type="button"
                    onClick={() =>
                      download(writeBook({ ...now(), printed: now().printed.map(asRead) }), fileName(now().title))
                    }
                  >
                    Download as a worked example
                  </button>
                  <label>
                    <input
                      type="checkbox"
                      checked={props.settings.all}
                      onChange={(event) => props.change({ all: event.currentTarget.checked })}
                    />{' '}
                    List every possible cause
                  </label>
                  <Show when={auditor.busy()}>
                    <span role="status" class="soft">
                      Computing …
                    </span>
                    <button type="button" onClick={() => auditor.stop()}>
                      Stop
                    </button>
                  </Show>
                </div>
                <Legend />
              </div>
              <div>
                <Show when={contents.answer()}>
                  {(about) => (
                    <>
                      <Show when={about().subject === 'network'}>
                        <label class="controls audit-step">
                          Step{' '}
                          <input
                            type="number"
                            min="1"
                            max="100000"
                            value={step()}
                            onChange={(event) =>
                              setStep(Math.max(1, Math.trunc(event.currentTarget.valueAsNumber) || 1))
                            }
                          />
                        </label>
                      </Show>
                      <QuantityList lines={about().lines} onChoose={add} />
                      <section class="audit-about" aria-label="The setting">
                        <NetworkDrawing experiment={now().experiment} lines={about().lines} />
                        <GraphDrawing experiment={now().experiment} />
                        <Setting sentences={about().setting} leftOut={about().leftOut} />
                        <Primes lines={about().lines} />
                      </section>
                    </>
                  )}
                </Show>
              </div>
            </div>
          </>
        )}
      </Show>
    </article>
  );
}

/** A row as the audit reads it: a decimal comma is a point. */
const asRead = (row: PrintedQuantity): PrintedQuantity => ({ ...row, value: readTyped(row.value).value });

/** A value once it has not changed for some milliseconds; the first at once. */
function createSettled<T>(value: () => T | undefined, milliseconds: number): () => T | undefined {
  const [settledValue, setSettled] = createSignal<T | undefined>(undefined, { equals: false });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  const watched = createMemo(() => {
    const now = value();
    if (now === undefined) return;
    clearTimeout(timer);
    if (isFirst) queueMicrotask(() => setSettled(() => now));
    else timer = setTimeout(() => setSettled(() => now), milliseconds);
    isFirst = false;
  });
  onCleanup(() => clearTimeout(timer));
  return () => {
    watched();
    return settledValue();
  };
}
