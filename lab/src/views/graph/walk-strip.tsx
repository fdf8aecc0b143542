/** A walk as a row of nodes, or a sampled edge: the center, its window, and the negatives that were drawn. */
import { createMemo, For } from 'solid-js';
import type { ExplainedUpdate } from './protocol.ts';

/** Nodes of the walk that are shown before and after the center. */
const shown = 14;

/** The distance from the center to which the window reaches: it is cut off at the ends of the walk. */
function reachOf({ walk, place, inputs }: ExplainedUpdate): number {
  let reach = 0;
  const sizeOf = (distance: number) => Math.min(place, distance) + Math.min(walk.length - 1 - place, distance);
  while (reach < walk.length && sizeOf(reach) < inputs.length) reach++;
  return reach;
}

export function WalkStrip(props: { readonly update: ExplainedUpdate; readonly names: readonly string[] }) {
  const from = () => Math.max(0, props.update.place - shown);
  const part = () => props.update.walk.slice(from(), props.update.place + shown + 1);
  const reach = createMemo(() => reachOf(props.update));
  const kindOf = (i: number) => {
    const distance = Math.abs(from() + i - props.update.place);
    return distance === 0 ? 'center' : distance <= reach() ? 'window' : 'walk';
  };
  const isEdge = () => props.update.kind === 'edge';
  const words = () =>
    isEdge() ? { center: 'source', window: 'target', walk: '' } : { center: 'center', window: 'window', walk: 'walk' };
  return (
    <div class="graph-strip">
      <p class="graph-strip-title">
        {isEdge()
          ? `Edge, sample ${props.update.walkNumber + 1}`
          : `Walk ${props.update.walkNumber + 1}, ${props.update.walk.length} nodes`}
        {part().length < props.update.walk.length ? ', the part around the center' : ''}
      </p>
      <ol class="graph-chips" aria-label={isEdge() ? 'The edge' : 'The walk'}>
        <For each={part()}>
          {(node, i) => (
            <li class={`graph-chip graph-chip-${kindOf(i())}`}>
              {props.names[node]}
              <span class="hidden"> ({words()[kindOf(i())]})</span>
            </li>
          )}
        </For>
      </ol>
      <p class="graph-strip-title">Negatives, drawn from the noise distribution</p>
      <ol class="graph-chips" aria-label="The negatives">
        <For each={props.update.negatives}>
          {(node) => <li class="graph-chip graph-chip-negative">{props.names[node]}</li>}
        </For>
      </ol>
      <p class="graph-note soft">
        <span class="graph-chip graph-chip-center">{words().center}</span>{' '}
        <span class="graph-chip graph-chip-window">{words().window}</span>{' '}
        <span class="graph-chip graph-chip-negative">negative</span> On the map, the {words().center} and the{' '}
        {words().window} have solid rings, the negatives dashed ones.
      </p>
    </div>
  );
}
