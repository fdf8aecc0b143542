/** The groups with their marks and counts. A group can be emphasized on the map. */
import { For, Show } from 'solid-js';
import { markOf, shapePath } from './map/palette.ts';
import type { GroupKind, Groups } from './protocol.ts';

export interface LegendProps {
  readonly groups: Groups;
  readonly hasLabels: boolean;
  readonly isDark: boolean;
  readonly emphasized: number | undefined;
  onEmphasize(group: number | undefined): void;
  onColors(by: GroupKind): void;
}

export function Legend(props: LegendProps) {
  return (
    <section class="graph-part" aria-labelledby="graph-legend">
      <h2 id="graph-legend">Colors and shapes</h2>
      <Show when={props.hasLabels}>
        <fieldset class="graph-row" aria-label="Color by">
          <For each={['label', 'community'] as const}>
            {(by) => (
              <button type="button" aria-pressed={props.groups.by === by} onClick={() => props.onColors(by)}>
                {by === 'label' ? 'Labels' : 'Communities'}
              </button>
            )}
          </For>
        </fieldset>
      </Show>
      <Show when={props.groups.by === 'community'}>
        <p class="soft graph-note">Communities of the graph by the Louvain method: the vectors did not see them.</p>
      </Show>
      <Show when={props.groups.by === 'nothing'}>
        <p class="soft graph-note">There are no labels, and too many edges to look for communities here.</p>
      </Show>
      <ul class="graph-legend">
        <For each={props.groups.names}>
          {(name, group) => (
            <li>
              <button
                type="button"
                class="plain"
                aria-pressed={props.emphasized === group()}
                onClick={() => props.onEmphasize(props.emphasized === group() ? undefined : group())}
              >
                <GroupMark group={group()} isDark={props.isDark} />
                <span class="graph-legend-name">{name}</span>
                <span class="number soft">{props.groups.counts[group()].toLocaleString('en-US')}</span>
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

export function GroupMark(props: { readonly group: number; readonly isDark: boolean }) {
  const mark = () => markOf(props.group, props.isDark);
  return (
    <svg class="graph-mark" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <path d={shapePath(mark().shape, 5.5)} fill={mark().color} fill-rule="evenodd" />
    </svg>
  );
}
