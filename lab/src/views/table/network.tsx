/** The proposed network and training, which can be changed, and the command that trains the same. */
import type { ExperimentJson } from 'chainrule';
import { createMemo, For, type JSX, Show } from 'solid-js';
import { nameOf } from './choices.ts';
import { commandLine } from './command-line.ts';
import { count, whole } from './numbers.ts';
import { SettingsForm } from './settings-form.tsx';
import type { TableState } from './state.ts';

interface NetworkProps {
  readonly state: TableState;
  /** The training, which stands before the settings. */
  readonly children: JSX.Element;
}

export function Network(props: NetworkProps) {
  const { state } = props;
  // the settings stay when they do not suit the table, so that they can be changed
  const json = createMemo<ExperimentJson | undefined>(
    (old) => state.plan()?.experiment ?? (state.problem() === undefined ? undefined : old),
  );
  const command = createMemo(() => {
    const chosen = state.choices();
    return chosen && commandLine(chosen);
  });

  return (
    <section aria-labelledby="table-network">
      <h2 id="table-network">Network and training</h2>
      <Show when={state.problem()}>
        {(problem) => (
          <div class="message error table-problem" role="alert">
            <p>{problem().what}</p>
            <p class="fix">{problem().fix}</p>
          </div>
        )}
      </Show>
      <Show when={state.plan()}>
        {(plan) => (
          <p>
            {`${count(plan().inputs.length, 'input')} → `}
            <For each={plan().experiment.network.layers}>
              {(layer, i) => (
                <>
                  <Show when={i() > 0}>{' → '}</Show>
                  <b>{layerText(layer)}</b>
                </>
              )}
            </For>
            {`. It minimizes ${nameOf(plan().experiment.training.loss)} on ${whole(plan().rows.training)} rows`}
            {plan().rows.validation > 0 ? `; ${whole(plan().rows.validation)} rows decide when to stop` : ''}
            {plan().rows.test > 0 ? `; ${whole(plan().rows.test)} test rows are kept for the end` : ''}.
          </p>
        )}
      </Show>
      {props.children}
      <Show when={json()}>{(experiment) => <SettingsForm state={state} experiment={experiment()} />}</Show>
      <Show when={json()}>
        <Show when={command()}>
          {(text) => (
            <p class="table-command">
              <span class="soft">The same on the command line:</span> <code>{text()}</code>
            </p>
          )}
        </Show>
      </Show>
      <Show when={state.plan()}>
        {(plan) => (
          <>
            <For each={plan().warnings}>{(warning) => <p class="table-warning">{warning}</p>}</For>
            <Show when={plan().notes.length > 0}>
              <details>
                <summary>{count(plan().notes.length, 'note')} on the data</summary>
                <ul>
                  <For each={plan().notes}>{(note) => <li>{note}</li>}</For>
                </ul>
              </details>
            </Show>
          </>
        )}
      </Show>
    </section>
  );
}

/** `32 relu`, `dropout 0.2`. */
function layerText(layer: ExperimentJson['network']['layers'][number]): string {
  if ('dense' in layer) return `${layer.dense} ${nameOf(layer.activation as never) ?? 'linear'}`;
  const [[kind, value]] = Object.entries(layer);
  return value === true ? kind : `${kind} ${typeof value === 'object' ? '' : value}`.trim();
}
