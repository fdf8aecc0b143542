/** Vectors of two dimensions before and after an update, as arrows. */
import { For } from 'solid-js';

export interface Arrow {
  readonly name: string;
  readonly kind: 'centre' | 'context' | 'negative';
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

const words = { centre: 'center, v', context: 'context', negative: 'negative' } as const;

/** Pixels of the picture, and the unit of the vectors in pixels. */
const [width, height, unit] = [320, 300, 250];
const x = (value: number) => 40 + unit * value;
const y = (value: number) => height - 32 - unit * value;

export function VectorsPicture(props: { readonly arrows: readonly Arrow[] }) {
  const text = () =>
    props.arrows
      .map(
        ({ name, before, after }) =>
          `${name} from (${before.join(', ')}) to (${after.map((v) => v.toFixed(3)).join(', ')})`,
      )
      .join('; ');
  return (
    <figure class="graph-vectors">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`The vectors before and after the update: ${text()}.`}
      >
        <path class="graph-axis" d={`M${x(0)} ${y(1.02)}V${y(0)}H${x(1.08)}`} />
        <For each={[0.5, 1]}>
          {(tick) => (
            <>
              <text x={x(tick)} y={y(0) + 18} text-anchor="middle">
                {tick}
              </text>
              <text x={x(0) - 8} y={y(tick) + 4} text-anchor="end">
                {tick}
              </text>
            </>
          )}
        </For>
        <For each={props.arrows}>
          {({ name, kind, before, after }) => (
            <g class={`graph-arrow graph-arrow-${kind}`}>
              <path class="graph-arrow-before" d={`M${x(0)} ${y(0)}L${x(before[0])} ${y(before[1])}`} />
              <path class="graph-arrow-move" d={`M${x(before[0])} ${y(before[1])}L${x(after[0])} ${y(after[1])}`} />
              <circle cx={x(before[0])} cy={y(before[1])} r="3" />
              <circle class="graph-arrow-after" cx={x(after[0])} cy={y(after[1])} r="4.5" />
              <text x={x(before[0]) + 8} y={y(before[1]) + (kind === 'context' ? 14 : -6)}>
                {name}
              </text>
            </g>
          )}
        </For>
      </svg>
      <figcaption class="soft">
        Dots: before the update. Rings: after it, with the learning rate 0.1. The {words.centre}, moves towards its{' '}
        {words.context} and away from the {words.negative}s; they move, too.
      </figcaption>
    </figure>
  );
}
