/** The run that is kept to compare with: its buttons, and the choices in which it differs from the run of now. */
import { For, Show } from 'solid-js';
import { differences } from './changes.ts';
import type { Playground } from './playground-state.ts';
import { short } from './remarks.ts';

export function KeptRun(props: { readonly state: Playground }) {
  const { state } = props;
  return (
    <>
      <div class="playground-compare">
        <button type="button" disabled={state.curves().rows.length === 0} onClick={() => state.keep()}>
          Keep this run to compare
        </button>
        <Show when={state.kept()}>
          <button type="button" onClick={() => state.forget()}>
            Remove the kept run
          </button>
        </Show>
      </div>
      <Show when={state.kept()}>
        {(kept) => (
          <section class="scroll" tabindex="0" aria-label="The kept run and this run">
            <table class="playground-differences">
              <thead>
                <tr>
                  <td />
                  <th scope="col">kept run</th>
                  <th scope="col">this run</th>
                </tr>
              </thead>
              <tbody>
                <For each={ends(state)}>
                  {([name, before, now]) => (
                    <tr>
                      <th scope="row">{name}</th>
                      <td class="number">{before}</td>
                      <td class="number">{now}</td>
                    </tr>
                  )}
                </For>
                <For each={differences(kept().config, state.config())}>
                  {({ name, from, to }) => (
                    <tr>
                      <th scope="row">{name}</th>
                      <td>{from}</td>
                      <td>{to}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
            <Show when={differences(kept().config, state.config()).length === 0}>
              <p class="soft playground-about">Both have the same choices so far.</p>
            </Show>
          </section>
        )}
      </Show>
    </>
  );
}

/** The newest numbers of both runs. */
function ends(state: Playground): (readonly [name: string, kept: string, now: string])[] {
  const [kept, now] = [state.kept()?.curves.rows.at(-1), state.curves().rows.at(-1)];
  const text = (value: number | undefined) => (value === undefined ? '–' : short(value));
  return [
    ['Epochs', String(kept?.epoch ?? 0), String(now?.epoch ?? 0)],
    ['Training loss', text(kept?.loss), text(now?.loss)],
    ['Held-out loss', text(kept?.validationLoss), text(now?.validationLoss)],
  ];
}
