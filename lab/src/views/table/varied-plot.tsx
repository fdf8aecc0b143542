/** The prediction over the range of one field: a line for each class, or for the number. */
import type { RowPrediction } from 'chainrule/predict';
import { createMemo, For, Show } from 'solid-js';
import type { Varied } from './form.ts';
import { percent, short } from './numbers.ts';
import { linearScale, pathOf } from './scale.ts';

const [width, height, pad] = [220, 64, 4];
/** Of more classes, only those that are most probable somewhere are drawn. */
const maxLines = 6;

interface VariedPlotProps {
  readonly name: string;
  readonly varied: Varied;
  readonly kind: 'number' | 'date' | 'category';
  readonly value: string | number | null;
  readonly classes: readonly string[] | undefined;
  /** The range of the predictions over all fields, so that the pictures compare. */
  readonly domain: readonly [low: number, high: number];
}

interface Series {
  readonly k: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** The numbers to draw: probabilities of classes, or the predicted numbers. */
export function seriesOf(
  predictions: readonly RowPrediction[],
  classes: readonly string[] | undefined,
): readonly Series[] {
  const [first] = predictions;
  if (first === undefined) return [];
  if (first.probabilities === undefined) {
    if (typeof first.prediction === 'object') {
      return Object.keys(first.prediction).map((name, k) => ({
        k,
        name,
        values: predictions.map(({ prediction }) => (prediction as Readonly<Record<string, number>>)[name]),
      }));
    }
    return [{ k: 0, name: 'prediction', values: predictions.map(({ prediction }) => Number(prediction)) }];
  }
  const all = (classes ?? Object.keys(first.probabilities)).map((name, k) => ({
    k,
    name,
    values: predictions.map(({ probabilities }) => probabilities?.[name] ?? 0),
  }));
  if (all.length <= maxLines) return all;
  return [...all].sort((a, b) => Math.max(...b.values) - Math.max(...a.values)).slice(0, maxLines);
}

/** The range of all predictions: 0 to 1 for probabilities. */
export function domainOf(all: Iterable<Varied>): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { predictions } of all) {
    if (predictions[0]?.probabilities !== undefined) return [0, 1];
    for (const value of seriesOf(predictions, undefined).flatMap(({ values }) => values)) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

export function VariedPlot(props: VariedPlotProps) {
  const isClasses = () => props.varied.predictions[0]?.probabilities !== undefined;
  const series = createMemo(() => seriesOf(props.varied.predictions, props.classes));
  const scales = createMemo(() => {
    const { values } = props.varied;
    const [low, high] = props.domain;
    const y = linearScale(low, high, height - pad, pad);
    const isCategory = props.kind === 'category';
    const x = isCategory
      ? { at: (i: number) => ((i + 0.5) / values.length) * width }
      : linearScale(0, values.length - 1, pad, width - pad);
    return { x, y, low, high, isCategory };
  });
  const text = (value: number) => (isClasses() ? percent(value) : short(value, 4));
  const label = () => {
    const { values } = props.varied;
    const parts = series().map(({ name, values: of }) =>
      scales().isCategory
        ? `${name}: ${values.map((value, i) => `${value} ${text(of[i])}`).join(', ')}`
        : `${name} ${text(of[0])} at the minimum, ${text(of.at(-1)!)} at the maximum`,
    );
    return `What ${props.name} changes. ${parts.join('; ')}.`;
  };
  /** Where the present value is. */
  const marker = () => {
    const { values } = props.varied;
    if (props.value === null) return undefined;
    if (scales().isCategory) {
      const at = values.indexOf(String(props.value));
      return at === -1 ? undefined : scales().x.at(at);
    }
    if (props.kind === 'date') {
      const days = values.map((each) => Date.parse(String(each)));
      const share = (Date.parse(String(props.value)) - days[0]) / (days.at(-1)! - days[0] || 1);
      return share >= 0 && share <= 1 ? scales().x.at(share * (values.length - 1)) : undefined;
    }
    const [low, high] = [Number(values[0]), Number(values.at(-1))];
    const share = (Number(props.value) - low) / (high - low);
    return share >= 0 && share <= 1 ? scales().x.at(share * (values.length - 1)) : undefined;
  };
  return (
    <svg class="table-varied" role="img" aria-label={label()} viewBox={`0 0 ${width} ${height}`}>
      <rect class="table-frame" x="0.5" y="0.5" width={width - 1} height={height - 1} />
      <Show when={marker()}>{(x) => <line class="table-here" x1={x()} x2={x()} y1="1" y2={height - 1} />}</Show>
      <For each={series()}>
        {({ k, values }) => (
          <Show
            when={scales().isCategory}
            fallback={
              <path
                class={`table-line table-class-${isClasses() ? k % 6 : 0}`}
                d={pathOf(values.map((value, i) => [scales().x.at(i), scales().y.at(value)]))}
              />
            }
          >
            <g class={`table-line table-class-${isClasses() ? k % 6 : 0}`}>
              <For each={values}>
                {(value, i) => {
                  const half = Math.min(18, width / values.length / 2 - 2);
                  return (
                    <line
                      x1={scales().x.at(i()) - half}
                      x2={scales().x.at(i()) + half}
                      y1={scales().y.at(value)}
                      y2={scales().y.at(value)}
                    />
                  );
                }}
              </For>
            </g>
          </Show>
        )}
      </For>
      <Show when={!isClasses()}>
        <text class="table-bound" x="5" y="13">
          {short(scales().high, 4)}
        </text>
        <text class="table-bound" x={width - 5} y={height - 5} text-anchor="end">
          {short(scales().low, 4)}
        </text>
      </Show>
    </svg>
  );
}
