/** A small drawing of the graph that walks are on. */
import { createMemo, For, Show } from 'solid-js';
import { graphLayoutOf } from './graph-layout.ts';

export function GraphDrawing(props: { readonly experiment: unknown }) {
  const layout = createMemo(() => graphLayoutOf(props.experiment));
  return (
    <Show when={layout()}>
      {(shown) => (
        <svg
          class="audit-drawing"
          viewBox={`0 0 ${shown().size} ${shown().size}`}
          width={shown().size}
          role="img"
          aria-label={`The graph: ${shown()
            .edges.map(([a, b]) => `${shown().nodes[a].id}–${shown().nodes[b].id}`)
            .join(', ')}.`}
        >
          <For each={shown().edges}>
            {([a, b]) => (
              <line
                x1={shown().nodes[a].x}
                y1={shown().nodes[a].y}
                x2={shown().nodes[b].x}
                y2={shown().nodes[b].y}
                class="plain"
              />
            )}
          </For>
          <For each={shown().nodes}>
            {({ id, x, y }) => (
              <>
                <circle cx={x} cy={y} r={17} />
                <text x={x} y={y + 4.5} class="unit">
                  {id.length > 4 ? `${id.slice(0, 3)}…` : id}
                </text>
              </>
            )}
          </For>
        </svg>
      )}
    </Show>
  );
}
