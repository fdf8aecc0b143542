/** Chooses the sample of the batch whose numbers are shown: the one before, the one after, or any from a list. */
import { For } from 'solid-js';
import { neighborOf } from './samples.ts';
import type { Step } from './state.ts';

export function SampleChoice(props: { readonly step: Step }) {
  const batch = () => props.step.data()?.batch ?? [];
  const sample = () => props.step.sample();
  const go = (by: 1 | -1) => {
    const next = neighborOf(sample(), batch(), by);
    if (next !== undefined) props.step.chooseSample(next);
  };
  return (
    <span class="step-sample controls">
      <button
        type="button"
        aria-label="Previous sample of the batch"
        disabled={neighborOf(sample(), batch(), -1) === undefined}
        onClick={() => go(-1)}
      >
        ←
      </button>
      <label>
        Sample{' '}
        <select
          value={String(sample())}
          onChange={({ currentTarget }) => props.step.chooseSample(Number(currentTarget.value))}
        >
          <For each={batch()}>
            {(row) => (
              <option value={String(row)} selected={row === sample()}>
                {row + 1}
              </option>
            )}
          </For>
        </select>
      </label>
      <span class="soft">of {batch().length} in the batch</span>
      <button
        type="button"
        aria-label="Next sample of the batch"
        disabled={neighborOf(sample(), batch(), 1) === undefined}
        onClick={() => go(1)}
      >
        →
      </button>
    </span>
  );
}
