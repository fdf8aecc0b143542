/** The network, drawn with the numbers that the walk has reached. Every number is a button. */
import { createMemo, createSignal, For, Index, onCleanup, onMount, Show } from 'solid-js';
import { type Moment, unitNumbers } from './drawing-numbers.ts';
import { labelsOf } from './drawn-labels.ts';
import { shortNumber } from './format.ts';
import type { Label } from './label-items.ts';
import { layoutOf, type Spot } from './layout.ts';
import { Links } from './links.tsx';
import { moveFocus } from './move-focus.ts';
import { NumberLabel, UnitMark } from './number-mark.tsx';
import type { ColumnData } from './protocol.ts';
import { SampleChoice } from './sample-choice.tsx';
import type { Step } from './state.ts';
import { textWidth } from './text-width.ts';

export function Drawing(props: { readonly step: Step }) {
  const columns = () => props.step.data()?.columns ?? [];
  const [width, setWidth] = createSignal(640);
  let figure!: HTMLDivElement;
  onMount(() => {
    // on a phone, the drawing is narrower, so that its letters stay readable
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setWidth(Math.round(Math.max(360, Math.min(640, contentRect.width)) / 20) * 20),
    );
    observer.observe(figure);
    onCleanup(() => observer.disconnect());
  });
  // the drawing keeps its units from step to step
  const units = createMemo(() => columns().map((column) => column.units), [], {
    equals: (a, b) => String(a) === String(b),
  });
  const layout = createMemo(() => layoutOf(units(), width()));
  /** In the free mode, the drawing shows the step until its update. */
  const isShown = (id: number) =>
    props.step.isGuided() ? props.step.isReached(id) : props.step.numberAt(id)?.phase !== 'after';
  const moment = (): Moment => ({
    ids: props.step.ids(),
    numberAt: props.step.numberAt,
    isReached: isShown,
    sample: props.step.sample(),
  });
  const labels = createMemo(() => {
    const isRelated = (id: number) => props.step.related().has(id);
    const all = labelsOf({ columns: columns(), layout: layout(), moment: moment(), isRelated, measure: textWidth });
    return new Map(all.map((label) => [label.slot, label]));
  });
  const valuesOf = (column: ColumnData): ArrayLike<number> | undefined =>
    column.values[(props.step.data()?.samples ?? []).indexOf(props.step.sample())];

  return (
    <figure class="step-drawing">
      <div class="step-figure" ref={figure}>
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          viewBox={`0 0 ${layout().width} ${layout().height}`}
          role="group"
          aria-label={`The network with the numbers of sample ${props.step.sample() + 1}. Arrow keys move between numbers.`}
          onKeyDown={moveFocus}
        >
          <Index each={columns().slice(1)}>
            {(column, c) => (
              <Links step={props.step} column={column()} from={layout().columns[c]} to={layout().columns[c + 1]} />
            )}
          </Index>
          <Index each={columns()}>
            {(column, c) => (
              <For each={layout().columns[c]?.spots}>
                {(spot) => (
                  <Show when={spot.unit !== undefined}>
                    <Unit
                      step={props.step}
                      moment={moment()}
                      column={column()}
                      radius={layout().columns[c].radius}
                      hasNumbers={layout().columns[c].hasNumbers}
                      spot={spot}
                      unit={spot.unit!}
                      value={valuesOf(column())?.[spot.unit!]}
                    />
                  </Show>
                )}
              </For>
            )}
          </Index>
          <For each={[...labels().keys()]}>
            {(slot) => <Show when={labels().get(slot)}>{(label) => <Text step={props.step} label={label()} />}</Show>}
          </For>
        </svg>
      </div>
      <figcaption>
        <SampleChoice step={props.step} />
        <span class="step-key">
          <span class="line positive" /> positive weight <span class="line negative" /> negative, dashed{' '}
          <span class="ring from" /> comes from <span class="ring to" /> goes to
        </span>
      </figcaption>
    </figure>
  );
}

function Unit(props: {
  readonly step: Step;
  readonly moment: Moment;
  readonly column: ColumnData;
  readonly radius: number;
  readonly hasNumbers: boolean;
  readonly spot: Spot;
  readonly unit: number;
  readonly value?: number;
}) {
  const output = createMemo(() => unitNumbers(props.moment, props.column, props.unit).output);
  return (
    <g>
      <circle class="step-unit" cx={props.spot.x} cy={props.spot.y} r={props.radius} />
      <UnitMark
        step={props.step}
        id={output()}
        x={props.spot.x}
        y={props.spot.y}
        radius={props.radius}
        isWritten={props.hasNumbers}
      />
      <Show when={props.hasNumbers && output() === undefined && !props.step.isGuided() && props.value !== undefined}>
        <text class="step-number" x={props.spot.x} y={props.spot.y + 4} text-anchor="middle">
          {shortNumber(props.value!, 3)}
        </text>
      </Show>
    </g>
  );
}

function Text(props: { readonly step: Step; readonly label: Label }) {
  return (
    <Show
      when={props.label.id !== undefined}
      fallback={
        <text
          class={props.label.kind === 'name' ? 'step-name' : 'step-title'}
          x={props.label.x}
          y={props.label.y + 4}
          text-anchor="middle"
          aria-hidden={props.label.kind === 'name'}
        >
          {props.label.text}
        </text>
      }
    >
      <NumberLabel step={props.step} id={props.label.id!} label={props.label} />
    </Show>
  );
}
