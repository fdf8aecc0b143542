/** All digits of a number, on demand, with a button that copies them. */
import { createEffect, createSignal, on } from 'solid-js';
import { fullNumber } from './format.ts';

export function FullValue(props: { readonly value: number }) {
  const [said, say] = createSignal('');
  let field!: HTMLInputElement;
  createEffect(
    on(
      () => props.value,
      () => say(''),
    ),
  );
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(fullNumber(props.value).replace('−', '-'));
      say('Copied');
    } catch {
      // without permission, the person copies it from the field
      field.select();
      say('Copy it from the field');
    }
  };
  return (
    <details class="step-full">
      <summary>Full value</summary>
      <p>
        <input ref={field} readonly aria-label="Full value" value={fullNumber(props.value)} />{' '}
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>{' '}
        <span role="status" class="soft">
          {said()}
        </span>
      </p>
    </details>
  );
}
