/** Where the table comes from: a file chosen or dropped, a text pasted, or the example. */
import { createSignal, onCleanup, onMount, Show } from 'solid-js';
import { maxLinkedBytes } from './limits.ts';
import { count, size } from './numbers.ts';
import { exampleName, type TableState } from './state.ts';

export function Source(props: { readonly state: TableState }) {
  const { state } = props;
  const [pasting, setPasting] = createSignal(false);
  const [text, setText] = createSignal('');
  let input!: HTMLInputElement;
  const openText = (pasted: string) => {
    setPasting(false);
    setText('');
    void state.open({ file: new Blob([pasted]), name: 'pasted.csv' });
  };

  // a table is pasted anywhere, except into a field
  const paste = (event: ClipboardEvent) => {
    if (event.target instanceof Element && event.target.closest('input, textarea, select')) return;
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const [file] = event.clipboardData?.files ?? [];
    if (file !== undefined) void state.open({ file, name: file.name });
    else if (pasted.trim().includes('\n')) openText(pasted);
  };
  onMount(() => document.addEventListener('paste', paste));
  onCleanup(() => document.removeEventListener('paste', paste));

  return (
    <section class="table-source controls" aria-label="Open a table">
      <div class="table-buttons">
        <button type="button" onClick={() => input.click()}>
          Choose a file…
        </button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Table file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.arrow,.feather,.gz"
          onChange={() => {
            const [file] = input.files ?? [];
            if (file !== undefined) void state.open({ file, name: file.name });
            input.value = '';
          }}
        />
        <button
          type="button"
          aria-expanded={pasting()}
          aria-controls="table-paste"
          onClick={() => setPasting((old) => !old)}
        >
          Paste a table…
        </button>
        <button type="button" onClick={() => void state.openExample()}>
          Example: penguins
        </button>
        <span class="soft table-hint">or drop a file here: CSV, TSV, JSON, JSON Lines, Parquet, Arrow</span>
      </div>
      <div id="table-paste" hidden={!pasting()}>
        <label for="table-text">Rows with a header, as in a spreadsheet or a CSV file</label>
        <textarea
          id="table-text"
          rows="6"
          spellcheck={false}
          placeholder={'height,weight,kind\n1.2,30,a\n0.9,22,b'}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="button" class="primary" disabled={text().trim() === ''} onClick={() => openText(text())}>
          Open this text
        </button>
      </div>
      <Show when={state.progress()}>
        {(progress) => (
          <p class="table-reading" role="status">
            <span>{`Reading ${progress().name} …`}</span>
            <progress
              aria-label={`Reading ${progress().name}`}
              max={Math.max(1, progress().size)}
              value={progress().bytes}
            />
            <span class="number soft">
              {progress().rows > 0
                ? `${count(progress().rows, 'row')}, ${size(progress().bytes)} of ${size(progress().size)}`
                : size(progress().size)}
            </span>
            <button type="button" onClick={() => state.cancel()}>
              Cancel
            </button>
          </p>
        )}
      </Show>
      <Show when={state.wanted()}>
        {(wanted) => (
          <p class="table-wanted" role="status">
            This link holds everything but the table <strong>{wanted().name}</strong>. Choose that file, and its
            settings are applied to it; or{' '}
            <button type="button" onClick={() => void state.openExample()}>
              open {exampleName}
            </button>
            .
          </p>
        )}
      </Show>
      <Show when={state.info()?.text === undefined && state.info()}>
        {(info) => (
          <p class="soft table-hint">
            {info().bytes > maxLinkedBytes
              ? `The table is larger than ${size(maxLinkedBytes)}, so a link to this page holds all but the table.`
              : 'This table cannot be written as CSV without a change, so a link to this page holds all but the table.'}
          </p>
        )}
      </Show>
    </section>
  );
}
