/** The selected number: its value, where it comes from and where it goes, and a field to type over it. */
import { For, Show } from 'solid-js';
import { fullNumber, shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import { FullValue } from './full-value.tsx';
import { NumberField } from './number-field.tsx';
import { parameterOf } from './parts.ts';
import { PhaseTag } from './phase-tag.tsx';
import type { NumberData } from './protocol.ts';
import { ruleNames } from './rule-choice.tsx';
import type { Step } from './state.ts';

/** The maximum number of numbers in a list. */
const maxListed = 24;

export function Selection(props: { readonly step: Step }) {
  const id = () => props.step.selected();
  const number = () => (id() === undefined ? undefined : props.step.numberAt(id()!));
  return (
    <Show when={number()}>
      {(shown) => (
        <section class="step-selection" aria-label="Selected number">
          <h2>
            <Formula tex={shown().tex} text={shown().name} urgent /> ={' '}
            <span class="number" title={fullNumber(shown().value)}>
              {shortNumber(shown().value)}
            </span>
          </h2>
          <Where step={props.step} number={shown()} />
          <Derivation step={props.step} id={id()!} />
          <FullValue value={shown().value} />
          <Show when={props.step.editable(id()!)}>
            {(target) => (
              <p class="step-type-over">
                <NumberField
                  step={props.step}
                  target={target()}
                  number={shown()}
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

/** The phase of the number and the rule that computes it, and the ways to its line and to its parts. */
function Where(props: { readonly step: Step; readonly number: NumberData }) {
  const parameter = () => parameterOf(props.number.key);
  const hasRow = () => props.step.explainer.gradients()?.rows.some(({ key }) => key === parameter());
  return (
    <p class="step-where">
      <PhaseTag phase={props.number.phase} />
      <Show when={props.number.rule}>
        {(rule) => <span class="soft">{ruleNames[rule()]}; this step updates with the other rule</span>}
      </Show>
      <Show when={props.number.line !== undefined && props.number.line !== props.step.line()}>
        <button type="button" onClick={() => props.step.goTo(props.number.line!)}>
          Go to its line
        </button>
      </Show>
      <Show when={hasRow()}>
        <button
          type="button"
          onClick={() => {
            props.step.change({ parameter: parameter() });
            document.getElementById('step-parts')?.scrollIntoView({ block: 'nearest' });
          }}
        >
          Show its parts by sample
        </button>
      </Show>
    </p>
  );
}

/** The formula of a number whose line is not the current one, and the numbers in it. */
function Derivation(props: { readonly step: Step; readonly id: number }) {
  const line = () => {
    const own = props.step.lineOf(props.id);
    return own === props.step.current() ? undefined : own;
  };
  return (
    <Show when={line()}>
      {(shown) => (
        <section class="step-derivation" tabindex="0" aria-label="How it is computed">
          <Show when={shown().tex.rule}>
            {(tex) => (
              <div>
                = <Formula tex={tex()} urgent />
              </div>
            )}
          </Show>
          <Show when={shown().tex.formula}>
            {(tex) => (
              <div>
                = <Formula tex={tex()} terms={shown().tex.terms.formula} text={shown().text.formula} urgent />
              </div>
            )}
          </Show>
          <Show when={shown().tex.numbers}>
            {(tex) => (
              <div>
                = <Formula tex={tex()} terms={shown().tex.terms.numbers} text={shown().text.numbers} urgent />
              </div>
            )}
          </Show>
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
  /** A number of the gradients below the walk can be selected before the walk reaches it: then nothing is hidden. */
  const isAhead = () => {
    const id = props.step.selected();
    return id !== undefined && (!props.step.isReached(id) || props.step.numberAt(id)?.rule !== undefined);
  };
  const reached = () => (isAhead() ? props.ids : props.ids.filter((id) => props.step.isReached(id)));
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
                    aria-label={`${number().name} = ${shortNumber(number().value)}${ruleOf(number())}`}
                    onClick={() => props.step.select(id)}
                  >
                    <Formula tex={number().tex} text={number().name} /> = {shortNumber(number().value)}
                    <span class="soft">{ruleOf(number())}</span>
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
            <Nothing step={props.step} kind={props.kind} />
          </li>
        </Show>
      </ul>
    </div>
  );
}

/** Of a number that only the other rule computes, this rule. */
const ruleOf = ({ rule }: NumberData): string => (rule === undefined ? '' : ` (${ruleNames[rule]})`);

/** Why the list is empty. */
function Nothing(props: { readonly step: Step; readonly kind: 'from' | 'to' }) {
  const number = () => props.step.numberAt(props.step.selected()!);
  const said = () => {
    if (props.kind === 'from') {
      const isLeftOut = number()?.phase !== 'given' && props.step.lineOf(props.step.selected()) === undefined;
      return isLeftOut ? 'Its line is left out.' : 'It is given, not computed.';
    }
    if (number()?.rule !== undefined) return 'It is computed to compare; the update uses the other rule.';
    if (number()?.phase === 'update') return 'It is the result of this step, for the next one.';
    if (props.step.data()?.hasUnlistedReads) return 'No written term reads it; long sums leave out terms.';
    return 'No line of this step reads it.';
  };
  return <>{said()}</>;
}
