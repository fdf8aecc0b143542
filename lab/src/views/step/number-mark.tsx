/** A number in the drawing: a button with its value, in the color of its phase. */
import { type JSX, Show } from 'solid-js';
import { shortNumber } from './format.ts';
import type { Label } from './label-items.ts';
import { phaseWords } from './sentences.ts';
import type { Step } from './state.ts';
import { textWidth } from './text-width.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A number with its box: of a weight, a sum, a gradient, the loss. */
export function NumberLabel(props: { readonly step: Step; readonly id: number; readonly label: Label }) {
  return (
    <Mark step={props.step} id={props.id} at={props.label} written={props.label.text}>
      <rect
        class="plate"
        x={props.label.x - props.label.width / 2}
        y={props.label.y - props.label.height / 2}
        width={props.label.width}
        height={props.label.height}
        rx="4"
      />
      <text class="step-number" x={props.label.x} y={props.label.y + 4} text-anchor="middle">
        {props.label.text}
      </text>
    </Mark>
  );
}

/** The output of a unit, in its circle if the circle is large enough. */
export function UnitMark(props: {
  readonly step: Step;
  readonly id: number | undefined;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly isWritten: boolean;
}) {
  const text = (id: number) => shortNumber(props.step.numberAt(id)?.value ?? Number.NaN, 3);
  /** A long number is smaller, so that it stays in its circle. */
  const size = (id: number) => Math.min(12, (12 * (2 * props.radius - 6)) / textWidth(text(id), 'title'));
  return (
    <Show when={props.id !== undefined && { id: props.id }}>
      {(known) => {
        const id = () => known().id;
        return (
          <Mark
            step={props.step}
            id={id()}
            at={props}
            written={props.isWritten ? `${props.step.numberAt(id())?.name.replace(/⁽.*⁾/, '')} ${text(id())}` : ''}
            isUnit
          >
            <circle class="plate" cx={props.x} cy={props.y} r={props.radius} />
            <Show when={props.isWritten}>
              <text
                class="step-number"
                x={props.x}
                y={props.y + 4}
                text-anchor="middle"
                style={{ 'font-size': `${size(id()).toFixed(1)}px` }}
              >
                {text(id())}
              </text>
            </Show>
          </Mark>
        );
      }}
    </Show>
  );
}

function Mark(props: {
  readonly step: Step;
  readonly id: number;
  readonly at: Place;
  /** What is written, for people who speak to the page. */
  readonly written: string;
  readonly isUnit?: boolean;
  readonly children: JSX.Element;
}) {
  const number = () => props.step.numberAt(props.id);
  const isSelected = () => props.step.selected() === props.id;
  const label = () => {
    const { name = '', value = Number.NaN, phase = 'given' } = number() ?? {};
    const said = `${name} = ${shortNumber(value)}, ${phaseWords[phase]}`;
    return props.written === '' ? said : `${said}, written ${props.written}`;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={`step-mark ${number()?.phase} ${props.isUnit ? 'unit' : ''}`}
      role="button"
      tabindex={isSelected() ? 0 : -1}
      aria-label={label()}
      aria-pressed={isSelected()}
      data-n={props.id}
      data-x={props.at.x}
      data-y={props.at.y}
      onClick={() => props.step.select(props.id)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        props.step.select(props.id);
      }}
    >
      {props.children}
    </g>
  );
}
