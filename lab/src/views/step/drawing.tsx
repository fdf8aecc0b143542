/** The network, drawn with the numbers that the walk has reached. Every number is a button. */
import { createMemo, createSignal, For, Index, onCleanup, onMount, Show } from 'solid-js';
import { latest, type Moment, unitNumbers } from './drawing-numbers.ts';
import { shortNumber } from './format.ts';
import { type ColumnLayout, layoutOf, type Spot } from './layout.ts';
import { Links } from './links.tsx';
import { moveFocus } from './move-focus.ts';
import { NumberMark } from './number-mark.tsx';
import type { ColumnData } from './protocol.ts';
import type { Step } from './state.ts';

export function Drawing(props: { readonly step: Step }) {
  const columns = () => props.step.data()?.columns ?? [];
  const [width, setWidth] = createSignal(640);
  let figure!: HTMLDivElement;
  onMount(() => {
    // on a phone, the drawing is narrower, so that its letters stay readable
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setWidth(Math.round(Math.max(400, Math.min(640, contentRect.width)) / 20) * 20),
    );
    observer.observe(figure);
    onCleanup(() => observer.disconnect());
  });
  const layout = createMemo(() =>
    layoutOf(
      columns().map(({ units }) => units),
      width(),
      width() < 520 ? 112 : 120,
    ),
  );
  const sample = createMemo(() => {
    const samples = props.step.data()?.samples ?? [];
    const wished = [props.step.current()?.sample, props.step.settings().sample];
    return wished.find((each) => each !== undefined && samples.includes(each)) ?? samples[0] ?? 0;
  });
  /** In the free mode, the drawing shows the step until its update. */
  const isShown = (id: number) =>
    props.step.isGuided() ? props.step.isReached(id) : props.step.numberAt(id)?.phase !== 'after';
  const moment = (): Moment => ({
    ids: props.step.ids(),
    numberAt: props.step.numberAt,
    isReached: isShown,
    sample: sample(),
  });
  const samples = () => props.step.data()?.samples ?? [];

  return (
    <figure class="step-drawing">
      <div class="step-figure" ref={figure}>
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          viewBox={`0 0 ${layout().width} ${layout().height}`}
          role="group"
          aria-label={`The network with the numbers of sample ${sample() + 1}. Arrow keys move between numbers.`}
          onKeyDown={moveFocus}
        >
          <Index each={columns().slice(1)}>
            {(column, c) => (
              <Links
                step={props.step}
                moment={moment()}
                column={column()}
                from={layout().columns[c]}
                to={layout().columns[c + 1]}
                isWide={width() >= 520}
              />
            )}
          </Index>
          <Index each={columns()}>
            {(column, c) => (
              <Column
                step={props.step}
                moment={moment()}
                column={column()}
                at={layout().columns[c]}
                values={column().values[samples().indexOf(sample())]}
                isInput={c === 0}
                height={layout().height}
              />
            )}
          </Index>
          <Ends
            step={props.step}
            moment={moment()}
            at={layout().columns.at(-1)}
            width={layout().width}
            height={layout().height}
          />
        </svg>
      </div>
      <figcaption>
        <label>
          Sample{' '}
          <select
            value={String(sample())}
            onChange={({ currentTarget }) => {
              const row = Number(currentTarget.value);
              props.step.change({ sample: row });
              const at = props.step.data()?.lines.findIndex((line) => line.sample === row) ?? -1;
              if (at >= 0 && props.step.current()?.sample !== undefined) props.step.goTo(at);
            }}
          >
            <For each={samples()}>{(row) => <option value={String(row)}>{row + 1}</option>}</For>
          </select>
        </label>
        <span class="step-key">
          <span class="line positive" /> positive weight <span class="line negative" /> negative, dashed{' '}
          <span class="ring from" /> comes from <span class="ring to" /> goes to
        </span>
      </figcaption>
    </figure>
  );
}

