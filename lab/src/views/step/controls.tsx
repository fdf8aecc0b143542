/** The controls of the walk: one line, one sample, one update, one epoch, back again; and travel over the updates. */
import { For } from 'solid-js';
import { shortNumber } from './format.ts';
import { type Step, speeds } from './state.ts';

export function Controls(props: { readonly step: Step }) {
  const { step } = props;
  const end = () => Math.max(step.settings().reached, step.updates(), 1);
  return (
    <section class="step-controls controls" aria-label="Walk">
      <div class="step-buttons">
        <button type="button" onClick={() => step.back()} disabled={step.line() === 0 && step.updates() === 0}>
          ← Back
        </button>
        <button type="button" class="primary" onClick={() => step.setPlaying(!step.isPlaying())}>
          {step.isPlaying() ? 'Pause' : 'Play'}
        </button>
        <button type="button" onClick={() => step.forward()}>
          Next line →
        </button>
        <button type="button" onClick={() => step.nextSample()}>
          Next sample
        </button>
        <button type="button" onClick={() => step.travel(step.updates() + 1)}>
          Next step
        </button>
        <button type="button" onClick={() => step.nextEpoch()}>
          Next epoch
        </button>
        <label>
          <span class="hidden">Speed of playing</span>
          <select
            value={step.settings().speed}
            onChange={({ currentTarget }) => step.change({ speed: currentTarget.value as never })}
          >
            <For each={Object.keys(speeds)}>{(speed) => <option value={speed}>{speed}</option>}</For>
          </select>
        </label>
        <fieldset class="step-modes">
          <legend class="hidden">Mode</legend>
          <button
            type="button"
            aria-pressed={step.isGuided()}
            onClick={() => step.change({ mode: 'guided' })}
            title="One line at a time; what is not computed yet is hidden"
          >
            Guided
          </button>
          <button
            type="button"
            aria-pressed={!step.isGuided()}
            onClick={() => step.change({ mode: 'free' })}
            title="All lines and all numbers"
          >
            Free
          </button>
        </fieldset>
      </div>
      <div class="step-time">
        <label for="step-update">Step</label>
        <input
          id="step-update"
          type="number"
          min="1"
          max="100001"
          value={step.updates() + 1}
          onChange={({ currentTarget }) => {
            const value = Number(currentTarget.value);
            if (Number.isSafeInteger(value) && value >= 1) step.travel(value - 1);
            else currentTarget.value = String(step.updates() + 1);
          }}
        />
        <input
          type="range"
          min="0"
          max={end()}
          value={step.updates()}
          aria-label="Updates made before this step"
          onInput={({ currentTarget }) => step.travel(Number(currentTarget.value))}
        />
        <span class="step-loss">
          {step.updates() === 1 ? '1 update' : `${step.updates()} updates`} made; loss{' '}
          <strong class="number">{shortNumber(step.data()?.lossValue ?? Number.NaN)}</strong>
        </span>
      </div>
    </section>
  );
}
