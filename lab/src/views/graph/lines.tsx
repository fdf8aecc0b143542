/** The lines of an explained step, one after the other: typeset, with their phase, and one of them in focus. */
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import type { ExplainedExample, ShownLine } from './protocol.ts';
import { Side, Tex } from './tex.tsx';

/** Phases as the page names them, and the moment of their numbers. */
const phaseNames: Readonly<Record<ShownLine['phase'], string>> = {
  walk: 'walk',
  negatives: 'draw',
  forward: 'forward',
  loss: 'loss',
  backward: 'backward',
  update: 'update',
};

export interface StepLinesProps {
  readonly example: ExplainedExample;
  /** Called with the address of the line in focus. */
  onLine?(line: ShownLine): void;
}

export function StepLines(props: StepLinesProps) {
  let list!: HTMLElement;
  const lines = createMemo(() => props.example.groups.flatMap((group) => group.lines));
  const starts = createMemo(() => {
    let start = 0;
    return props.example.groups.map((group) => {
      start += group.lines.length;
      return start - group.lines.length;
    });
  });
  const [at, setAt] = createSignal(0);
  createEffect(on(lines, () => setAt(0), { defer: true }));
  createEffect(() => {
    const line = lines()[at()];
    if (line !== undefined) props.onLine?.(line);
  });
  const go = (to: number) => {
    setAt(Math.max(0, Math.min(lines().length - 1, to)));
    const line = list.querySelector<HTMLElement>(`[data-line="${at()}"]`);
    // inside of the list alone: the page stays where it is
    if (line !== null) list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 3;
  };
  const nextGroup = () => starts().find((start) => start > at()) ?? at();

  return (
    <div class="graph-lines">
      <fieldset class="controls graph-row" aria-label="Lines of the step">
        <button type="button" disabled={at() === 0} onClick={() => go(at() - 1)}>
          ← Line before
        </button>
        <button type="button" class="primary" disabled={at() >= lines().length - 1} onClick={() => go(at() + 1)}>
          Next line →
        </button>
        <button type="button" disabled={nextGroup() === at()} onClick={() => go(nextGroup())}>
          Next part
        </button>
        <span class="soft number" role="status">
          Line {at() + 1} of {lines().length}
        </span>
      </fieldset>
      <section class="graph-lines-list" ref={list} aria-label={props.example.title} tabindex="0">
        <For each={props.example.groups}>
          {(group, g) => (
            <section>
              <h3>{group.heading}</h3>
              <For each={group.lines}>
                {(line, i) => (
                  <StepLine line={line} number={starts()[g()] + i()} isCurrent={starts()[g()] + i() === at()} />
                )}
              </For>
            </section>
          )}
        </For>
        <Show when={props.example.leftOut.length > 0}>
          <p class="soft graph-note">{props.example.leftOut.join(' ')}</p>
        </Show>
      </section>
    </div>
  );
}

/** The chain rule in symbols, the formula in names, the formula in numbers, as far as there are any. */
const sidesOf = ({ tex: { rule, formula, numbers } }: ShownLine) =>
  [rule, formula, numbers].filter((side) => side !== undefined);

function StepLine(props: { readonly line: ShownLine; readonly number: number; readonly isCurrent: boolean }) {
  return (
    <div
      class="graph-line"
      data-phase={props.line.phase}
      data-line={props.number}
      data-quantity={props.line.quantity}
      data-after={props.line.after}
      data-value={props.line.value}
      aria-current={props.isCurrent ? 'step' : undefined}
    >
      <span class="graph-phase">
        {phaseNames[props.line.phase]}
        <small>{props.line.after > 0 ? 'after' : 'before'}</small>
      </span>
      <span class="graph-line-name">
        <Tex tex={props.line.tex.name} display />
      </span>
      <div>
        <For each={sidesOf(props.line)}>{(side) => <Side terms={side} />}</For>
        <Side terms={[props.line.tex.value]} isResult />
        <Show when={props.line.note}>
          <small class="soft">{props.line.note}</small>
        </Show>
      </div>
    </div>
  );
}
