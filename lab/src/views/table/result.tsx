/** How good the model is: the verdict, its scores beside the baselines, and where it is wrong. */
import { createMemo, For, Show } from 'solid-js';
import { Confusion } from './confusion.tsx';
import { count, metricName, percent, short } from './numbers.ts';
import type { Appraisal, ModelScores, Scores } from './protocol.ts';
import { Scatter } from './scatter.tsx';
import type { TableState } from './state.ts';

const parts = ['test', 'validation', 'training'] as const;
type Part = (typeof parts)[number];

const reasons: Readonly<Record<string, string>> = {
  epochs: 'all epochs were completed',
  seconds: 'the time limit was reached',
  loss: 'the loss reached its threshold',
  patience: 'the loss no longer improved',
  gradientNorm: 'the gradient norm reached its threshold',
  aborted: 'it was stopped',
  diverged: 'the loss was no longer finite, or far above its start',
};

export function Result(props: { readonly state: TableState }) {
  const { state } = props;
  const found = createMemo(() => {
    const result = state.session.result();
    const appraisal = state.appraisal();
    if (result === undefined || appraisal === undefined) return undefined;
    const own: ModelScores = {
      name: 'network',
      training: { loss: result.loss.final, ...result.metrics },
      validation: result.validation ?? {},
      test: result.test ?? {},
    };
    const models = [own, ...appraisal.baselines];
    const there = parts.filter((part) => Object.keys(own[part]).length > 0);
    return { result, appraisal, models, there, part: there[0], scores: own[there[0]] };
  });
  return (
    <Show when={found()}>
      {(ready) => (
        <section aria-labelledby="table-result" class="table-result">
          <h2 id="table-result">Result</h2>
          <div class="table-big">
            <For each={headline(ready().scores, ready().part, ready().appraisal.verdict)}>
              {({ value, label }) => (
                <p>
                  <b class="number">{value}</b> <span>{label}</span>
                </p>
              )}
            </For>
          </div>
          <p>
            {`Training stopped after ${count(ready().result.stop.epoch, 'epoch')}: ${reasons[ready().result.stop.reason]}.`}
            <Show when={ready().result.kept}>
              {(kept) => ` The model has the weights after epoch ${kept().epoch}.`}
            </Show>{' '}
            {ready().part === 'validation'
              ? 'The validation rows also decided when to stop; give a test share to measure on rows that decided nothing.'
              : ''}
          </p>
          <Show when={ready().result.stop.cause}>{(cause) => <p class="table-warning">{cause()}</p>}</Show>
          <Show when={ready().appraisal.verdict}>
            {(verdict) => (
              <p class="table-verdict" classList={{ 'table-warning': verdict().outcome !== 'better' }}>
                {verdict().text}
              </p>
            )}
          </Show>
          <div class="table-evidence">
            <div>
              <ScoreTable part={ready().part} models={ready().models} />
              <p class="soft">{`${ready().appraisal.about} The best value is bold.`}</p>
              <Show when={ready().there.length > 1}>
                <details>
                  <summary>{`The ${ready().there.slice(1).join(' and the ')} rows`}</summary>
                  <For each={ready().there.slice(1)}>
                    {(part) => <ScoreTable part={part} models={ready().models} />}
                  </For>
                </details>
              </Show>
            </div>
            <Show when={ready().result.confusion}>
              {(confusion) => (
                <Confusion
                  matrix={confusion().matrix}
                  part={confusion().part}
                  classes={ready().appraisal.classes ?? []}
                />
              )}
            </Show>
            <Show when={ready().appraisal.points}>
              {(points) => (
                <Scatter points={points()} target={[state.choices()?.data.target ?? []].flat().join(', ')} />
              )}
            </Show>
          </div>
        </section>
      )}
    </Show>
  );
}

function headline(
  scores: Scores,
  part: Part,
  verdict: Appraisal['verdict'],
): { readonly value: string; readonly label: string }[] {
  if (scores.accuracy !== undefined) {
    // of a sample of many rows, the interval would be another one
    const [low, high] = (verdict?.of === undefined ? (verdict?.networkInterval ?? []) : []).map((x) => short(100 * x));
    const interval = low === undefined ? '' : ` (95 % interval ${low} to ${high} %)`;
    return [{ value: percent(scores.accuracy), label: `accuracy, ${part} rows${interval}` }];
  }
  return [
    ...(Number.isFinite(scores.r2) ? [{ value: short(scores.r2), label: `R², ${part} rows` }] : []),
    { value: short(scores.meanAbsoluteError), label: `mean absolute error, ${part} rows` },
  ];
}

/** Whether a smaller value of a metric is better. */
const lessIsBetter = (name: string) => /loss|error/i.test(name);

function ScoreTable(props: { readonly part: Part; readonly models: readonly ModelScores[] }) {
  // a metric that repeats another is left out, as are those of one of several columns
  const names = () => {
    const scores = props.models.map((model) => model[props.part]);
    const repeats = (name: string) =>
      name.startsWith('micro') || (name === 'logLoss' && scores.every(({ loss, logLoss }) => loss === logLoss));
    return Object.keys(scores[0]).filter((name) => !name.includes('(') && !repeats(name));
  };
  const best = (name: string) => {
    const values = props.models.map((model) => model[props.part][name]).filter(Number.isFinite);
    return lessIsBetter(name) ? Math.min(...values) : Math.max(...values);
  };
  return (
    <section class="scroll" tabindex="0" aria-label={`Scores on the ${props.part} rows`}>
      <table class="table-scores">
        <caption>{`Scores on the ${props.part} rows`}</caption>
        <thead>
          <tr>
            <th scope="col">metric</th>
            <For each={props.models}>
              {({ name }) => (
                <th scope="col" class="right">
                  {name}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={names()}>
            {(name) => (
              <tr>
                <th scope="row">{metricName(name)}</th>
                <For each={props.models}>
                  {(model) => (
                    <td class="right" classList={{ 'table-best': model[props.part][name] === best(name) }}>
                      {short(model[props.part][name], 4)}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
