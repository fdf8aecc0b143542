/** A small drawing of the network: what is connected to what. */
import { createMemo, For, Show } from 'solid-js';
import { type Layout, layoutOf } from './drawing-layout.ts';
import type { SheetLine } from './protocol.ts';

export function NetworkDrawing(props: { readonly experiment: unknown; readonly lines: readonly SheetLine[] }) {
  const layout = createMemo(() => layoutOf(props.experiment));
  /** The name of a unit's output, without the mark of its sample. */
  const nameOf = (layer: number, unit: number) => {
    if (layer === 0) return `x${unit}`;
    const address = (kind: string) => `layers.${layer - 1}.${kind}[0][${unit - 1}]`;
    const line =
      props.lines.find(({ quantity }) => quantity === address('output')) ??
      props.lines.find(({ quantity }) => quantity === address('sum'));
    return line?.name.text.replace(/⁽.*⁾/, '') ?? '';
  };
  const describe = ({ layers }: Layout) =>
    `The network: ${layers.map(({ title, units, more }) => `${units.length + more} ${title === 'inputs' ? 'inputs' : `${title} units`}`).join(', then ')}.`;
  return (
    <Show when={layout()}>
      {(shown) => (
        <svg
          class="audit-drawing"
          viewBox={`0 0 ${shown().width} ${shown().height}`}
          width={shown().width}
          role="img"
          aria-label={describe(shown())}
        >
          <For each={shown().edges}>
            {({ from, to, weight }) => (
              <line
                x1={from.x}
                y1={from.y}
                x2={to.x}
                y2={to.y}
                class={weight !== undefined && weight < 0 ? 'negative' : 'positive'}
              />
            )}
          </For>
          <For each={shown().layers}>
            {({ title, units, more }, layer) => (
              <>
                <text x={units[0].x} y={12} class="title">
                  {title}
                </text>
                <For each={units}>
                  {({ x, y, number }) => (
                    <>
                      <circle cx={x} cy={y} r={17} />
                      <text x={x} y={y + 4.5} class="unit">
                        {nameOf(layer(), number)}
                      </text>
                    </>
                  )}
                </For>
                <Show when={more > 0}>
                  <text x={units[0].x} y={shown().height - 4} class="title">
                    … {more} more
                  </text>
                </Show>
              </>
            )}
          </For>
        </svg>
      )}
    </Show>
  );
}
