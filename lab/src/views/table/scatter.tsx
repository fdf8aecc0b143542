/** Predicted against actual values: on the diagonal, a prediction is right. */
import { createMemo, For } from 'solid-js';
import { count, short, whole } from './numbers.ts';
import type { Appraisal } from './protocol.ts';
import { linearScale } from './scale.ts';

const [size, margin] = [300, { left: 48, right: 10, top: 10, bottom: 40 }];

export function Scatter(props: { readonly points: NonNullable<Appraisal['points']>; readonly target: string }) {
  const drawn = createMemo(() => {
    const { actual, predicted } = props.points;
    const all = [...actual, ...predicted].filter(Number.isFinite);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const x = linearScale(low, high, margin.left, size - margin.right, 3);
    const y = linearScale(low, high, size - margin.bottom, margin.top, 3);
    return { low, high, x, y, dots: actual.map((value, i) => ({ cx: x.at(value), cy: y.at(predicted[i]) })) };
  });
  const label = () => {
    const { actual, part, of } = props.points;
    const shown = actual.length < of ? ` (${whole(actual.length)} of them are shown)` : '';
    return `Predicted against actual ${props.target} of ${count(of, `${part} row`)}${shown}, from ${short(drawn().low)} to ${short(drawn().high)}. Points on the diagonal are predicted correctly.`;
  };
  return (
    <figure class="table-scatter">
      <svg role="img" aria-label={label()} viewBox={`0 0 ${size} ${size}`}>
        <For each={drawn().x.ticks}>
          {(tick) => (
            <g class="table-tick">
              <line x1={drawn().x.at(tick)} x2={drawn().x.at(tick)} y1={margin.top} y2={size - margin.bottom} />
              <text x={drawn().x.at(tick)} y={size - margin.bottom + 15} text-anchor="middle">
                {short(tick)}
              </text>
              <line y1={drawn().y.at(tick)} y2={drawn().y.at(tick)} x1={margin.left} x2={size - margin.right} />
              <text y={drawn().y.at(tick) + 4} x={margin.left - 6} text-anchor="end">
                {short(tick)}
              </text>
            </g>
          )}
        </For>
        <line
          class="table-diagonal"
          x1={drawn().x.at(drawn().low)}
          y1={drawn().y.at(drawn().low)}
          x2={drawn().x.at(drawn().high)}
          y2={drawn().y.at(drawn().high)}
        />
        <For each={drawn().dots}>{(dot) => <circle class="table-dot" r="2.6" {...dot} />}</For>
        <text class="table-axis" x={(size + margin.left) / 2} y={size - 6} text-anchor="middle">
          actual
        </text>
        <text
          class="table-axis"
          x="12"
          y={(size - margin.bottom) / 2}
          text-anchor="middle"
          transform={`rotate(-90 12 ${(size - margin.bottom) / 2})`}
        >
          predicted
        </text>
      </svg>
      <figcaption>{`Predicted against actual ${props.target}, ${props.points.part} rows. On the line, a prediction is right.`}</figcaption>
    </figure>
  );
}
