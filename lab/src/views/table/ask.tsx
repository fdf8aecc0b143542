/** The model asked: a row typed into a form, its prediction, and what each field changes in it. */
import { createMemo, For, Match, Show, Switch } from 'solid-js';
import { FieldCard } from './field-card.tsx';
import { percent, short, whole } from './numbers.ts';
import type { TableState } from './state.ts';
import { domainOf } from './varied-plot.tsx';

/** The maximum number of classes with a bar. */
const maxBars = 8;

export function Ask(props: { readonly state: TableState }) {
  const { state } = props;
  const { form } = state;
  const target = () => [state.choices()?.data.target ?? []].flat().join(', ');
  const probabilities = createMemo(() => {
    const found = form.prediction()?.probabilities;
    if (found === undefined) return undefined;
    const classes = state.appraisal()?.classes ?? Object.keys(found);
    return classes.map((name, k) => ({ name, k, share: found[name] })).filter(({ share }) => share !== undefined);
  });
  const domain = createMemo(() => domainOf(form.varied().values()));
  const bars = () => {
    const all = probabilities() ?? [];
    if (all.length <= maxBars) return all;
    return [...all].sort((a, b) => b.share - a.share).slice(0, maxBars);
  };
  const predicted = () => {
    const value = form.prediction()?.prediction;
    if (value === undefined) return '';
    if (typeof value === 'number' && probabilities() === undefined) return short(value, 5);
    if (typeof value === 'object')
      return Object.entries(value)
        .map(([name, each]) => `${name} ${short(each, 5)}`)
        .join(', ');
    return String(value);
  };
  return (
    <Show when={state.appraisal() && form.row()}>
      <section aria-labelledby="table-ask" class="table-ask">
        <h2 id="table-ask">Ask the model</h2>
        <p>
          Type a row, or move a slider. Each picture shows what the prediction would be over the range of that column,
          with the other columns as they are.
        </p>
        <div class="table-answer">
          <Switch>
            <Match when={form.problem()}>
              {(problem) => (
                <p class="table-warning" role="alert">
                  {problem().what} {problem().fix}
                </p>
              )}
            </Match>
            <Match when={form.prediction()}>
              <p class="table-prediction" role="status" aria-live="polite">
                <span>{target()}:</span> <b class="number">{predicted()}</b>
                <Show when={form.source()}>
                  {(source) => (
                    <span class="soft">
                      {` row ${whole(source().index + 1)} of the table; its ${target()} is ${source().actual ?? 'missing'}`}
                    </span>
                  )}
                </Show>
              </p>
              <Show when={probabilities()}>
                <dl class="table-bars">
                  <For each={bars()}>
                    {({ name, k, share }) => (
                      <div class={`table-class-${k % 6}`}>
                        <dt>
                          <svg width="24" height="6" viewBox="0 0 24 6" aria-hidden="true">
                            <path class="table-line" d="M0 3H24" />
                          </svg>
                          {name}
                        </dt>
                        <dd>
                          <span class="table-bar" style={{ width: `${(100 * share).toFixed(2)}%` }} />
                          <span class="number">{percent(share)}</span>
                        </dd>
                      </div>
                    )}
                  </For>
                </dl>
              </Show>
              <For each={form.prediction()?.warnings}>{(warning) => <p class="table-warning">{warning}</p>}</For>
            </Match>
          </Switch>
        </div>
        <div class="table-buttons controls">
          <button type="button" onClick={() => void form.take((form.source()?.index ?? 0) - 1)}>
            Previous row
          </button>
          <button type="button" onClick={() => void form.take((form.source()?.index ?? -1) + 1)}>
            Next row
          </button>
          <button type="button" onClick={() => void form.take(Math.floor(Math.random() * (state.info()?.rows ?? 1)))}>
            Random row
          </button>
        </div>
        <form class="table-form controls" aria-label="A row" onSubmit={(event) => event.preventDefault()}>
          <For each={state.appraisal()!.fields}>
            {(field) => <FieldCard field={field} form={form} classes={state.appraisal()?.classes} domain={domain()} />}
          </For>
        </form>
      </section>
    </Show>
  );
}
