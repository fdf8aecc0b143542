/** The plot of the plane: shows the output or a unit, and takes points that are drawn with the pointer or the keyboard. */
import { createMemo, createSignal, For, Show } from 'solid-js';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import { kindOf, limits } from './config.ts';
import { extent, type Point, pointsOf, short } from './data-sets.ts';
import { nameOf, numbersOf, type Unit } from './network.tsx';
import { unitOf } from './network-paint.ts';
import { paintPlane, place } from './plane-paint.ts';
import type { Playground } from './playground-state.ts';

export interface PlaneProps {
  readonly state: Playground;
  readonly selected: () => Unit | undefined;
}

type Tool = 'one' | 'zero' | 'erase';

const step = 0.05;
/** Points of one stroke keep this distance. */
const distance = 0.09;

export function Plane(props: PlaneProps) {
  const { state } = props;
  const [tool, setTool] = createSignal<Tool>('one');
  const [cursor, setCursor] = createSignal<{ readonly x: number; readonly y: number }>();
  const [said, setSaid] = createSignal('');
  let last: { readonly x: number; readonly y: number } | undefined;

  const config = state.config;
  const kind = () => kindOf(config());
  const ofSet = createMemo(() => pointsOf(config().set, config()));
  const points = () => [...ofSet(), ...config().drawn];
  const counted = () => `${points().length} ${points().length === 1 ? 'point' : 'points'}`;
  const units = () => [kind() === 'classes' ? 2 : 1, ...config().hidden.map((layer) => layer.units), 1];
  const output = () => {
    const outputs = state.frame()?.outputs;
    return outputs?.length === (kind() === 'classes' ? 1600 : 121) ? outputs : undefined;
  };
  /** The outputs of the selected unit, if it is a hidden one. */
  const unit = () => {
    const at = props.selected();
    const layers = state.frame()?.layers;
    if (at === undefined || at.column === 0 || at.column > config().hidden.length) return undefined;
    const values = layers?.[at.column - 1];
    const count = units()[at.column];
    return values !== undefined && at.unit < count && values.length % count === 0
      ? unitOf(values, at.unit, count)
      : undefined;
  };

  const draw = (x: number, y: number) => {
    const at = { x: short(x), y: short(y) };
    if (Math.abs(at.x) > extent || Math.abs(at.y) > extent) return;
    const { drawn, set } = config();
    if (tool() === 'erase') {
      erase(at);
      return;
    }
    if (drawn.length >= limits.drawn) {
      setSaid(`${limits.drawn} points are the maximum.`);
      return;
    }
    const label = kind() === 'classes' && tool() === 'one' ? 1 : 0;
    state.change({ drawn: [...drawn, { ...at, label }], set });
    setSaid(`A point at ${at.x}, ${at.y}. ${counted()}.`);
  };
  /** Removes the nearest point, if it is near. A point of a built-in set makes all of them the person's own. */
  const erase = (at: { readonly x: number; readonly y: number }) => {
    const all = points();
    const away = (point: Point) => Math.hypot(point.x - at.x, point.y - at.y);
    const nearest = all.reduce((best, point, i) => (away(point) < away(all[best]) ? i : best), 0);
    if (all.length === 0 || away(all[nearest]) > 0.12) return;
    const own = config().drawn;
    const inSet = all.length - own.length;
    if (nearest >= inSet) state.change({ drawn: own.filter((_, i) => i !== nearest - inSet) });
    else state.change({ set: 'empty', kind: kind(), drawn: all.filter((_, i) => i !== nearest) });
    setSaid(`Removed a point. ${counted()}.`);
  };

  const positionOf = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const at = place(width, height);
    return { x: at.fromX(event.clientX - left), y: at.fromY(event.clientY - top) };
  };
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, step],
    ArrowDown: [0, -step],
  };
  const onKey = (event: KeyboardEvent) => {
    const at = cursor() ?? { x: 0, y: 0 };
    const move = moves[event.key];
    if (move !== undefined) {
      const inside = (value: number) => short(Math.min(extent, Math.max(-extent, value)));
      const factor = event.shiftKey ? 5 : 1;
      setCursor({ x: inside(at.x + factor * move[0]), y: inside(at.y + factor * move[1]) });
    } else if (event.key === ' ' || event.key === 'Enter') draw(at.x, at.y);
    else if (event.key === 'Delete' || event.key === 'Backspace') erase(at);
    else return;
    event.preventDefault();
  };

  const title = () => {
    const at = props.selected();
    if (at === undefined || (unit() === undefined && at.column > 0)) return 'Output';
    return nameOf(at, units());
  };
  const label = () =>
    kind() === 'classes'
      ? `${title()} over the plane, with ${counted()} of two classes`
      : `${title()} as a curve, with ${counted()}`;

  return (
    <section class="playground-plane" aria-labelledby="playground-plane">
      <h2 id="playground-plane">{title()}</h2>
      <p class="playground-about">
        <Show when={unit() !== undefined} fallback={about(kind())}>
          {numbersOf(state, props.selected()!)}
        </Show>
      </p>
      <Plot
        name={`playground-${config().set}`}
        label={label()}
        shape={{ ratio: 1 }}
        draw={(painter) =>
          paintPlane(painter, {
            kind: kind(),
            points: points(),
            output: output(),
            unit: unit(),
            cursor: cursor(),
            colors: palette(),
          })
        }
      >
        <div
          class="playground-surface"
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application, whose name says its keys
          tabIndex={0}
          aria-label="Draw points: the arrow keys move the cursor, Space places a point, Delete removes the nearest one."
          onKeyDown={onKey}
          onFocus={(event) =>
            event.currentTarget.matches(':focus-visible') && setCursor((old) => old ?? { x: 0, y: 0 })
          }
          onBlur={() => setCursor(undefined)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setCursor(undefined);
            last = positionOf(event);
            draw(last.x, last.y);
          }}
          onPointerMove={(event) => {
            if (last === undefined) return;
            const at = positionOf(event);
            if (Math.hypot(at.x - last.x, at.y - last.y) < distance) return;
            last = at;
            draw(at.x, at.y);
          }}
          onPointerUp={() => {
            last = undefined;
          }}
          onPointerCancel={() => {
            last = undefined;
          }}
        />
      </Plot>
      <fieldset class="playground-tools">
        <legend>Draw</legend>
        <For each={toolsOf(kind())}>
          {([name, text]) => (
            <label>
              <input type="radio" name="tool" checked={tool() === name} onChange={() => setTool(name)} /> {text}
            </label>
          )}
        </For>
        <button
          type="button"
          disabled={points().length === 0}
          onClick={() => state.change({ set: 'empty', kind: kind(), drawn: [] })}
        >
          Remove all
        </button>
      </fieldset>
      <p class="hidden" role="status">
        {said()}
      </p>
    </section>
  );
}

const toolsOf = (kind: string): (readonly [Tool, string])[] =>
  kind === 'classes'
    ? [
        ['one', '● class 1'],
        ['zero', '◆ class 0'],
        ['erase', 'erase'],
      ]
    : [
        ['one', '● points'],
        ['erase', 'erase'],
      ];

const about = (kind: string) =>
  kind === 'classes'
    ? 'The probability of class 1: blue near 1, orange near 0. Hollow points are held out.'
    : 'The fitted curve. Hollow points are held out.';
