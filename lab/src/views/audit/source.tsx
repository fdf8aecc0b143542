/** The choice of what is computed: the open document, a worked example, or a file. */
import { createSignal, For, Show } from 'solid-js';
import type { Lab } from '../../state/lab.ts';
import { exampleNamed, examples } from './examples.ts';
import { openFile } from './file.ts';
import type { Book } from './settings.ts';

/** The open document as a book without printed numbers. */
export function documentBook(lab: Lab): Book | undefined {
  const document = lab.document();
  if (document === undefined) return undefined;
  const { title = '', experiment, files } = document;
  return { title, source: '', experiment, files, printed: [] };
}

export async function exampleBook(name: string): Promise<Book> {
  const { title = '', source = '', experiment, printed } = await exampleNamed(name)!.load();
  return { title, source, experiment, files: {}, printed };
}

/** Hands over the chosen book. */
export function SourceChoice(props: { readonly lab: Lab; readonly onChoose: (book: Book) => void }) {
  const [chosen, setChosen] = createSignal(props.lab.document() === undefined ? examples[0].name : 'document');
  let input!: HTMLInputElement;
  const start = async () => {
    try {
      const book = chosen() === 'document' ? documentBook(props.lab) : await exampleBook(chosen());
      if (book !== undefined) props.onChoose(book);
    } catch (error) {
      props.lab.fail(error);
    }
  };
  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      props.onChoose(await openFile(file));
      props.lab.say(undefined);
    } catch (error) {
      props.lab.fail(error);
    }
    input.value = '';
  };
  return (
    <div class="controls audit-source-choice">
      <label>
        Start from{' '}
        <select value={chosen()} onChange={(event) => setChosen(event.currentTarget.value)}>
          <Show when={props.lab.document()}>
            {(document) => (
              <option value="document">the open experiment{document().title ? `: ${document().title}` : ''}</option>
            )}
          </Show>
          <For each={examples}>{({ name, title }) => <option value={name}>{title}</option>}</For>
        </select>
      </label>
      <button type="button" onClick={() => void start()}>
        Start
      </button>
      <button type="button" onClick={() => input.click()}>
        Open a file …
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label="A worked example or an experiment"
        onChange={(event) => void open(event.currentTarget.files?.[0])}
      />
    </div>
  );
}
