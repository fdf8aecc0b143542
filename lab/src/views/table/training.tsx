/** The training: its buttons, how far it is, and the loss of each epoch. */
import type { HistoryRow } from 'chainrule';
import { createEffect, createSignal, For, on, Show } from 'solid-js';
import { Curve } from './curve.tsx';
import { KeptRun } from './kept-run.tsx';
import { count, short } from './numbers.ts';
import type { TableState } from './state.ts';

/** Rows that the page keeps of a running training; afterwards, the history of the result is shown. */
const maxRows = 4000;

export function Training(props: { readonly state: TableState }) {
  const { state } = props;
  const { session } = state;
  const [rows, setRows] = createSignal<readonly HistoryRow[]>([]);
  const [isLog, setLog] = createSignal(false);
  createEffect(
    on(session.frame, (frame) => {
      if (frame === undefined) setRows([]);
      else if (frame.rows.length > 0) {
        setRows((old) => {
          const all = [...old, ...frame.rows];
          return all.length > maxRows ? all.filter((_, i) => i % 2 === 0) : all;
        });
      }
    }),
  );
  const shown = () => (state.trained() === undefined ? [] : (session.result()?.history ?? rows()));
  const isOn = () => session.phase() === 'running' || session.phase() === 'paused';
  const status = () => {
    if (state.trained() === undefined) return '';
    const last = shown().at(-1);
    const at =
      last === undefined
        ? 'preparing the rows …'
        : `${count(last.epoch, 'epoch')}, ${short(last.seconds)} s, training loss ${short(last.loss)}`;
    const validation = last?.validationLoss === undefined ? '' : `, validation loss ${short(last.validationLoss)}`;
    const phase = { idle: '', running: 'Training: ', paused: 'Paused: ', ended: 'Trained: ', failed: 'Failed: ' }[
      session.phase()
    ];
    return `${phase}${at}${validation}`;
  };
  return (
    <div class="table-training">
      <div class="table-buttons controls">
        <Show
          when={isOn()}
          fallback={
            <button
              type="button"
              class="primary"
              disabled={state.plan() === undefined}
              onClick={() => void state.start()}
            >
              {state.trained() === undefined ? 'Train' : 'Train again'}
            </button>
          }
        >
          <Show
            when={session.phase() === 'running'}
            fallback={
              <>
                <button type="button" class="primary" onClick={() => session.play()}>
                  Continue
                </button>
                <button type="button" onClick={() => session.advance(1)}>
                  One epoch
                </button>
              </>
            }
          >
            <button type="button" class="primary" onClick={() => session.pause()}>
              Pause
            </button>
          </Show>
          <button type="button" onClick={() => session.stop()}>
            Stop
          </button>
        </Show>
        <label class="table-check">
          <input type="checkbox" checked={isLog()} onChange={(event) => setLog(event.currentTarget.checked)} />{' '}
          logarithmic
        </label>
      </div>
      <p class="number table-status">
        {status() || 'Not trained yet.'}
        <Show when={state.isStale()}>
          <span class="soft"> The settings have changed since.</span>
        </Show>
      </p>
      <Curve rows={shown()} reference={state.kept()?.rows ?? []} isLog={isLog()} kept={session.result()?.kept?.epoch} />
      <p class="table-legend controls" aria-hidden="true">
        <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
          <path class="table-loss" d="M1 4H25" />
        </svg>{' '}
        training loss
        <Show when={shown().some(({ validationLoss }) => validationLoss !== undefined)}>
          <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
            <path class="table-validation" d="M1 4H25" />
          </svg>{' '}
          validation loss
        </Show>
        <Show when={state.kept()}>
          <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
            <path class="table-reference" d="M1 4H25" />
          </svg>{' '}
          kept run (validation dashed)
        </Show>
        <span class="soft"> by epoch</span>
      </p>
      <KeptRun state={state} />
      <Show when={session.problem()}>
        {(problem) => (
          <div class="message error table-problem" role="alert">
            <p>{problem().what}</p>
            <p class="fix">{problem().fix}</p>
          </div>
        )}
      </Show>
      <For each={(session.result()?.warnings ?? []).filter((warning) => !state.plan()?.warnings.includes(warning))}>
        {(warning) => <p class="table-warning">{warning}</p>}
      </For>
    </div>
  );
}
