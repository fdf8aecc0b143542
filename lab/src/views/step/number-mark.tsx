/** A number in the drawing: a button with its value, in the color of its phase. */
import { Show } from 'solid-js';
import { shortNumber } from './format.ts';
import { phaseWords } from './sentences.ts';
import type { Step } from './state.ts';

export function NumberMark(props: {
  readonly step: Step;
  readonly id: number | undefined;
  readonly x: number;
  readonly y: number;
  /** The radius of a unit; undefined for a number on its own. */
  readonly shape?: number;
  /** Whether its name is written above it, or before it if it has no unit. */
  readonly named?: boolean;
  readonly prefix?: string;
  readonly anchor?: 'start' | 'middle';
  readonly large?: boolean;
}) {
  const number = () => (props.id === undefined ? undefined : props.step.numberAt(props.id));
  const isUnit = () => props.shape !== undefined;
  const name = () => number()!.name.replace(/⁽.*⁾/, '');
  const text = () => {
    const value = shortNumber(number()!.value, props.large ? 4 : 3);
    if (isUnit()) return value;
    return `${props.named ? `${name()} ` : (props.prefix ?? '')}${value}`;
  };
  /** Names the number for screen readers, and contains what is written, for people who speak to the page. */
  const label = () => {
    const { name: whole, value, phase } = number()!;
    const said = `${whole} = ${shortNumber(value)}, ${phaseWords[phase]}`;
    return isUnit() && text() === shortNumber(value)
      ? said
      : `${said}, written ${props.named && isUnit() ? `${name()} ` : ''}${text()}`;
  };
  const width = () => text().length * 6.6 + 8;
  const left = () => (props.anchor === 'start' ? props.x : props.x - width() / 2);
  return (
    <Show when={number()}>
      {(shown) => (
        // biome-ignore lint/a11y/useSemanticElements: SVG has no button
        <g
          class={`step-mark ${shown().phase} ${isUnit() ? 'unit' : ''}`}
          role="button"
          tabindex={props.step.selected() === props.id ? 0 : -1}
          aria-label={label()}
          aria-pressed={props.step.selected() === props.id}
          data-n={props.id}
          data-x={props.x}
          data-y={props.y}
          onClick={() => props.step.select(props.id)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            event.stopPropagation();
            props.step.select(props.id);
          }}
        >
          <Show
            when={isUnit()}
            fallback={<rect class="plate" x={left()} y={props.y - 9} width={width()} height="18" rx="4" />}
          >
            <circle class="plate" cx={props.x} cy={props.y} r={props.shape} />
          </Show>
          <Show when={isUnit() && props.named}>
            <text class="step-name" x={props.x - props.shape! * 0.6} y={props.y - props.shape! - 1} text-anchor="end">
              {`${name()} `}
            </text>
          </Show>
          <Show when={!isUnit() || props.shape! >= 15}>
            <text
              class="step-number"
              x={isUnit() ? props.x : left() + width() / 2}
              y={props.y + 4}
              text-anchor="middle"
            >
              {text()}
            </text>
          </Show>
        </g>
      )}
    </Show>
  );
}
