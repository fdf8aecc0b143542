/** The bar with play, pause and speed; and the choices of data and training. */
import { createUniqueId, type JSX, Show } from 'solid-js';
import { Choice, type Options } from './choice.tsx';
import {
  batchSizes,
  type Config,
  dropouts,
  kindOf,
  learningRates,
  limits,
  optimizerRates,
  penalties,
  speeds,
} from './config.ts';
import { dataSets } from './data-sets.ts';
import type { Playground } from './playground-state.ts';
import { ScheduleFields } from './schedule-fields.tsx';

export function PlayBar(props: { readonly state: Playground }) {
  const { state } = props;
  return (
    <fieldset class="playground-bar">
      <legend class="hidden">Training</legend>
      <button type="button" class="primary" onClick={() => (state.isPlaying() ? state.pause() : state.play())}>
        {state.isPlaying() ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={() => state.oneEpoch()}>
        One epoch
      </button>
      <button type="button" onClick={() => state.reset()}>
        Reset
      </button>
      <Choice
        name="Speed"
        value={state.config().speed}
        options={speeds.map((speed) => [speed, speed === 1 ? '1 epoch a picture' : `${speed} epochs a picture`])}
        onChange={(value) => state.change({ speed: Number(value) })}
        isNameHidden
      />
      <span class="playground-epoch number">
        Epoch <b>{state.epoch().toLocaleString('en-US')}</b>
      </span>
      <button type="button" class="playground-walk" onClick={() => state.walk()}>
        Walk through this step
      </button>
    </fieldset>
  );
}

export function DataChoices(props: { readonly state: Playground }) {
  const { state } = props;
  const config = state.config;
  return (
    <>
      <Choice
        name="Set"
        value={config().set}
        options={dataSets.map(({ name, title }) => [name, title])}
        onChange={(set) => state.change({ set, kind: kindOf(config()), drawn: [] })}
      />
      <Show
        when={config().set !== 'empty'}
        fallback={
          <Choice
            name="Task"
            value={config().kind}
            options={[
              ['classes', 'two classes'],
              ['curve', 'a curve'],
            ]}
            onChange={(kind) => state.change({ kind: kind as Config['kind'], drawn: [] })}
          />
        }
      >
        <Slider
          name="Points"
          value={config().count}
          min={4}
          max={limits.points}
          step={1}
          onInput={(count) => state.change({ count })}
        />
        <Slider
          name="Noise"
          value={config().noise}
          min={0}
          max={1}
          step={0.05}
          onInput={(noise) => state.change({ noise })}
        />
      </Show>
      <label>
        Seed
        <input
          type="number"
          min="0"
          max={2 ** 32 - 1}
          value={config().seed}
          onChange={(event) => {
            const seed = event.target.valueAsNumber;
            if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) state.change({ seed });
            else event.target.value = String(config().seed);
          }}
        />
      </label>
    </>
  );
}

export function TrainingChoices(props: { readonly state: Playground }) {
  const { state } = props;
  const config = state.config;
  const numbers = (values: readonly number[], zero = '0'): Options =>
    values.map((value) => [value, value === 0 ? zero : String(value)]);
  const rates = () => [...new Set([...learningRates, config().learningRate])].sort((a, b) => a - b);
  const sizes = () => [
    ...new Set([...batchSizes.slice(0, -1), ...(config().batchSize > 0 ? [config().batchSize] : [])]),
    0,
  ];
  return (
    <>
      <Choice
        name="Learning rate"
        value={config().learningRate}
        options={numbers(rates())}
        onChange={(value) => state.change({ learningRate: Number(value) })}
      />
      <ScheduleFields state={state} />
      <Choice
        name="Optimizer"
        value={config().optimizer}
        options={Object.keys(optimizerRates).map((name) => [name, name === 'momentum' ? 'sgd + momentum' : name])}
        onChange={(optimizer) => state.change({ optimizer, learningRate: optimizerRates[optimizer] })}
      />
      <Choice
        name="Batch size"
        value={config().batchSize}
        options={numbers(sizes(), 'all')}
        onChange={(value) => state.change({ batchSize: Number(value) })}
      />
      <Choice
        name="L1 penalty"
        value={config().l1}
        options={numbers(
          [...new Set([...penalties, config().l1])].sort((a, b) => a - b),
          'none',
        )}
        onChange={(value) => state.change({ l1: Number(value) })}
      />
      <Choice
        name="L2 penalty"
        value={config().l2}
        options={numbers(
          [...new Set([...penalties, config().l2])].sort((a, b) => a - b),
          'none',
        )}
        onChange={(value) => state.change({ l2: Number(value) })}
      />
      <Choice
        name="Dropout"
        value={config().dropout}
        options={numbers(
          [...new Set([...dropouts, config().dropout])].sort((a, b) => a - b),
          'none',
        )}
        onChange={(value) => state.change({ dropout: Number(value) })}
      />
    </>
  );
}

interface SliderProps {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  onInput(value: number): void;
}

function Slider(props: SliderProps): JSX.Element {
  // by its id: the label's first control is the output
  const id = createUniqueId();
  return (
    <label for={id}>
      <span>
        {props.name} <output class="number">{props.value}</output>
      </span>
      <input
        id={id}
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        onInput={(event) => props.onInput(event.target.valueAsNumber)}
      />
    </label>
  );
}
