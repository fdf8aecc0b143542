/** The weights between two columns: a line each, thick where the weight is large, dashed where it is negative. */
import { createMemo, For, Show } from 'solid-js';
import { type Moment, weightNumbers } from './drawing-numbers.ts';
import { type ColumnLayout, labelSpots, maxSingleLines, type Spot } from './layout.ts';
import { NumberMark } from './number-mark.tsx';
import type { ColumnData } from './protocol.ts';
import type { Step } from './state.ts';

interface Link {
  readonly from: Spot;
  readonly to: Spot;
  readonly value: number;
}

/** The maximum number of weights whose numbers are written. */
const maxLabels = 16;

export function Links(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly column: ColumnData;
  readonly from: ColumnLayout;
  readonly to: ColumnLayout;
}) {
  const links = createMemo((): Link[] => {
    const { weight, units } = props.column;
    if (weight === undefined) return [];
    const drawn = ({ spots }: ColumnLayout) => spots.filter(({ unit }) => unit !== undefined);
    return drawn(props.from).flatMap((from) =>
      drawn(props.to).map((to) => ({ from, to, value: weight.values[from.unit! * units + to.unit!] })),
    );
  });
  const largest = createMemo(() => links().reduce((a, { value }) => Math.max(a, Math.abs(value)), 1e-12));
  const hasLabels = () => props.from.hasNumbers && props.to.hasNumbers && links().length <= maxLabels;
  const spots = createMemo(() => (hasLabels() ? labelSpots(links(), props.to.radius) : []));
  return (
    <g>
      <Show when={links().length <= maxSingleLines} fallback={<Bundles links={links()} largest={largest()} />}>
        <For each={links()}>
          {({ from, to, value }) => (
            <line
              class={`step-link ${value < 0 ? 'negative' : 'positive'}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              stroke-width={0.8 + (3.4 * Math.abs(value)) / largest()}
              data-n={props.step.ids().get(`${props.column.weight!.name}[${from.unit}][${to.unit}]`)}
            />
          )}
        </For>
      </Show>
      <Show when={hasLabels()}>
        <For each={links()}>
          {({ from, to }, i) => {
            const spot = () => spots()[i()];
            const numbers = createMemo(() =>
              weightNumbers(props.moment, props.column.weight!.name, from.unit!, to.unit!),
            );
            return (
              <>
                <NumberMark step={props.step} id={numbers().weight} x={spot().x} y={spot().y} named />
                <NumberMark step={props.step} id={numbers().gradient} x={spot().x} y={spot().y + 18} prefix="∇ " />
              </>
            );
          }}
        </For>
      </Show>
    </g>
  );
}

/** Thousands of lines as a few paths: by sign, and by three steps of size. */
function Bundles(props: { readonly links: readonly Link[]; readonly largest: number }) {
  const bundles = createMemo(() =>
    ['positive', 'negative'].flatMap((sign) =>
      [0, 1, 2].map((size) => ({
        sign,
        size,
        path: props.links
          .filter(
            ({ value }) =>
              value < 0 === (sign === 'negative') &&
              Math.min(2, Math.floor((3 * Math.abs(value)) / props.largest)) === size,
          )
          .map(({ from, to }) => `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${to.x.toFixed(1)} ${to.y.toFixed(1)}`)
          .join(''),
      })),
    ),
  );
  return (
    <For each={bundles()}>
      {({ sign, size, path }) => (
        <path
          class={`step-link ${sign}`}
          d={path}
          fill="none"
          stroke-width={[0.35, 0.7, 1.4][size]}
          opacity={[0.25, 0.5, 0.8][size]}
        />
      )}
    </For>
  );
}
