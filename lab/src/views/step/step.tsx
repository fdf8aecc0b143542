/** The view "Step": a training step of any network, walked number by number. */
import { createSignal, For, Show } from 'solid-js';
import type { ViewProps } from '../../views.ts';
import { Choose, openInto } from './choose.tsx';
import { Controls } from './controls.tsx';
import { CurrentLine } from './current-line.tsx';
import { Drawing } from './drawing.tsx';
import { GradientTable } from './gradient-table.tsx';
import { highlight } from './highlight.ts';
import { listenToKeys } from './keyboard.ts';
import { Lines } from './lines.tsx';
import { Selection } from './selection.tsx';
import { createStep } from './state.ts';
import './step.css';
import { Tables } from './tables.tsx';
import { TakeAwayList } from './take-away.tsx';
import { isReady } from './typeset.ts';

// formulas are typeset as soon as the worker has explained the step: their code loads meanwhile
isReady();

export default function StepView(props: ViewProps) {
  const step = createStep(props.lab);
  const [isOver, setOver] = createSignal(false);
  highlight(step);
  listenToKeys(step);

  /** A number in a formula is selected where it is. */
  const pick = (event: MouseEvent) => {
    const marked = (event.target as Element).closest('math [data-n], strong[data-n]');
    if (marked === null || (event.target as Element).closest('button') !== null) return;
    const id = Number(marked.getAttribute('data-n'));
    if (step.isReached(id)) step.select(id);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void openInto(step, file);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the numbers in formulas can be selected by the buttons of "Selected number" too
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      class={`step ${isOver() ? 'over' : ''}`}
      onClick={pick}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header class="step-head">
        <h1>{step.document()?.title ?? 'One training step'}</h1>
        <Choose step={step} />
      </header>
      <Show when={step.explainer.problem()}>
        {(problem) => (
          <div class="message error" role="alert">
            <p>{problem().what}</p>
            <Show when={problem().fix}>
              <p class="fix">{problem().fix}</p>
            </Show>
          </div>
        )}
      </Show>
      <Show
        when={step.data()}
        fallback={
          <p class="loading" role="status">
            {step.explainer.problem() === undefined ? 'Computing the step …' : ''}
          </p>
        }
      >
        <div class="step-columns">
          <div class="step-left">
            <Drawing step={step} />
            <Selection step={step} />
          </div>
          <div class="step-right">
            <Controls step={step} />
            <Show when={step.current()}>{(line) => <CurrentLine step={step} line={line()} />}</Show>
            <Lines step={step} />
            <For each={step.data()!.leftOut}>{(sentence) => <p class="soft">{sentence}</p>}</For>
          </div>
        </div>
        <div class="step-below">
          <Tables step={step} />
          <GradientTable step={step} />
          <section class="step-about" aria-label="About this step">
            <h2>About this step</h2>
            <ul>
              <For each={step.data()!.setting}>{(item) => <li>{item}</li>}</For>
              <For each={step.data()!.observations}>{(item) => <li>{item}</li>}</For>
            </ul>
            <p class="soft">
              Keys: <kbd>→</kbd> <kbd>←</kbd> one line, <kbd>Shift</kbd> with them one update, <kbd>Space</kbd> plays,{' '}
              <kbd>Home</kbd> <kbd>End</kbd> the first and last line, <kbd>Esc</kbd> back to the current line's number.
              In the drawing, the arrow keys move between the numbers.
            </p>
          </section>
          <TakeAwayList step={step} />
        </div>
      </Show>
    </div>
  );
}
