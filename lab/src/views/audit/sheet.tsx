/** A blank sheet: the lines of a step with empty fields, marked as they are filled in. */
import { createMemo, createResource, createSignal, For, onCleanup, Show } from 'solid-js';
import { createAsking } from './asking.ts';
import { AuditFailure, createAuditor } from './auditor.ts';
import { NetworkDrawing } from './drawing.tsx';
import { examples } from './examples.ts';
import { download, fileName, writeBook } from './file.ts';
import { GraphDrawing } from './graph-drawing.tsx';
import { meaningOf } from './meaning.ts';
import type { PageProps } from './page.ts';
import { GivenNumbers, PhaseOfGroup, Primes, Setting } from './parts.tsx';
import type { SheetLine, SheetMarked } from './protocol.ts';
import { answerKey, type Book, type Sheet } from './settings.ts';
import { fieldId, SheetRow } from './sheet-line.tsx';
import { lookOf } from './sheet-status.ts';
import { documentBook, exampleBook } from './source.tsx';
import { readTyped } from './typed.ts';

/** Milliseconds without a keystroke after which a value is marked. */
const settle = 1200;

interface Marking {
  readonly text: string;
  readonly mark?: SheetMarked;
  readonly problem?: string;
}

export function SheetPage(props: PageProps) {
  const auditor = createAuditor();
  const sheet = () => props.settings.sheet;
  const change = (part: Partial<Sheet>) => props.change({ sheet: { ...sheet(), ...part } });
  const chosen = createMemo(() => sheet().of);
  const [source] = createResource(chosen, async (of): Promise<{ of: string; book?: Book }> => {
    if (of === 'document') return { of, book: documentBook(props.lab) };
    return { of, book: of === 'book' ? (props.settings.book ?? undefined) : await exampleBook(of) };
  });
  const book = createMemo(() => (source()?.of === chosen() ? source()?.book : undefined));
  const opened = createMemo(() => {
    const found = book();
    return found && { json: { experiment: found.experiment, printed: [] }, files: found.files };
  });
  const step = createMemo(() => sheet().step);
  const contents = createAsking(
    auditor,
    createMemo(() => opened() && { kind: 'open' as const, opened: opened()!, step: step() }),
  );
  const blanks = createMemo(() => contents.answer()?.lines.filter(({ given }) => given === undefined) ?? []);
  const groups = createMemo(() => {
    const out: { heading: string; lines: SheetLine[] }[] = [];
    for (const line of contents.answer()?.lines ?? []) {
      const last = out.at(-1);
      if (last?.heading === line.heading) last.lines.push(line);
      else out.push({ heading: line.heading, lines: [line] });
    }
    return out;
  });

  const [marks, setMarks] = createSignal<ReadonlyMap<string, Marking>>(new Map());
  const answerOf = (line: SheetLine) => sheet().answers[answerKey(line)] ?? '';
  /** The mark of a line, as long as it belongs to what is typed there. */
  const markingOf = (line: SheetLine) => {
    const marking = marks().get(answerKey(line));
    return marking !== undefined && marking.text === answerOf(line).trim() ? marking : undefined;
  };
  const rightCount = createMemo(() => blanks().filter((line) => lookOf(markingOf(line)?.mark) === 'done').length);
  /** The first line that is wrong: others may follow from it. */
  const firstWrong = createMemo(() => blanks().find((line) => lookOf(markingOf(line)?.mark) === 'wrong'));

  /** What was marked last: every field counts, because later numbers may follow from earlier ones. */
  let marked = '';
  const mark = async () => {
    clearTimeout(timer);
    const example = opened();
    const lines = blanks();
    const typed = lines.map((line) => readTyped(answerOf(line)));
    const printed = lines.map(({ quantity, after }, i) => ({
      quantity,
      value: typed[i].value,
      ...(after > 0 && { after }),
    }));
    const asked = JSON.stringify([example, lines.map(answerOf)]);
    if (example === undefined || asked === marked) return;
    marked = asked;
    const texts = lines.map((line) => answerOf(line).trim());
    try {
      const found = await auditor.ask({ kind: 'mark', opened: example, printed });
      if (found === undefined || opened() !== example) return;
      const next = new Map<string, Marking>();
      for (const row of found.rows) next.set(answerKey(lines[row.index]), { text: texts[row.index], mark: row });
      for (const { index, problem } of found.faulty) {
        next.set(answerKey(lines[index]), { text: texts[index], problem });
      }
      typed.forEach(({ problem }, i) => {
        if (problem !== undefined) next.set(answerKey(lines[i]), { text: texts[i], problem });
      });
      setMarks(next);
    } catch (error) {
      if (error instanceof AuditFailure) props.lab.say(error.shown);
      else props.lab.fail(error);
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const answer = (line: SheetLine, text: string) => {
    change({ answers: { ...sheet().answers, [answerKey(line)]: text } });
    clearTimeout(timer);
    timer = setTimeout(() => void mark(), settle);
  };
  // answers of a link are marked when the sheet is there
  createMemo(() => {
    if (blanks().length > 0) queueMicrotask(() => void mark());
  });

  const save = () => {
    const printed = blanks().map((line) => ({
      quantity: line.quantity,
      value: readTyped(answerOf(line)).value,
      ...(line.after > 0 && { after: line.after }),
    }));
    const found = book()!;
    download(writeBook({ ...found, printed }), fileName(`${found.title || 'sheet'} filled in`));
  };

  return (
    <article class="audit-sheet">
      <h1>Compute a step yourself</h1>
      <p class="audit-lead">
        Fill in the numbers with at least three digits, unless they are exact. Each one is marked when you leave its
        field. A wrong one is traced to its slip, and a later one that follows from it is marked as consistent.
      </p>
      <div class="controls audit-source-choice">
        <label>
          Step of{' '}
          <select
            value={chosen()}
            onChange={(event) => change({ of: event.currentTarget.value, step: 1, answers: {} })}
          >
            <For each={examples}>{({ name, title }) => <option value={name}>{title}</option>}</For>
            <Show when={props.settings.book}>
              <option value="book">the book’s numbers that you entered</option>
            </Show>
            <Show when={props.lab.document()}>
              <option value="document">the open experiment</option>
            </Show>
          </select>
        </label>
        <button type="button" onClick={save} disabled={blanks().length === 0}>
          Download the sheet
        </button>
        <button
          type="button"
          onClick={() => change({ answers: {} })}
          disabled={Object.values(sheet().answers).every((text) => text === '')}
        >
          Clear all fields
        </button>
      </div>
      <Show when={contents.problem()}>
        {(problem) => (
          <p class="audit-problem" role="alert">
            {problem().what} {problem().fix}
          </p>
        )}
      </Show>
      <Show when={source() && source()!.of === chosen() && book() === undefined}>
        <p class="soft">There is no such experiment open: choose another one.</p>
      </Show>
      <Show when={contents.answer()}>
        {(about) => (
          <>
            <section class="audit-about" aria-label="What is given">
              <NetworkDrawing experiment={book()?.experiment} lines={about().lines} />
              <GraphDrawing experiment={book()?.experiment} />
              <div>
                <Setting sentences={about().setting} leftOut={about().leftOut} />
                <GivenNumbers given={about().given} />
                <Primes lines={about().lines} />
              </div>
            </section>
            <p class="audit-progress">
              <label>
                <progress max={blanks().length} value={rightCount()} />{' '}
                <span role="status">
                  {rightCount()} of {blanks().length} right
                </span>
              </label>
              <Show when={rightCount() === blanks().length}> The whole step is right.</Show>
              <Show when={firstWrong()}>
                {(line) => (
                  <span class="audit-first">
                    First to correct:{' '}
                    <button
                      type="button"
                      class="plain audit-hint-button"
                      aria-label={`Go to ${line().name.text}, the ${meaningOf(line().quantity) ?? 'first wrong number'}`}
                      onClick={() => document.getElementById(fieldId(line()))?.focus()}
                    >
                      {line().name.text}
                    </button>
                  </span>
                )}
              </Show>
            </p>
            <For each={groups()}>
              {({ heading, lines }) => (
                <section>
                  <h2>
                    {heading} <PhaseOfGroup lines={lines} />
                  </h2>
                  <ol class="audit-lines">
                    <For each={lines}>
                      {(line) => (
                        <SheetRow
                          line={line}
                          answer={answerOf(line)}
                          mark={markingOf(line)?.mark}
                          problem={markingOf(line)?.problem}
                          note={markingOf(line) && readTyped(answerOf(line)).note}
                          onAnswer={(text) => answer(line, text)}
                          onSettled={() => void mark()}
                          hint={(level) =>
                            auditor.ask({
                              kind: 'hint',
                              opened: opened()!,
                              step: step(),
                              quantity: line.quantity,
                              after: line.after,
                              level,
                            })
                          }
                        />
                      )}
                    </For>
                  </ol>
                </section>
              )}
            </For>
          </>
        )}
      </Show>
    </article>
  );
}
