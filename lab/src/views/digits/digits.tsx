/** The view "Digits": draw a digit, and see what a network of 784 inputs makes of it while it learns. */
import { createSignal, For, onCleanup, onMount, Show } from 'solid-js';
import { drawChart } from '../../parts/chart.ts';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import type { ViewProps } from '../../views.ts';
import { decide } from './digit-net.ts';
import './digits.css';
import { columnsFor, paintUnits, ratioFor } from './digits-paint.ts';
import { createDigits, type DigitsState } from './digits-state.ts';
import { Pad } from './pad.tsx';
import { Seen } from './seen.tsx';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export default function DigitsView(props: ViewProps) {
  const state = createDigits(props.lab);
  return (
    <div class="digits">
      <div class="digits-top">
        <h1>Digits</h1>
        <fieldset class="digits-bar">
          <legend class="hidden">Training</legend>
          <button
            type="button"
            class="primary"
            disabled={state.phase() === 'loading' || state.phase() === 'failed'}
            onClick={() => (state.phase() === 'running' ? state.pause() : state.play())}
          >
            {state.phase() === 'running' ? 'Pause' : state.phase() === 'ended' ? 'Train again' : 'Play'}
          </button>
          <button type="button" disabled={state.phase() === 'loading'} onClick={() => state.reset()}>
            Reset
          </button>
          <span class="number digits-seen">{progress(state)}</span>
        </fieldset>
      </div>
      <p class="digits-about">
        784 pixels → 128 hidden units (relu) → 10 classes (softmax), trained with Adam in batches of 32. The digits are
        the first 10,000 of MNIST, at 16 gray levels; 1,000 of them are held out.
      </p>
      <Show when={state.problem()}>{(what) => <p role="alert">{what()}</p>}</Show>
      <section class="digits-draw" aria-labelledby="digits-draw">
        <h2 id="digits-draw">Draw a digit</h2>
        <Pad state={state} />
        <div class="digits-input">
          <Seen digit={state.digit()} />
          <p class="soft">
            The network sees 28 × 28 pixels. As in MNIST, the drawing is scaled to 20 pixels and centered by its center
            of mass.
          </p>
        </div>
      </section>
      <Answer state={state} />
      <Accuracy state={state} />
      <Units state={state} />
    </div>
  );
}

function progress(state: DigitsState): string {
  if (state.phase() === 'loading') return 'Loading the digits …';
  const seen = state.frame()?.seen ?? 0;
  const epochs = state.trainingCount() === 0 ? 0 : seen / state.trainingCount();
  return `${epochs.toFixed(1)} epochs, ${seen.toLocaleString('en-US')} digits`;
}

/** The probabilities of the ten classes, as bars with numbers. */
function Answer(props: { readonly state: DigitsState }) {
  const probabilities = () => props.state.frame()?.probabilities ?? new Float64Array(10);
  const best = () => decide(probabilities());
  const label = () => props.state.label();
  const isKnown = () => props.state.frame() !== undefined;
  return (
    <section class="digits-answer" aria-labelledby="digits-answer">
      <h2 id="digits-answer">
        {isKnown() ? `The network says ${best()}` : 'The network has not seen this digit yet'}
        <Show when={isKnown() && label() !== undefined}>
          <span class="soft">
            {' '}
            – it is {label() === best() ? '' : 'not: it is '}
            {label()}
          </span>
        </Show>
      </h2>
      <table>
        <thead class="hidden">
          <tr>
            <th scope="col">Digit</th>
            <th scope="col">Probability</th>
          </tr>
        </thead>
        <tbody>
          <For each={Array.from({ length: 10 }, (_, i) => i)}>
            {(digit) => (
              <tr classList={{ 'digits-best': digit === best() }}>
                <th scope="row">{digit}</th>
                <td>
                  <span class="digits-track" aria-hidden="true">
                    <span style={{ transform: `scaleX(${probabilities()[digit]})` }} />
                  </span>
                  <span class="digits-value">{probabilities()[digit].toFixed(3)}</span>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}

function Accuracy(props: { readonly state: DigitsState }) {
  const last = () => props.state.measured().at(-1);
  const shown = () => (last() === undefined ? '–' : percent(last()!.accuracy));
  return (
    <section class="digits-accuracy" aria-labelledby="digits-accuracy">
      <h2 id="digits-accuracy">
        Accuracy on held-out digits: <span class="number">{shown()}</span>
      </h2>
      <Plot
        name="digits-accuracy"
        label={`Accuracy on 1,000 held-out digits: now ${shown()} after ${last()?.seen ?? 0} digits`}
        shape={{ height: 190 }}
        draw={(painter) =>
          drawChart(
            painter,
            {
              series: [
                {
                  name: 'share classified correctly',
                  points: props.state.measured().flatMap(({ seen, accuracy }) => [seen, accuracy]),
                  color: palette().accent,
                },
              ],
              isLogarithmic: false,
              xName: 'training digits',
              empty: 'Not measured yet',
            },
            palette(),
          )
        }
      />
    </section>
  );
}

function Units(props: { readonly state: DigitsState }) {
  let section!: HTMLElement;
  const [columns, setColumns] = createSignal(16);
  onMount(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setColumns(columnsFor(contentRect.width)));
    observer.observe(section);
    onCleanup(() => observer.disconnect());
  });
  return (
    <section class="digits-units" aria-labelledby="digits-units" ref={section}>
      <h2 id="digits-units">The weights of the 128 hidden units</h2>
      <p class="digits-about">
        Each picture has the 784 weights of one unit: blue pixels raise its sum, orange ones lower it. The bar under it
        is the unit's output for the drawing.
      </p>
      <Plot
        name="digits-weights"
        label="The first layer's weights: for each of 128 hidden units a picture of 28 by 28 pixels, blue positive, orange negative"
        shape={{ ratio: ratioFor(columns()) }}
        draw={(painter) => {
          const frame = props.state.frame();
          if (frame !== undefined) paintUnits(painter, { ...frame, colors: palette() });
        }}
      />
    </section>
  );
}
