/** The view "Playground": a small network learns points of the plane, and can be changed while it learns. */
import { createSignal, For, Show } from 'solid-js';
import type { ViewProps } from '../../views.ts';
import { DataChoices, PlayBar, TrainingChoices } from './controls.tsx';
import { LossCharts } from './loss-charts.tsx';
import { Network, type Unit } from './network.tsx';
import { Plane } from './plane.tsx';
import './playground.css';
import { createPlayground } from './playground-state.ts';
import { LossSlice } from './slice.tsx';

/** On a wide page the choices are open. */
const isWide = () => matchMedia('(min-width: 48rem)').matches;

export default function PlaygroundView(props: ViewProps) {
  const state = createPlayground(props.lab);
  const [selected, select] = createSignal<Unit>();
  return (
    <div class="playground">
      <div class="playground-top">
        <h1>Playground</h1>
        <PlayBar state={state} />
      </div>
      <div class="playground-said">
        <p class="playground-status soft" role="status">
          {state.status()}
        </p>
        <Show when={state.problem()}>
          {(problem) => (
            <p class="playground-problem" role="alert">
              {problem().what} {problem().fix}
            </p>
          )}
        </Show>
      </div>
      <div class="playground-choices">
        <details open={isWide()}>
          <summary>Data</summary>
          <div class="playground-fields">
            <DataChoices state={state} />
          </div>
        </details>
        <details open={isWide()}>
          <summary>Training</summary>
          <div class="playground-fields">
            <TrainingChoices state={state} />
          </div>
        </details>
      </div>
      <div class="playground-side">
        <Plane state={state} selected={selected} />
        <LossSlice state={state} />
      </div>
      <Network state={state} selected={selected} select={select} />
      <div class="playground-right">
        <Show when={state.warnings().length > 0}>
          <ul class="playground-warnings" aria-label="Warnings">
            <For each={state.warnings()}>{(text) => <li>{text}</li>}</For>
          </ul>
        </Show>
        <LossCharts state={state} />
      </div>
    </div>
  );
}
