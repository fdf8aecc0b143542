/** A field to type over a number. A text that is no number says so at the field, and changes nothing. */
import { createSignal, createUniqueId, Show } from 'solid-js';
import { type Editable, readNumber } from './editing.ts';
import { fullNumber } from './format.ts';
import type { Step } from './state.ts';

export function NumberField(props: {
  readonly step: Step;
  readonly target: Editable;
  /** The number as it is now. */
  readonly number: { readonly name: string; readonly tex: string; readonly value: number };
  readonly label: string;
  readonly visibleLabel?: boolean;
}) {
  const id = createUniqueId();
  /** What the person typed, while the field has the focus. */
  const [typed, setTyped] = createSignal<string>();
  const [isWrong, setWrong] = createSignal(false);
  let hasChanged = false;
  const type = (text: string) => {
    setTyped(text);
    const value = readNumber(text);
    setWrong(value === undefined);
    if (value === undefined || value === props.number.value) return;
    // one way back from all that was typed while the field had the focus
    props.step.typeOver(props.target, props.number, value, { continues: hasChanged });
    hasChanged = true;
  };
  return (
    <span class="step-field">
      <label for={id} class={props.visibleLabel ? undefined : 'hidden'}>
        {props.label}
      </label>
      <input
        id={id}
        inputmode="decimal"
        autocomplete="off"
        size="7"
        value={typed() ?? fullNumber(props.number.value)}
        aria-invalid={isWrong()}
        aria-describedby={isWrong() ? `${id}-wrong` : undefined}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onBlur={() => {
          setTyped(undefined);
          setWrong(false);
          hasChanged = false;
        }}
      />
      <Show when={isWrong()}>
        <span id={`${id}-wrong`} class="step-wrong" role="alert">
          “{(typed() ?? '').slice(0, 20)}” is not a number. Type one such as 0.5 or −1.2e-3.
        </span>
      </Show>
    </span>
  );
}
