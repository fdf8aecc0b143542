/** A setting that is a number. What is typed is taken when the field is left, if it is valid. */
import { createMemo } from 'solid-js';

interface NumberFieldProps {
  readonly label: string;
  /** Undefined shows an empty field. */
  readonly value: number | undefined;
  readonly accept: (value: number) => boolean;
  readonly set: (value: number) => void;
  readonly step?: number;
  readonly max?: number;
  readonly disabled?: boolean;
  /** For an empty field, if it has a meaning. */
  readonly empty?: { readonly placeholder: string; readonly set: () => void };
}

export function NumberField(props: NumberFieldProps) {
  // an answer of the worker with the same value must not replace what is being typed
  const value = createMemo(() => props.value ?? '');
  const change = (input: HTMLInputElement) => {
    const text = input.value.trim();
    const number = Number(text);
    if (text === '' && props.empty !== undefined) props.empty.set();
    else if (text !== '' && Number.isFinite(number) && props.accept(number)) props.set(number);
    else input.value = String(value());
  };
  return (
    <label>
      {props.label}
      <input
        type="number"
        min="0"
        max={props.max}
        step={props.step ?? 'any'}
        placeholder={props.empty?.placeholder}
        disabled={props.disabled}
        value={value()}
        onChange={(event) => change(event.currentTarget)}
      />
    </label>
  );
}
