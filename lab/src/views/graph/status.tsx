/** What the map shows, in a line: the graph, the training, and what is worth knowing about both. */
import { For, Show } from 'solid-js';
import type { GraphClient } from './client.ts';

const counted = (count: number, what: string) => `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;

export function Status(props: {
  readonly client: GraphClient;
  readonly isUmap: boolean;
  readonly isLayingOut: boolean;
}) {
  const { client } = props;
  const what = () => {
    const graph = client.graph();
    if (client.phase() === 'reading') {
      const edges = client.reading();
      return edges > 0 ? `Reading … ${counted(edges, 'edge')}` : 'Reading …';
    }
    if (graph === undefined) return 'No graph is open.';
    const kinds = [graph.isDirected && 'directed', graph.isWeighted && 'weighted'].filter((kind) => kind !== false);
    return [
      counted(graph.names.length, 'node'),
      [counted(graph.edgeCount, 'edge'), ...kinds].join(', '),
      props.isLayingOut
        ? 'UMAP is laid out …'
        : props.isUmap
          ? 'UMAP of the final vectors'
          : 'PCA of the vectors of now',
    ].join(' · ');
  };
  return (
    <div>
      <p class="graph-note" role="status">
        {what()}
      </p>
      <Show when={client.graph()}>
        {(graph) => (
          <For each={[...graph().notes, ...client.warnings()]}>{(note) => <p class="soft graph-note">{note}</p>}</For>
        )}
      </Show>
    </div>
  );
}
