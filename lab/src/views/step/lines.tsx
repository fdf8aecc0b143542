/** The lines of the step under their headings: each is a button that moves the walk to it. */
import { createMemo, For, Index, Show } from 'solid-js';
import { shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import type { LineData } from './protocol.ts';
import { phaseWords } from './sentences.ts';
import type { Step } from './state.ts';

interface Group {
  readonly heading: string;
  readonly first: number;
  readonly count: number;
}

export function Lines(props: { readonly step: Step }) {
  const lines = () => props.step.data()?.lines ?? [];
  const count = () => (props.step.isGuided() ? props.step.line() + 1 : lines().length);
  const groups = createMemo((): Group[] => {
    const found: { heading: string; first: number; count: number }[] = [];
    lines()
      .slice(0, count())
      .forEach(({ heading }, at) => {
        const last = found.at(-1);
        if (last?.heading === heading) last.count++;
        else found.push({ heading, first: at, count: 1 });
      });
    return found;
  });
  const headings = createMemo(() => groups().map(({ heading }, at) => `${at} ${heading}`), undefined, {
    equals: (a, b) => a.join('\n') === b.join('\n'),
  });
  return (
    <section class="step-lines" aria-label="Lines of the step">
      <h2>{props.step.isGuided() ? 'Lines so far' : 'All lines of the step'}</h2>
      <For each={headings()}>
        {(_, at) => {
          const group = () => groups()[at()];
          return (
            <Show when={group()}>
              <h3 class={lines()[group().first]?.phase}>{group().heading}</h3>
              <ol class="plain-list">
                <Index each={lines().slice(group().first, group().first + group().count)}>
                  {(line, i) => <LineItem step={props.step} line={line()} at={group().first + i} />}
                </Index>
              </ol>
            </Show>
          );
        }}
      </For>
    </section>
  );
}

function LineItem(props: { readonly step: Step; readonly line: LineData; readonly at: number }) {
  const number = () => props.step.numberAt(props.line.number);
  const printed = () => props.step.printed().get(number()?.key ?? '');
  return (
    <li
      class={`step-line ${props.line.phase}`}
      aria-current={props.step.line() === props.at ? 'step' : undefined}
      data-line={props.at}
    >
      <button
        type="button"
        class="step-line-name"
        aria-label={`${number()?.name} = ${shortNumber(props.line.value)}, ${phaseWords[props.line.phase]}: go to this line`}
        onClick={() => props.step.goTo(props.at)}
      >
        <Formula tex={props.line.tex.name} text={number()?.name} />
      </button>
      <span class="step-line-sides">
        <Show when={props.line.tex.formula}>
          {(tex) => (
            <span class="step-line-side">
              = <Formula tex={tex()} terms={props.line.tex.terms.formula} text={props.line.text.formula} />
            </span>
          )}
        </Show>{' '}
        <Show when={props.line.tex.numbers}>
          {(tex) => (
            <span class="step-line-side">
              = <Formula tex={tex()} terms={props.line.tex.terms.numbers} text={props.line.text.numbers} />
            </span>
          )}
        </Show>{' '}
        <span class="step-line-side">
          ={' '}
          <strong class="number" data-n={props.line.number}>
            {shortNumber(props.line.value)}
          </strong>
          <Show when={printed()}>
            {' '}
            <span class="step-printed">
              printed: <span class="number">{printed()}</span>
            </span>
          </Show>
        </span>
      </span>
    </li>
  );
}
