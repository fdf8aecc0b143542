/** A number in a table or a sum, as a button that selects it; text alone if no line of the step computes it. */
import { Show } from 'solid-js';
import { fullNumber, shortNumber } from './format.ts';
import { ruleNames } from './rule-choice.tsx';
import type { Step } from './state.ts';

export function ValueButton(props: {
  readonly step: Step;
  readonly id: number | undefined;
  readonly value: number;
  /** Selects a number that is not shown yet. */
  readonly onSelect?: () => void;
  readonly canSelect?: boolean;
}) {
  const number = () => (props.id === undefined ? undefined : props.step.numberAt(props.id));
  const label = () => {
    const known = number();
    if (known === undefined) return undefined;
    return `${known.name} = ${shortNumber(props.value)}${known.rule === undefined ? '' : `, ${ruleNames[known.rule]}`}`;
  };
  return (
    <Show
      when={number() !== undefined || props.canSelect}
      fallback={<span class="number">{shortNumber(props.value)}</span>}
    >
      <button
        type="button"
        class="plain number step-value"
        data-n={props.id}
        title={fullNumber(props.value)}
        aria-label={label()}
        onClick={() => {
          if (number() === undefined) props.onSelect?.();
          else props.step.select(props.id);
        }}
      >
        {shortNumber(props.value)}
      </button>
    </Show>
  );
}