function Column(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly column: ColumnData;
  readonly at: ColumnLayout;
  readonly values?: ArrayLike<number>;
  readonly isInput: boolean;
  readonly height: number;
}) {
  return (
    <g>
      <text class="step-title" x={props.at.x} y={16} text-anchor="middle">
        {props.column.title}
      </text>
      <Show when={props.column.activation}>
        <text class="step-title soft" x={props.at.x} y={props.height - 6} text-anchor="middle">
          {props.column.activation}
        </text>
      </Show>
      <For each={props.at.spots}>
        {(spot) => (
          <Show
            when={spot.unit !== undefined}
            fallback={
              <text class="step-title soft" x={spot.x} y={spot.y + 4} text-anchor="middle">
                {`⋮ ${spot.folded} more`}
              </text>
            }
          >
            <Unit {...props} spot={spot} unit={spot.unit!} value={props.values?.[spot.unit!]} />
          </Show>
        )}
      </For>
    </g>
  );
}

function Unit(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly column: ColumnData;
  readonly at: ColumnLayout;
  readonly spot: Spot;
  readonly unit: number;
  readonly value?: number;
}) {
  const numbers = createMemo(() => unitNumbers(props.moment, props.column, props.unit));
  const r = () => props.at.radius;
  /** In a crowd, only the numbers of the selection are written between the units. */
  const shown = (id: number | undefined) =>
    props.at.isRoomy || (id !== undefined && props.step.related().has(id)) ? id : undefined;
  return (
    <g>
      <circle class="step-unit" cx={props.spot.x} cy={props.spot.y} r={r()} />
      <Show
        when={props.at.hasNumbers}
        fallback={<NumberMark step={props.step} id={numbers().output} x={props.spot.x} y={props.spot.y} shape={r()} />}
      >
        <NumberMark step={props.step} id={numbers().output} x={props.spot.x} y={props.spot.y} shape={r()} named />
        <NumberMark
          step={props.step}
          id={shown(numbers().sum)}
          x={props.spot.x}
          y={props.spot.y + r() + 11}
          prefix="Σ "
        />
        <NumberMark
          step={props.step}
          id={shown(numbers().gradient)}
          x={props.spot.x}
          y={props.spot.y + r() + (props.column.sum === undefined ? 11 : 27)}
          prefix="∇ "
        />
        <NumberMark
          step={props.step}
          id={shown(numbers().bias)}
          x={props.spot.x + r() + 4}
          y={props.spot.y - r() - 4}
          prefix="b "
          anchor="start"
        />
        <Show when={numbers().output === undefined && props.step.isGuided() === false && props.value !== undefined}>
          <text class="step-number" x={props.spot.x} y={props.spot.y + 4} text-anchor="middle">
            {shortNumber(props.value!, 3)}
          </text>
        </Show>
      </Show>
    </g>
  );
}

/** The targets beside the outputs, what each output adds to the loss, and the loss. */
function Ends(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly at?: ColumnLayout;
  readonly width: number;
  readonly height: number;
}) {
  const spots = () => (props.at?.hasNumbers ? props.at.spots : []);
  const x = () => props.width - 46;
  const loss = () => latest(props.moment, 'loss', 'loss′');
  return (
    <g>
      <For each={spots()}>
        {(spot) => {
          const key = (name: string) => `${name}[${props.moment.sample}][${spot.unit}]`;
          return (
            <Show when={spot.unit !== undefined}>
              <NumberMark
                step={props.step}
                id={latest(props.moment, key('target'))}
                x={x()}
                y={spot.y - 14}
                prefix="t "
              />
              <NumberMark
                step={props.step}
                id={latest(props.moment, key('loss'), `${key('loss')}′`)}
                x={x()}
                y={spot.y + 6}
                named
              />
            </Show>
          );
        }}
      </For>
      <NumberMark step={props.step} id={loss()} x={x()} y={props.height - 22} named large />
    </g>
  );
}
