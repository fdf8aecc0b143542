/** A blank sheet: the lines of a step with empty fields, marked as they are filled in. */
import { createMemo, createResource, createSignal, For, onCleanup, Show } from 'solid-js';
import { createAsking } from './asking.ts';
import { AuditFailure, createAuditor } from './auditor.ts';
import { NetworkDrawing } from './drawing.tsx';
import { examples } from './examples.ts';
import { download, fileName, writeBook } from './file.ts';
import { GraphDrawing } from './graph-drawing.tsx';
import type { PageProps } from './page.ts';
import { GivenNumbers, Setting } from './parts.tsx';
import type { Marked, SheetLine } from './protocol.ts';
import { answerKey, type Book, type Sheet } from './settings.ts';
import { isRight, SheetRow } from './sheet-line.tsx';
import { documentBook, exampleBook } from './source.tsx';

/** Milliseconds without a keystroke after which a value is marked. */
const settle = 1200;

interface Marking {
  readonly text: string;
  readonly mark?: Marked;
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
  const rightCount = createMemo(() => blanks().filter((line) => isRight(markingOf(line)?.mark)).length);

  const mark = async () => {
    clearTimeout(timer);
    const example = opened();
    const lines = blanks().filter((line) => answerOf(line).trim() !== '');
    if (example === undefined || lines.every((line) => markingOf(line) !== undefined)) return;
    const printed = lines.map((line) => ({
      quantity: line.quantity,
      value: answerOf(line).trim(),
      ...(line.after > 0 && { after: line.after }),
    }));
    try {
      const found = await auditor.ask({ kind: 'audit', opened: example, printed, all: false });
      if (found === undefined || opened() !== example) return;
      const next = new Map<string, Marking>();
      for (const row of found.rows)
        next.set(answerKey(lines[row.index]), { text: printed[row.index].value, mark: row });
      for (const { index, problem } of found.faulty) {
        next.set(answerKey(lines[index]), { text: printed[index].value, problem });
      }
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
      value: answerOf(line).trim(),
      ...(line.after > 0 && { after: line.after }),
    }));
    const found = book()!;
    download(writeBook({ ...found, printed }), fileName(`${found.title || 'sheet'} filled in`));
  };

  return (
    <article class="audit-sheet">
      <h1>Compute a step yourself</h1>
      <p class="audit-lead">
        Fill in the numbers with as many digits as you like. Each one is marked when you leave its field, and a wrong
        one is traced to its slip.
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
            </p>
            <For each={groups()}>
              {({ heading, lines }) => (
                <section>
                  <h2>{heading}</h2>
                  <ol class="audit-lines">
                    <For each={lines}>
                      {(line) => (
                        <SheetRow
                          line={line}
                          answer={answerOf(line)}
                          mark={markingOf(line)?.mark}
                          problem={markingOf(line)?.problem}
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
