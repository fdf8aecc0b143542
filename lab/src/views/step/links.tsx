/** The weights between two columns: a line each, thick where the weight is large, dashed where it is negative. */
import { createMemo, For, Index, Show } from 'solid-js';
import { type ColumnLayout, maxSingleLines, type Spot } from './layout.ts';
import type { ColumnData } from './protocol.ts';
import type { Step } from './state.ts';

interface Link {
  readonly from: Spot;
  readonly to: Spot;
  readonly value: number;
}

export function Links(props: {
  readonly step: Step;
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
  return (
    <g>
      <Show when={links().length <= maxSingleLines} fallback={<Bundles links={links()} largest={largest()} />}>
        <Index each={links()}>
          {(link) => (
            <line
              class={`step-link ${link().value < 0 ? 'negative' : 'positive'}`}
              x1={link().from.x}
              y1={link().from.y}
              x2={link().to.x}
              y2={link().to.y}
              stroke-width={0.8 + (3.4 * Math.abs(link().value)) / largest()}
              data-n={props.step.ids().get(`${props.column.weight!.name}[${link().from.unit}][${link().to.unit}]`)}
            />
          )}
        </Index>
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
  /** Fainter the more lines there are, so that the thick ones stay visible. */
  const opacity = () => Math.max(0.1, Math.min(1, 500 / props.links.length));
  return (
    <For each={bundles()}>
      {({ sign, size, path }) => (
        <path
          class={`step-link bundle ${sign}`}
          d={path}
          fill="none"
          stroke-width={[0.35, 0.7, 1.4][size]}
          opacity={[0.3, 0.6, 1][size] * opacity()}
        />
      )}
    </For>
  );
}
