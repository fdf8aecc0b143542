/** The line of the walk, large: what it is, its formula, the numbers in it, the result, and the code that computes it. */
import { Show } from 'solid-js';
import { fullNumber, shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import { PhaseTag } from './phase-tag.tsx';
import type { LineData } from './protocol.ts';
import { sentenceOf } from './sentences.ts';
import type { Step } from './state.ts';

export function CurrentLine(props: { readonly step: Step; readonly line: LineData }) {
  const number = () => props.step.numberAt(props.line.number);
  const setting = () => ({
    loss: props.step.data()!.loss,
    activations: props.step
      .data()!
      .columns.slice(1)
      .map(({ activation }) => activation),
  });
  return (
    <section class={`step-current ${props.line.phase}`} aria-label="Current line">
      <p class="step-where">
        <PhaseTag phase={props.line.phase} />
        <span class="soft">
          {props.line.heading} · line {props.step.line() + 1} of {props.step.data()!.lines.length}
        </span>
      </p>
      <p class="step-sentence">{sentenceOf(props.line, setting())}</p>
      <section class="step-sides" tabindex="0" aria-label={`Formula of ${number()?.name}`}>
        <Side is="name" tex={props.line.tex.name} text={number()?.name} />
        <Show when={props.line.tex.rule}>{(tex) => <Side is="chain rule" equals tex={tex()} />}</Show>
        <Show when={props.line.tex.formula}>
          {(tex) => (
            <Side is="formula" equals tex={tex()} terms={props.line.tex.terms.formula} text={props.line.text.formula} />
          )}
        </Show>
        <Show when={props.line.tex.numbers}>
          {(tex) => (
            <Side is="numbers" equals tex={tex()} terms={props.line.tex.terms.numbers} text={props.line.text.numbers} />
          )}
        </Show>
        <div class="step-side result">
          <span class="step-equals">=</span>
          <strong class="number" data-n={props.line.number} data-result title={fullNumber(props.line.value)}>
            {shortNumber(props.line.value)}
          </strong>
          <Show when={props.step.printed().get(number()?.key ?? '')}>
            {(printed) => (
              <span class="step-printed">
                printed: <span class="number">{printed()}</span>
              </span>
            )}
          </Show>
        </div>
      </section>
      <Show when={props.line.note}>{(note) => <p class="step-note">{note()}</p>}</Show>
      <Show when={props.line.code}>
        {(code) => (
          <p class="step-code">
            <span class="hidden">As TypeScript: </span>
            <code>{code()}</code>
          </p>
        )}
      </Show>
    </section>
  );
}

function Side(props: {
  readonly is: string;
  readonly tex: string;
  readonly terms?: readonly string[];
  readonly text?: string;
  readonly equals?: boolean;
}) {
  return (
    <div class="step-side">
      <Show when={props.equals}>
        <span class="step-equals">=</span>
      </Show>
      <Formula tex={props.tex} terms={props.terms} text={props.text} urgent />
      <span class="step-is">{props.is === 'name' ? '' : props.is}</span>
    </div>
  );
}
