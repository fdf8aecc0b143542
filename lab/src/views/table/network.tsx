/** The proposed network and training, which can be changed, and the command that trains the same. */
import type { ExperimentJson } from 'chainrule';
import { createMemo, For, Show } from 'solid-js';
import { nameOf } from './choices.ts';
import { commandLine } from './command-line.ts';
import { count, whole } from './numbers.ts';
import type { Choices } from './protocol.ts';
import type { TableState } from './state.ts';

const activations = ['relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'leakyRelu', 'elu', 'selu', 'softplus'];
const optimizers = ['adam', 'adamW', 'sgd', 'rmsprop', 'nadam', 'radam', 'adagrad', 'adamax', 'lion'];

export function Network(props: { readonly state: TableState }) {
  const { state } = props;
  const json = () => state.plan()?.experiment;
  const training = () => json()?.training;
  const rate = () => {
    const optimizer = training()?.optimizer;
    return typeof optimizer === 'object' ? optimizer.learningRate : undefined;
  };
  const data = () => json()?.data as Choices['data'] | undefined;
  const setTraining = (change: (old: ExperimentJson['training']) => Partial<ExperimentJson['training']>) => {
    const now = training();
    if (now !== undefined) state.choose((old) => ({ ...old, training: { ...old.training, ...change(now) } }));
  };
  const setSplit = (part: 'validation' | 'test', share: number) =>
    state.choose((old) => ({ ...old, data: { ...old.data, split: { ...data()?.split, [part]: share } } }));
  const setHidden = (text: string) => {
    const units = text.split(/[\s,;]+/).filter((each) => each !== '');
    if (!units.every((each) => /^[1-9]\d{0,3}$/.test(each))) return;
    state.choose(({ layers: _, ...old }) => ({ ...old, hidden: units.map(Number) }));
  };
  const command = createMemo(() => {
    const chosen = state.choices();
    return chosen && commandLine(chosen);
  });
  const number = (text: string, accept: (value: number) => boolean, set: (value: number) => void) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && accept(value)) set(value);
  };

  return (
    <section aria-labelledby="table-network">
      <h2 id="table-network">Network and training</h2>
      <Show when={state.problem()}>
        {(problem) => (
          <div class="message error table-problem" role="alert">
            <p>{problem().what}</p>
            <p class="fix">{problem().fix}</p>
          </div>
        )}
      </Show>
      <Show when={state.plan()}>
        {(plan) => (
          <p>
            {`${count(plan().inputs.length, 'input')} → `}
            <For each={plan().experiment.network.layers}>
              {(layer, i) => (
                <>
                  <Show when={i() > 0}>{' → '}</Show>
                  <b>{layerText(layer)}</b>
                </>
              )}
            </For>
            {`. It minimizes ${nameOf(plan().experiment.training.loss)} on ${whole(plan().rows.training)} rows`}
            {plan().rows.validation > 0 ? `; ${whole(plan().rows.validation)} rows decide when to stop` : ''}
            {plan().rows.test > 0 ? `; ${whole(plan().rows.test)} test rows are kept for the end` : ''}.
          </p>
        )}
      </Show>
      <Show when={json()}>
        <div class="table-settings controls">
          <label>
            hidden units
            <input
              value={state.choices()?.hidden?.join(', ') ?? (state.choices()?.layers ? '' : '32')}
              placeholder={state.choices()?.layers ? 'own layers' : 'none'}
              inputmode="numeric"
              onChange={(event) => setHidden(event.currentTarget.value)}
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
                setTraining(() => ({ optimizer: { name, learningRate: (rate() as number) ?? 0.001 } }));
              }}
            >
              <For each={[...new Set([...optimizers, nameOf(training()?.optimizer) ?? 'adam'])]}>
                {(name) => <option selected={name === nameOf(training()?.optimizer)}>{name}</option>}
              </For>
            </select>
          </label>
          <label>
            learning rate
            <input
              type="number"
              min="0"
              step="any"
              disabled={typeof rate() !== 'number'}
              value={typeof rate() === 'number' ? String(rate()) : ''}
              onChange={(event) =>
                number(
                  event.currentTarget.value,
                  (value) => value > 0,
                  (learningRate) =>
                    setTraining(({ optimizer }) => ({
                      optimizer: { ...(optimizer as { name: string }), learningRate },
                    })),
                )
              }
            />
          </label>
          <label>
            batch size
            <input
              type="number"
              min="1"
              step="1"
              placeholder="all rows"
              value={typeof training()?.batchSize === 'number' ? String(training()?.batchSize) : ''}
              onChange={(event) => {
                const text = event.currentTarget.value;
                if (text.trim() === '') setTraining(() => ({ batchSize: 'full' }));
                else number(text, isWhole, (batchSize) => setTraining(() => ({ batchSize })));
              }}
            />
          </label>
          <label>
            epochs at most
            <input
              type="number"
              min="1"
              step="1"
              value={training()?.stop.epochs ?? ''}
              onChange={(event) =>
                number(event.currentTarget.value, isWhole, (epochs) =>
                  setTraining(({ stop }) => ({ stop: { ...stop, epochs } })),
                )
              }
            />
          </label>
          <label>
            patience
            <input
              type="number"
              min="1"
              step="1"
              value={training()?.stop.patience ?? ''}
              onChange={(event) =>
                number(event.currentTarget.value, isWhole, (patience) =>
                  setTraining(({ stop }) => ({ stop: { ...stop, patience } })),
                )
              }
            />
          </label>
          <label>
            l2
            <input
              type="number"
              min="0"
              step="any"
              value={training()?.l2 ?? 0}
              onChange={(event) =>
                number(
                  event.currentTarget.value,
                  (value) => value >= 0,
                  (l2) => setTraining(() => ({ l2 })),
                )
              }
            />
          </label>
          <label>
            validation share
            <input
              type="number"
              min="0"
              max="0.9"
              step="0.05"
              value={data()?.split?.validation ?? 0}
              onChange={(event) => number(event.currentTarget.value, isShare, (share) => setSplit('validation', share))}
            />
          </label>
          <label>
            test share
            <input
              type="number"
              min="0"
              max="0.9"
              step="0.05"
              value={data()?.split?.test ?? 0}
              onChange={(event) => number(event.currentTarget.value, isShare, (share) => setSplit('test', share))}
            />
          </label>
          <label>
            seed
            <input
              type="number"
              min="0"
              step="1"
              value={state.choices()?.seed ?? 1}
              onChange={(event) =>
                number(
                  event.currentTarget.value,
                  (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
                  (seed) => state.choose((old) => ({ ...old, seed })),
                )
              }
            />
          </label>
          <Show when={state.plan()?.task === 'classification'}>
            <label class="table-check">
              <input
                type="checkbox"
                checked={training()?.classWeights === 'balanced'}
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
        <Show when={command()}>
          {(text) => (
            <p class="table-command">
              <span class="soft">The same on the command line:</span> <code>{text()}</code>
            </p>
          )}
        </Show>
      </Show>
      <Show when={state.plan()}>
        {(plan) => (
          <>
            <For each={plan().warnings}>{(warning) => <p class="table-warning">{warning}</p>}</For>
            <Show when={plan().notes.length > 0}>
              <details>
                <summary>{count(plan().notes.length, 'note')} on the data</summary>
                <ul>
                  <For each={plan().notes}>{(note) => <li>{note}</li>}</For>
                </ul>
              </details>
            </Show>
          </>
        )}
      </Show>
    </section>
  );
}

const isWhole = (value: number) => Number.isInteger(value) && value >= 1;
const isShare = (value: number) => value >= 0 && value < 1;

/** `32 relu`, `dropout 0.2`. */
function layerText(layer: ExperimentJson['network']['layers'][number]): string {
  if ('dense' in layer) return `${layer.dense} ${nameOf(layer.activation as never) ?? 'linear'}`;
  const [[kind, value]] = Object.entries(layer);
  return value === true ? kind : `${kind} ${typeof value === 'object' ? '' : value}`.trim();
}
