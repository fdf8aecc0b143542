/** A named select. */
import { For, type JSX } from 'solid-js';

export type Options = readonly (readonly [value: string | number, text: string])[];

interface ChoiceProps {
  readonly name: string;
  readonly value: string | number;
  readonly options: Options;
  readonly isNameHidden?: boolean;
  onChange(value: string): void;
}

export function Choice(props: ChoiceProps): JSX.Element {
  return (
    <label>
      <span class={props.isNameHidden ? 'hidden' : ''}>{props.name}</span>
      <select onChange={(event) => props.onChange(event.target.value)}>
        <For each={props.options}>
          {([value, text]) => (
            <option value={value} selected={value === props.value}>
              {text}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}
