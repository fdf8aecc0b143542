/** The weights between two columns: a line each, thick where the weight is large, dashed where it is negative. */
import { createMemo, For, Index, Show } from 'solid-js';
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

interface Shown extends Link {
  readonly weight?: number;
  readonly gradient?: number;
}

/** The maximum number of weights that are written in a crowd. */
const maxRelated = 10;

/**
 * How much is written at the weights between two columns: each with its name and its gradient; one number each, the newest; or
 * only the numbers that belong to the selected one.
 */
type Detail = 'all' | 'newest' | 'selected';

const detailOf = (count: number, isWide: boolean): Detail =>
  count <= (isWide ? 6 : 2) ? 'all' : count <= (isWide ? 12 : 6) ? 'newest' : 'selected';

export function Links(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly column: ColumnData;
  readonly from: ColumnLayout;
  readonly to: ColumnLayout;
  readonly isWide: boolean;
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
  const detail = createMemo(() => detailOf(links().length, props.isWide));
  const isRelated = (id: number | undefined) => id !== undefined && props.step.related().has(id);
  const weights = createMemo((): readonly Shown[] => {
    if (links().length > maxSingleLines) return [];
    const { name } = props.column.weight ?? {};
    const all = links().map((link) => ({
      ...link,
      ...weightNumbers(props.moment, name!, link.from.unit!, link.to.unit!),
    }));
    if (detail() === 'selected') {
      return all.filter(({ weight, gradient }) => isRelated(weight) || isRelated(gradient)).slice(0, maxRelated);
    }
    return props.from.hasNumbers && props.to.hasNumbers ? all : [];
  });
  const spots = createMemo(() => labelSpots(weights(), props.to.radius + 8));
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
      <Index each={weights()}>
        {(shown, i) => (
          <>
            <NumberMark
              step={props.step}
              id={detail() === 'newest' ? newest(props.step, shown()) : shown().weight}
              x={spots()[i].x}
              y={spots()[i].y}
              named={detail() !== 'newest'}
            />
            <Show when={detail() !== 'newest'}>
              <NumberMark step={props.step} id={shown().gradient} x={spots()[i].x} y={spots()[i].y + 18} prefix="∇ " />
            </Show>
          </>
        )}
      </Index>
    </g>
  );
}

/** Of a weight and its gradient, the number that the walk computed last. */
function newest(step: Step, { weight, gradient }: Shown): number | undefined {
  if (weight === undefined || gradient === undefined) return weight ?? gradient;
  return (step.numberAt(weight)?.line ?? -1) > (step.numberAt(gradient)?.line ?? -1) ? weight : gradient;
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
