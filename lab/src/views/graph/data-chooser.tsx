/** Where the edges come from: a graph of the site, a file chosen or dropped, or pasted text. */
import { createSignal, For, Show } from 'solid-js';
import { type BuiltIn, builtIns } from './built-in.ts';
import type { GraphSource } from './protocol.ts';
import type { DataChoice } from './settings.ts';

export interface DataChooserProps {
  readonly data: DataChoice;
  onBuiltIn(name: BuiltIn['name']): void;
  onFiles(files: readonly File[]): void;
  onText(source: GraphSource & { readonly edges: string }): void;
}

export function DataChooser(props: DataChooserProps) {
  let edges!: HTMLTextAreaElement;
  let labels!: HTMLTextAreaElement;
  let files!: HTMLInputElement;
  const [isOpen, setOpen] = createSignal(false);
  const about = () => builtIns.find(({ name }) => props.data.kind === 'built-in' && name === props.data.name)?.about;
  const text = () => (props.data.kind === 'text' ? props.data : undefined);

  return (
    <section class="graph-part" aria-labelledby="graph-data">
      <h2 id="graph-data">Graph</h2>
      <div class="graph-row">
        <select
          aria-label="Graph"
          value={props.data.kind === 'built-in' ? props.data.name : ''}
          onChange={(event) => {
            const { value } = event.target;
            if (value !== '') props.onBuiltIn(value as BuiltIn['name']);
            else setOpen(true);
          }}
        >
          <For each={builtIns}>{({ name, title }) => <option value={name}>{title}</option>}</For>
          <option value="">{props.data.kind === 'built-in' ? 'Your own …' : props.data.name}</option>
        </select>
        <button type="button" onClick={() => files.click()}>
          Open a file …
        </button>
        <input
          ref={files}
          class="hidden"
          type="file"
          multiple
          tabindex="-1"
          aria-label="Files of edges and labels"
          onChange={(event) => {
            props.onFiles([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      <Show when={about()}>{(sentence) => <p class="soft graph-note">{sentence()}</p>}</Show>
      <details open={isOpen()} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Paste edges</summary>
        <p class="soft graph-note">
          An edge on each line, such as <code>ada,bob</code> or <code>ada bob 2.5</code>, or JSON. Files may also be
          GraphML, GEXF or Parquet. Drop a second file, or paste labels, to color the nodes. Nothing leaves this
          machine.
        </p>
        <textarea ref={edges} rows="6" aria-label="Edges" spellcheck={false} value={text()?.edges ?? ''} />
        <textarea
          ref={labels}
          rows="3"
          aria-label="Labels: a node, a tab and a label on each line"
          placeholder={'node\tlabel (optional)'}
          spellcheck={false}
          value={text()?.labels ?? ''}
        />
        <button
          type="button"
          onClick={() => {
            const given = labels.value.trim() === '' ? {} : { labels: labels.value };
            props.onText({ name: 'pasted edges', edges: edges.value, ...given });
          }}
        >
          Open these edges
        </button>
      </details>
    </section>
  );
}
