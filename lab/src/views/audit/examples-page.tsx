/** The worked examples: each with its verdict, and every printed number beside the computed one. */
import { createEffect, createMemo, createResource, For, Show } from 'solid-js';
import { createAsking } from './asking.ts';
import { createAuditor } from './auditor.ts';
import { NetworkDrawing } from './drawing.tsx';
import { exampleNamed, examples } from './examples.ts';
import { download } from './file.ts';
import { GraphDrawing } from './graph-drawing.tsx';
import { MarkTable, Verdict } from './marks.tsx';
import type { PageProps } from './page.ts';
import { GivenNumbers, Legend, Primes, Setting } from './parts.tsx';
import { answerKey } from './settings.ts';

export function ExamplesPage(props: PageProps) {
  const auditor = createAuditor();
  const [file] = createResource(
    () => props.settings.example,
    async (name) => ({ name, json: await exampleNamed(name)!.load() }),
  );
  /** The file of the chosen example, once it is loaded. */
  const current = createMemo(() => (file()?.name === props.settings.example ? file() : undefined));
  const opened = createMemo(() => current() && { json: current()!.json, files: {} });
  const contents = createAsking(
    auditor,
    createMemo(() => opened() && { kind: 'open' as const, opened: opened()!, step: 1 }),
  );
  const marks = createAsking(
    auditor,
    createMemo(
      () =>
        opened() && {
          kind: 'audit' as const,
          opened: opened()!,
          printed: current()!.json.printed,
          all: props.settings.all,
        },
    ),
  );
  const names = createMemo(
    () => new Map(contents.answer()?.lines.map((line) => [answerKey(line), line.name] as const)),
  );
  createEffect(() => {
    const problem = contents.problem() ?? marks.problem();
    if (problem !== undefined) props.lab.say(problem);
  });

  const editCopy = () => {
    const json = current()?.json;
    if (json === undefined) return;
    const { title = '', source = '', experiment, printed } = json;
    props.change({ page: 'book', book: { title, source, experiment, files: {}, printed } });
  };
  const walk = () => {
    const json = current()?.json;
    if (json === undefined) return;
    props.lab.setDocument({ title: json.title, experiment: json.experiment as never, files: {}, updates: 0 });
    props.lab.open('step');
  };

  return (
    <div class="audit-split">
      <nav class="audit-list" aria-label="Worked examples">
        <ul>
          <For each={examples}>
            {({ name, title }) => (
              <li>
                <button
                  type="button"
                  class="plain"
                  aria-current={props.settings.example === name ? 'true' : undefined}
                  onClick={() => props.change({ example: name })}
                >
                  {title}
                </button>
              </li>
            )}
          </For>
        </ul>
      </nav>
      <article class="audit-example" aria-busy={auditor.busy()}>
        <Show when={current()} fallback={<p class="soft">Loading …</p>}>
          {(found) => (
            <>
              <h1>{found().json.title}</h1>
              <Verdict marks={marks.answer()} printed={found().json.printed} />
              <p class="audit-source">{found().json.source}</p>
              <Show when={contents.answer()}>
                {(about) => (
                  <section class="audit-about" aria-label="The setting">
                    <NetworkDrawing experiment={found().json.experiment} lines={about().lines} />
                    <GraphDrawing experiment={found().json.experiment} />
                    <div>
                      <Setting sentences={about().setting} />
                      <GivenNumbers given={about().given} />
                      <Primes lines={about().lines} />
                    </div>
                  </section>
                )}
              </Show>
              <div class="controls audit-actions">
                <Show when={contents.answer()?.subject === 'network'}>
                  <button type="button" onClick={walk}>
                    Walk through this step
                  </button>
                </Show>
                <button
                  type="button"
                  onClick={() => props.change({ page: 'sheet', sheet: { of: found().name, step: 1, answers: {} } })}
                >
                  Fill it in yourself
                </button>
                <button type="button" onClick={editCopy}>
                  Change the printed numbers
                </button>
                <button
                  type="button"
                  onClick={() => download(`${JSON.stringify(found().json, null, 2)}\n`, `${found().name}.json`)}
                >
                  Download
                </button>
                <label>
                  <input
                    type="checkbox"
                    checked={props.settings.all}
                    onChange={(event) => props.change({ all: event.currentTarget.checked })}
                  />{' '}
                  List every possible cause
                </label>
              </div>
              <MarkTable
                printed={found().json.printed}
                names={names()}
                marks={marks.answer()}
                all={props.settings.all}
              />
              <Legend />
            </>
          )}
        </Show>
      </article>
    </div>
  );
}
