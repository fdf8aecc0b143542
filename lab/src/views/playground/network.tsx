/** The network's drawing, with the controls of its layers above each column, and a button on each unit that shows it large. */
import { createMemo, createSignal, For, Index, onCleanup, onMount, Show } from 'solid-js';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import { hiddenActivations, kindOf, limits } from './config.ts';
import { layoutOf } from './network-layout.ts';
import { paintNetwork } from './network-paint.ts';
import { Handle, TileButton } from './network-parts.tsx';
import type { Playground } from './playground-state.ts';
import { short } from './remarks.ts';

/** A unit: the column of its layer, and its number there. */
export interface Unit {
  readonly column: number;
  readonly unit: number;
}

export interface NetworkProps {
  readonly state: Playground;
  readonly selected: () => Unit | undefined;
  select(unit: Unit | undefined): void;
}

/** Of the tiles, in pixels: enough for the largest layer. */
const heightFor = (units: readonly number[]) => Math.min(310, Math.max(165, 52 * Math.max(...units) + 20));

export function Network(props: NetworkProps) {
  const { state } = props;
  let box!: HTMLDivElement;
  const [room, setRoom] = createSignal(600);
  const [unfolded, setUnfolded] = createSignal<ReadonlySet<number>>(new Set());
  onMount(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setRoom(Math.floor(contentRect.width)));
    observer.observe(box);
    onCleanup(() => observer.disconnect());
  });
  const kind = () => kindOf(state.config());
  const hidden = () => state.config().hidden;
  const units = createMemo(() => [kind() === 'classes' ? 2 : 1, ...hidden().map((layer) => layer.units), 1]);
  const height = () => heightFor(units());
  const layout = createMemo(() => layoutOf(units(), { width: room(), height: height(), unfolded: unfolded() }));
  const outputs = createMemo(() => {
    const layers = state.frame()?.layers;
    const fit =
      layers?.every((values, l) => values.length % units()[l + 1] === 0) && layers.length === units().length - 1;
    return fit ? layers : undefined;
  });

  const change = (l: number, part: Partial<{ units: number; activation: string }>) =>
    state.change({ hidden: hidden().map((layer, i) => (i === l ? { ...layer, ...part } : layer)) });
  const resize = (l: number, count: number) => {
    const within = Math.min(limits.units, Math.max(1, Math.round(count)));
    if (within !== hidden()[l].units) change(l, { units: within });
  };
  const add = () =>
    state.change({ hidden: [...hidden(), { units: 4, activation: hidden().at(-1)?.activation ?? 'tanh' }] });
  const remove = (l: number) => state.change({ hidden: hidden().filter((_, i) => i !== l) });
  const toggle = (column: number) =>
    setUnfolded((old) => new Set(old.has(column) ? [...old].filter((c) => c !== column) : [...old, column]));

  const label = () =>
    `The network: ${units()[0]} input${units()[0] === 1 ? '' : 's'}, ${
      hidden().length === 0
        ? 'no hidden layer'
        : `hidden layers of ${hidden()
            .map((layer) => `${layer.units} ${layer.activation}`)
            .join(', ')}`
    }, one output. Each square shows the output of its unit over the plane.`;

  return (
    <section class="playground-network" aria-labelledby="playground-network">
      <div class="playground-heading">
        <h2 id="playground-network">Network</h2>
        <button type="button" onClick={add} disabled={hidden().length >= limits.layers}>
          Add a layer
        </button>
      </div>
      <div class="playground-network-scroll" ref={box}>
        <div class="playground-network-body" style={{ width: `${layout().width}px` }}>
          <div class="playground-columns">
            <div class="playground-column" style={{ width: `${layout().columns[0].width}px` }}>
              <h3>Input</h3>
            </div>
            <Index each={hidden()}>
              {(layer, l) => (
                <div class="playground-column" style={{ width: `${layout().columns[l + 1]?.width ?? 0}px` }}>
                  <h3>
                    Layer {l + 1}
                    <button type="button" class="plain" aria-label={`Remove layer ${l + 1}`} onClick={() => remove(l)}>
                      ×
                    </button>
                  </h3>
                  <label>
                    <span class="hidden">Units of layer {l + 1}</span>
                    <input
                      type="number"
                      min="1"
                      max={limits.units}
                      value={layer().units}
                      onChange={(event) => {
                        resize(l, event.target.valueAsNumber || 1);
                        event.target.value = String(hidden()[l].units);
                      }}
                    />
                  </label>
                  <label>
                    <span class="hidden">Activation of layer {l + 1}</span>
                    <select
                      value={layer().activation}
                      onChange={(event) => change(l, { activation: event.target.value })}
                    >
                      <For each={hiddenActivations}>{(name) => <option>{name}</option>}</For>
                    </select>
                  </label>
                </div>
              )}
            </Index>
            <div class="playground-column" style={{ width: `${layout().columns.at(-1)!.width}px` }}>
              <h3>Output</h3>
              <span class="soft">{kind() === 'classes' ? 'sigmoid' : 'linear'}</span>
            </div>
          </div>
          <div class="playground-tiles">
            <Plot
              name="network"
              label={label()}
              shape={{ height: height() }}
              draw={(painter) =>
                paintNetwork(painter, {
                  layout: layout(),
                  kind: kind(),
                  weights: state.weights(),
                  outputs: outputs(),
                  colors: palette(),
                })
              }
            />
            <Index each={layout().columns}>
              {(column, c) => (
                <>
                  <Index each={column().tiles}>
                    {(tile) => (
                      <TileButton
                        tile={tile()}
                        label={nameOf({ column: c, unit: tile().unit }, units())}
                        isSelected={props.selected()?.column === c && props.selected()?.unit === tile().unit}
                        onSelect={(is) => props.select(is ? { column: c, unit: tile().unit } : undefined)}
                      />
                    )}
                  </Index>
                  <Show when={units()[c] > column().tiles.length || unfolded().has(c)}>
                    <button
                      type="button"
                      class="playground-fold"
                      style={{
                        left: `${Math.max(...column().tiles.map(({ x, size }) => x + size)) + 6}px`,
                        top: `${column().bottom - 20}px`,
                      }}
                      aria-expanded={unfolded().has(c)}
                      aria-label={unfolded().has(c) ? 'Fold the layer' : `Show ${column().folded} more units`}
                      onClick={() => toggle(c)}
                    >
                      {unfolded().has(c) ? '−' : `+${column().folded}`}
                    </button>
                  </Show>
                  <Show when={c > 0 && c <= hidden().length}>
                    <Handle
                      label={`Units of layer ${c}: drag, or use the arrow keys`}
                      units={units()[c]}
                      pitch={(column().tiles[0]?.size ?? 40) + 5}
                      place={{ x: column().x, y: Math.min(height() - 12, column().bottom + 4) }}
                      onResize={(count) => resize(c - 1, count)}
                    />
                  </Show>
                </>
              )}
            </Index>
          </div>
        </div>
      </div>
    </section>
  );
}

/** "Unit 2 of layer 1", "Input x₁", "Output". */
export function nameOf({ column, unit }: Unit, units: readonly number[]): string {
  if (column === 0) return `Input x${unit === 0 ? '₁' : '₂'}`;
  return column === units.length - 1 ? 'Output' : `Unit ${unit + 1} of layer ${column}`;
}

/** The weights into a unit, and its bias. */
export function numbersOf(state: Playground, { column, unit }: Unit): string {
  const weights = state.weights();
  const weight = weights?.[`layers.${column - 1}.weight`];
  const bias = weights?.[`layers.${column - 1}.bias`];
  if (column === 0 || weight === undefined || bias === undefined) return '';
  const [inputs, width] = weight.shape;
  if (unit >= width) return '';
  const shown = Array.from({ length: Math.min(inputs, 8) }, (_, i) => short(weight.data[i * width + unit]));
  return `Weights ${shown.join(', ')}${inputs > 8 ? ' …' : ''}; bias ${short(bias.data[unit])}`.replaceAll('-', '−');
}
