/** The settings of the network and its training, as fields. */
import type { ExperimentJson } from 'chainrule';
import { createMemo, For, Show } from 'solid-js';
import { nameOf } from './choices.ts';
import { NumberField } from './number-field.tsx';
import type { Choices } from './protocol.ts';
import type { TableState } from './state.ts';

const activations = ['relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'leakyRelu', 'elu', 'selu', 'softplus'];
const optimizers = ['adam', 'adamW', 'sgd', 'rmsprop', 'nadam', 'radam', 'adagrad', 'adamax', 'lion'];

const isWhole = (value: number) => Number.isInteger(value) && value >= 1;
const isShare = (value: number) => value >= 0 && value < 1;
const isSeed = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 32;

type TrainingJson = ExperimentJson['training'];

export function SettingsForm(props: { readonly state: TableState; readonly experiment: ExperimentJson }) {
  const { state } = props;
  // the choices may be newer than the experiment that the worker made from the ones before
  const training = (): TrainingJson => ({ ...props.experiment.training, ...state.choices()?.training });
  const split = () => ({ ...(props.experiment.data as Choices['data']).split, ...state.choices()?.data.split });
  const rate = () => {
    const { optimizer } = training();
    return typeof optimizer === 'object' && typeof optimizer.learningRate === 'number'
      ? optimizer.learningRate
      : undefined;
  };
  const setTraining = (change: (old: TrainingJson) => Partial<TrainingJson>) =>
    state.choose((old) => ({ ...old, training: { ...old.training, ...change(training()) } }));
  const setSplit = (part: 'validation' | 'test', share: number) =>
    state.choose((old) => ({ ...old, data: { ...old.data, split: { ...split(), [part]: share } } }));
  const hidden = createMemo(() => {
    const { layers, hidden: units = [32] } = state.choices() ?? {};
    return layers === undefined ? units.join(', ') : '';
  });
  const setHidden = (input: HTMLInputElement) => {
    const units = input.value.split(/[\s,;]+/).filter((each) => each !== '');
    if (!units.every((each) => /^[1-9]\d{0,3}$/.test(each))) input.value = hidden();
    else state.choose(({ layers: _, ...old }) => ({ ...old, hidden: units.map(Number) }));
  };
  const stop = () => training().stop;
  return (
    <div class="table-settings controls">
      <label>
        hidden units
        <input
          value={hidden()}
          placeholder={state.choices()?.layers === undefined ? 'none' : 'own layers'}
          inputmode="numeric"
          onChange={(event) => setHidden(event.currentTarget)}
        />
      </label>
      <label>
        activation
        <select
          onChange={(event) => {
            const activation = event.currentTarget.value;
            state.choose(({ layers: _, ...old }) => ({ ...old, activation }));
          }}
        >
          <For each={activations}>
            {(name) => <option selected={name === (state.choices()?.activation ?? 'relu')}>{name}</option>}
          </For>
        </select>
      </label>
      <label>
        optimizer
        <select
          onChange={(event) => {
            const name = event.currentTarget.value;
            setTraining(() => ({ optimizer: { name, learningRate: rate() ?? 0.001 } }));
          }}
        >
          <For each={[...new Set([...optimizers, nameOf(props.experiment.training.optimizer) ?? 'adam'])]}>
            {(name) => <option selected={name === nameOf(training().optimizer)}>{name}</option>}
          </For>
        </select>
      </label>
      <NumberField
        label="learning rate"
        value={rate()}
        disabled={rate() === undefined}
        accept={(value) => value > 0}
        set={(learningRate) =>
          setTraining(({ optimizer }) => ({ optimizer: { ...(optimizer as { name: string }), learningRate } }))
        }
      />
      <NumberField
        label="batch size"
        value={typeof training().batchSize === 'number' ? (training().batchSize as number) : undefined}
        step={1}
        accept={isWhole}
        set={(batchSize) => setTraining(() => ({ batchSize }))}
        empty={{ placeholder: 'all rows', set: () => setTraining(() => ({ batchSize: 'full' })) }}
      />
      <NumberField
        label="epochs at most"
        value={stop().epochs}
        step={1}
        accept={isWhole}
        set={(epochs) => setTraining((old) => ({ stop: { ...old.stop, epochs } }))}
      />
      <NumberField
        label="patience"
        value={stop().patience}
        step={1}
        accept={isWhole}
        set={(patience) => setTraining((old) => ({ stop: { ...old.stop, patience } }))}
      />
      <NumberField
        label="l2"
        value={training().l2 ?? 0}
        accept={(value) => value >= 0}
        set={(l2) => setTraining(() => ({ l2 }))}
      />
      <NumberField
        label="validation share"
        value={split().validation ?? 0}
        step={0.05}
        max={0.95}
        accept={isShare}
        set={(share) => setSplit('validation', share)}
      />
      <NumberField
        label="test share"
        value={split().test ?? 0}
        step={0.05}
        max={0.95}
        accept={isShare}
        set={(share) => setSplit('test', share)}
      />
      <NumberField
        label="seed"
        value={state.choices()?.seed ?? 1}
        step={1}
        accept={isSeed}
        set={(seed) => state.choose((old) => ({ ...old, seed }))}
      />
      <Show when={state.plan()?.task === 'classification'}>
        <label class="table-check">
          <input
            type="checkbox"
            checked={training().classWeights === 'balanced'}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              state.choose((old) => {
                const { classWeights: _, ...rest } = old.training;
                return { ...old, training: isOn ? { ...rest, classWeights: 'balanced' } : rest };
              });
            }}
          />{' '}
          balance the classes
        </label>
      </Show>
    </div>
  );
}
