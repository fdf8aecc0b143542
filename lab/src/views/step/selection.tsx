/** The selected number: its value, where it comes from and where it goes, and a field to type over it. */
import { For, Show } from 'solid-js';
import { fullNumber, shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import { NumberField } from './number-field.tsx';
import { PhaseTag } from './phase-tag.tsx';
import type { Step } from './state.ts';

/** The maximum number of numbers in a list. */
const maxListed = 24;

export function Selection(props: { readonly step: Step }) {
  const number = () => {
    const id = props.step.selected();
    return id === undefined ? undefined : props.step.numberAt(id);
  };
  const line = () => number()?.line;
  return (
    <Show when={number()}>
      {(shown) => (
        <section class="step-selection" aria-label="Selected number">
          <h2>
            <Formula tex={shown().tex} text={shown().name} urgent /> ={' '}
            <span class="number">{fullNumber(shown().value)}</span>
          </h2>
          <p class="step-where">
            <PhaseTag phase={shown().phase} />
            <Show when={line() !== undefined && line() !== props.step.line()}>
              <button type="button" onClick={() => props.step.goTo(line()!)}>
                Go to its line
              </button>
            </Show>
          </p>
          <Show when={props.step.editable(props.step.selected()!)}>
            {(target) => (
              <p class="step-type-over">
                <NumberField
                  step={props.step}
                  target={target()}
                  value={shown().value}
                  label={`Type over ${shown().name}`}
                  visibleLabel
                />
              </p>
            )}
          </Show>
          <Numbers step={props.step} title="Comes from" kind="from" ids={props.step.sources()} />
          <Numbers step={props.step} title="Goes to" kind="to" ids={props.step.targets()} />
        </section>
      )}
    </Show>
  );
}

function Numbers(props: {
  readonly step: Step;
  readonly title: string;
  readonly kind: 'from' | 'to';
  readonly ids: readonly number[];
}) {
  const reached = () => props.ids.filter((id) => props.step.isReached(id));
  const hiddenCount = () => props.ids.length - reached().length;
  return (
    <div class={`step-numbers ${props.kind}`}>
      <h3>{props.title}</h3>
      <ul class="plain-list">
        <For each={reached().slice(0, maxListed)}>
          {(id) => (
            <Show when={props.step.numberAt(id)}>
              {(number) => (
                <li>
                  <button
                    type="button"
                    data-n={id}
                    class={number().phase}
                    aria-label={`${number().name} = ${shortNumber(number().value)}`}
                    onClick={() => props.step.select(id)}
                  >
                    <Formula tex={number().tex} text={number().name} /> = {shortNumber(number().value)}
                  </button>
                </li>
              )}
            </Show>
          )}
        </For>
        <Show when={reached().length > maxListed}>
          <li class="soft">{reached().length - maxListed} more</li>
        </Show>
        <Show when={hiddenCount() > 0}>
          <li class="soft">
            {hiddenCount()} {hiddenCount() === 1 ? 'number' : 'numbers'} later in the walk
          </li>
        </Show>
        <Show when={props.ids.length === 0}>
          <li class="soft">
            {props.kind === 'from' ? 'It is given, not computed.' : 'No line of this step reads it.'}
          </li>
        </Show>
      </ul>
    </div>
  );
}
