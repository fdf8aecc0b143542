/** Nodes by name, and the nearest nodes of one of them: everything that the map shows by pointing, for the keyboard too. */
import { createMemo, createSignal, For, Show } from 'solid-js';
import { GroupMark } from './legend.tsx';
import type { Groups, ShownGraph } from './protocol.ts';

export interface NodePanelProps {
  readonly graph: ShownGraph;
  readonly groups: Groups;
  readonly isDark: boolean;
  readonly hovered: number | undefined;
  readonly selected: number | undefined;
  readonly near: readonly { readonly node: number; readonly similarity: number }[];
  /** Why there are no nearest nodes. */
  readonly problem: string | undefined;
  onSelect(node: number | undefined): void;
}

/** Nodes that a list has room for. */
const maxListed = 500;
const maxSorted = 5000;
const collator = new Intl.Collator('en', { numeric: true });

export function NodePanel(props: NodePanelProps) {
  const [search, setSearch] = createSignal('');
  /** By name; in the order of the file where sorting would take long. */
  const order = createMemo(() => {
    const { names } = props.graph;
    const nodes = names.map((_, node) => node);
    return names.length > maxSorted ? nodes : nodes.sort((a, b) => collator.compare(names[a], names[b]));
  });
  const found = createMemo(() => {
    const wanted = search().trim().toLowerCase();
    const nodes: number[] = [];
    const { names } = props.graph;
    for (const node of order()) {
      if (nodes.length > maxListed) break;
      if (wanted === '' || names[node].toLowerCase().includes(wanted)) nodes.push(node);
    }
    // a name that is exactly what was typed comes first
    const exact = names.findIndex((name) => name.toLowerCase() === wanted);
    return exact < 0 ? nodes : [exact, ...nodes.filter((node) => node !== exact)];
  });
  const shown = () => found().slice(0, maxListed);
  const focus = () => props.hovered ?? props.selected;
  const groupOf = (node: number) => props.groups.of[node] ?? -1;
  const onKey = (event: KeyboardEvent & { readonly currentTarget: HTMLOListElement }) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <section class="graph-part" aria-labelledby="graph-nodes">
      <h2 id="graph-nodes">Nodes</h2>
      <input
        type="search"
        aria-label="Search for a node"
        placeholder="Search for a node"
        value={search()}
        onInput={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found().length > 0) props.onSelect(found()[0]);
        }}
      />
      <select
        class="graph-list"
        size="5"
        aria-label="Nodes"
        value={props.selected === undefined ? '' : String(props.selected)}
        onChange={(event) => props.onSelect(Number(event.target.value))}
      >
        <For each={shown()}>{(node) => <option value={node}>{props.graph.names[node]}</option>}</For>
      </select>
      <p class="soft graph-note" role="status">
        {found().length === 0
          ? 'No node has such a name.'
          : found().length > maxListed
            ? `The first ${maxListed}; search for others.`
            : ''}
      </p>
      <Show
        when={focus() !== undefined}
        fallback={
          <p class="soft graph-note">Select a node, or point at one, to see the nodes with the nearest vectors.</p>
        }
      >
        <h3 class="graph-node-name">
          <GroupMark group={groupOf(focus()!)} isDark={props.isDark} /> {props.graph.names[focus()!]}
        </h3>
        <p class="soft graph-note">
          {props.graph.degrees[focus()!]} {props.graph.degrees[focus()!] === 1 ? 'neighbor' : 'neighbors'} in the graph
          {groupOf(focus()!) >= 0 ? ` · ${props.groups.names[groupOf(focus()!)]}` : ''}
        </p>
        <h4 class="graph-near-title">Nearest vectors, by cosine</h4>
        <Show when={props.problem}>
          <p class="soft graph-note">{props.problem}</p>
        </Show>
        <ol class="graph-near" onKeyDown={onKey}>
          <For each={props.near}>
            {({ node, similarity }) => (
              <li>
                <button type="button" class="plain" onClick={() => props.onSelect(node)}>
                  <GroupMark group={props.groups.of[node]} isDark={props.isDark} />
                  <span class="graph-legend-name">{props.graph.names[node]}</span>
                  <span class="number">{similarity.toFixed(4)}</span>
                </button>
              </li>
            )}
          </For>
        </ol>
      </Show>
    </section>
  );
}
