/** What was typed over last: the old and the new number, the loss before and after, and the way back. */
import { Show } from 'solid-js';
import type { Change } from './changes.ts';
import { fullNumber, shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import type { Step } from './state.ts';

export function Changed(props: { readonly step: Step }) {
  return (
    <div class="step-changed" role="status">
      <Show when={props.step.lastChange()}>
        {(change) => (
          <>
            <span class="step-change">
              <Formula tex={change().tex} text={change().name} urgent />:{' '}
              <Arrow from={change().from} to={change().to} write={fullNumber} />
            </span>
            <span class="step-change loss">
              loss: <Loss change={change()} />
            </span>
            <button type="button" onClick={() => props.step.undo()}>
              Undo
            </button>
          </>
        )}
      </Show>
    </div>
  );
}

function Loss(props: { readonly change: Change }) {
  return (
    <Show when={props.change.lossTo !== undefined} fallback="computing …">
      <Arrow from={props.change.lossFrom} to={props.change.lossTo!} write={shortNumber} />
    </Show>
  );
}

function Arrow(props: { readonly from: number; readonly to: number; readonly write: (value: number) => string }) {
  return (
    <>
      <span class="number">{props.write(props.from)}</span> <span aria-hidden="true">→</span>
      <span class="hidden"> is now </span> <strong class="number">{props.write(props.to)}</strong>
    </>
  );
}
