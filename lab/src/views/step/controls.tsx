/** The controls of the walk: by lines, samples, steps and epochs, forward and back; travel over the updates; the rule. */
import { For } from 'solid-js';
import { Changed } from './changed.tsx';
import { fullNumber, shortNumber } from './format.ts';
import { RuleChoice } from './rule-choice.tsx';
import { type Step, speeds } from './state.ts';

export function Controls(props: { readonly step: Step }) {
  return (
    <section class="step-controls controls" aria-label="Walk">
      <Walk step={props.step} />
      <Time step={props.step} />
      <div class="step-choices">
        <RuleChoice step={props.step} />
        <Modes step={props.step} />
      </div>
      <Changed step={props.step} />
    </section>
  );
}

function Walk(props: { readonly step: Step }) {
  const { step } = props;
  return (
    <div class="step-buttons">
      <button type="button" onClick={() => step.back()} disabled={step.line() === 0 && step.updates() === 0}>
        ← Previous line
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
      <label>
        <span class="hidden">Speed of playing</span>
        <select
          value={step.settings().speed}
          onChange={({ currentTarget }) => step.change({ speed: currentTarget.value as never })}
        >
          <For each={Object.keys(speeds)}>{(speed) => <option value={speed}>{speed}</option>}</For>
        </select>
      </label>
    </div>
  );
}

function Modes(props: { readonly step: Step }) {
  const { step } = props;
  return (
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
  );
}

function Time(props: { readonly step: Step }) {
  const { step } = props;
  const end = () => Math.max(step.settings().reached, step.updates(), 1);
  /** The updates that the shown loss belongs to: while a later step is computed, those of the step that is shown. */
  const made = () => (step.data()?.step ?? 1) - 1;
  const loss = () => step.data()?.lossValue ?? Number.NaN;
  return (
    <div class="step-time">
      <button type="button" onClick={() => step.travel(step.updates() - 1)} disabled={step.updates() === 0}>
        ← Previous step
      </button>
      <span class="step-number-field">
        <label for="step-update">Step</label>{' '}
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
      </span>
      <button type="button" onClick={() => step.travel(step.updates() + 1)}>
        Next step →
      </button>
      <button type="button" onClick={() => step.nextEpoch()}>
        Next epoch
      </button>
      <input
        type="range"
        min="0"
        max={end()}
        value={step.updates()}
        aria-label="Updates made before this step"
        onInput={({ currentTarget }) => step.travel(Number(currentTarget.value))}
      />
      <span class="step-loss" aria-busy={step.explainer.isBusy()}>
        {made() === 1 ? '1 update' : `${made()} updates`} made; loss{' '}
        <strong class="number" title={fullNumber(loss())}>
          {shortNumber(loss())}
        </strong>
      </span>
    </div>
  );
}
