/** The run that is kept to compare with: its buttons, its scores beside those of the run of now, and the settings that differ. */
import { For, Show } from 'solid-js';
import { differencesOf } from './experiment-differences.ts';
import { scoresOf } from './kept.ts';
import { metricName, short } from './numbers.ts';
import type { TableState } from './state.ts';

export function KeptRun(props: { readonly state: TableState }) {
  const { state } = props;
  const scores = () => {
    const [kept, result] = [state.kept()?.scores ?? {}, state.session.result()];
    const now = result === undefined ? {} : scoresOf(result);
    return [...new Set([...Object.keys(kept), ...Object.keys(now)])].map(
      (name) => [name, kept[name], now[name]] as const,
    );
  };
  const differing = () => {
    const [kept, now] = [state.kept(), state.trained()];
    return kept === undefined || now === undefined ? [] : differencesOf(kept.experiment, now);
  };
  const text = (value: number | undefined) => (value === undefined ? '–' : short(value, 4));
  return (
    <>
      <div class="table-buttons controls">
        <button type="button" disabled={state.session.result() === undefined} onClick={() => state.keep()}>
          Keep this run to compare
        </button>
        <Show when={state.kept()}>
          <button type="button" onClick={() => state.forget()}>
            Remove the kept run
          </button>
        </Show>
      </div>
      <Show when={state.kept()}>
        <section class="scroll" tabindex="0" aria-label="The kept run and this run">
          <table class="table-kept-run">
            <thead>
              <tr>
                <td />
                <th scope="col">kept run</th>
                <th scope="col">this run</th>
              </tr>
            </thead>
            <tbody>
              <For each={scores()}>
                {([name, before, now]) => (
                  <tr>
                    <th scope="row">{nameOf(name)}</th>
                    <td class="number">{text(before)}</td>
                    <td class="number">{text(now)}</td>
                  </tr>
                )}
              </For>
              <For each={differing()}>
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
          <Show when={differing().length === 0}>
            <p class="soft">Both runs have the same settings. Change one, and train again.</p>
          </Show>
        </section>
      </Show>
    </>
  );
}

/** "Mean absolute error, test rows" for `test meanAbsoluteError`. */
function nameOf(name: string): string {
  const [part, metric] = name.split(' ');
  return `${metricName(metric)}, ${part} rows`;
}
