/** The slice of the loss surface, computed when training pauses or when the person asks for it. */
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import type { Slice } from './loss-slice.ts';
import type { Shapes } from './mean-loss.ts';
import type { Playground } from './playground-state.ts';
import { paintSlice, range } from './slice-paint.ts';

/** Losses along each side. */
const size = 33;

interface Shown {
  readonly slice: Slice;
  readonly names: readonly [string, string];
  readonly epoch: number;
}

export function LossSlice(props: { readonly state: Playground }) {
  const { state } = props;
  const [isOpen, setOpen] = createSignal(false);
  const [along, setAlong] = createSignal<readonly [number, number]>();
  const [shown, setShown] = createSignal<Shown>();
  const [isComputing, setComputing] = createSignal(false);
  /** The names of the weights, read when the panel opens and when training pauses. */
  const [names, setNames] = createSignal<readonly string[]>([]);

  const compute = async () => {
    const experiment = state.experiment({ dropout: 0 });
    const shapes = state.way.shapes();
    const way = state.way.points();
    if (experiment === undefined || way.length === 0) return;
    setNames(namesOf(shapes));
    const chosen = along();
    const valid = chosen?.every((each) => each < way[0].length) ? chosen : undefined;
    setComputing(true);
    const epoch = state.epoch();
    const answer = await state.study.ask({ kind: 'slice', experiment, shapes, way, along: valid, size });
    setComputing(false);
    if (answer?.slice === undefined) return;
    const { shares } = answer.slice;
    const percent = (share = 0) => `${Math.round(100 * share)} %`;
    setShown({
      epoch,
      slice: answer.slice,
      names:
        valid === undefined
          ? [`1st component (${percent(shares?.[0])})`, `2nd component (${percent(shares?.[1])})`]
          : [names()[valid[0]], names()[valid[1]]],
    });
  };
  // the slice of another network says nothing about this one
  createEffect(() => state.curves().rows.length === 0 && setShown(undefined));
  createEffect(
    on([isOpen, state.isPlaying, along, state.epoch], ([open, playing]) => {
      if (!open || playing) return;
      const timer = setTimeout(() => void compute(), 150);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  return (
    <details class="playground-slice" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>A slice of the loss surface, with the path of the weights</summary>
      <Show when={isOpen()}>
        <p class="playground-about">
          All weights lie on a plane of two directions through the weights of now (green dot); the line is the path of
          training, from the hollow dot. Violet is a higher loss.
        </p>
        <div class="playground-directions">
          <label>
            Directions{' '}
            <select
              value={along() === undefined ? 'principal' : 'weights'}
              onChange={(event) =>
                setAlong(event.target.value === 'weights' ? [0, Math.min(1, names().length - 1)] : undefined)
              }
            >
              <option value="principal">principal components of the path</option>
              <option value="weights">two weights</option>
            </select>
          </label>
          <Show when={along()}>
            {(chosen) => (
              <For each={[0, 1] as const}>
                {(k) => (
                  <label>
                    <span class="hidden">{k === 0 ? 'First weight' : 'Second weight'}</span>
                    <select
                      value={chosen()[k]}
                      onChange={(event) => {
                        const next: [number, number] = [...chosen()] as [number, number];
                        next[k] = Number(event.target.value);
                        setAlong(next);
                      }}
                    >
                      <For each={names()}>{(name, i) => <option value={i()}>{name}</option>}</For>
                    </select>
                  </label>
                )}
              </For>
            )}
          </Show>
          <button type="button" onClick={() => void compute()}>
            Compute now
          </button>
        </div>
        <p class="soft playground-about" role="status">
          {isComputing()
            ? 'Computing …'
            : shown() === undefined
              ? 'The slice is computed when training pauses.'
              : `At epoch ${shown()!.epoch}: losses from ${range(shown()!.slice)} on the training points, without penalties.`}
        </p>
        <Show when={shown()}>
          {(now) => (
            <Plot
              name="loss-surface"
              label={`A slice of the loss surface along ${now().names[0]} and ${now().names[1]}; losses from ${range(now().slice)}`}
              shape={{ ratio: 0.8 }}
              draw={(painter) => paintSlice(painter, { ...now(), colors: palette() })}
            />
          )}
        </Show>
      </Show>
    </details>
  );
}

/** For each number of the list of weights, its address: `layers.0.weight[1][2]`. */
function namesOf(shapes: Shapes): string[] {
  return shapes.flatMap(([name, shape]) => {
    const [rows, columns = 0] = shape;
    if (shape.length === 1) return Array.from({ length: rows }, (_, i) => `${name}[${i}]`);
    return Array.from({ length: rows * columns }, (_, i) => `${name}[${Math.floor(i / columns)}][${i % columns}]`);
  });
}
