/** The method and its options. A change starts the training again. */
import type { OptionDescription } from 'chainrule/graphs';
import { createMemo, For, Show } from 'solid-js';
import type { MethodDescription } from './protocol.ts';
import { type GraphSettings, optionValue } from './settings.ts';

export interface MethodFormProps {
  readonly methods: readonly MethodDescription[];
  readonly settings: GraphSettings;
  onMethod(name: string): void;
  onOption(name: string, value: unknown): void;
  onSeed(seed: number): void;
}

/** Options that are shown at once, in this order; the others are folded away. */
const mainOptions = [
  'dimensions',
  'walksPerNode',
  'walkLength',
  'windowSize',
  'p',
  'q',
  'epochs',
  'order',
  'samplesPerNode',
  'iterations',
  'iterationWeights',
  'whiten',
  'layers',
  'mu',
  'theta',
];

/** `walksPerNode` as words: walks per node. */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export function MethodForm(props: MethodFormProps) {
  const method = createMemo(() => props.methods.find(({ name }) => name === props.settings.method));
  const options = (isMain: boolean) =>
    (method()?.options ?? [])
      .filter(({ name }) => mainOptions.includes(name) === isMain)
      .sort((a, b) => mainOptions.indexOf(a.name) - mainOptions.indexOf(b.name));
  const field = (option: OptionDescription) => (
    <OptionField
      option={option}
      value={props.settings.options[option.name]}
      onChange={(value) => props.onOption(option.name, value)}
    />
  );
  return (
    <section class="graph-part" aria-labelledby="graph-method">
      <h2 id="graph-method">Method</h2>
      <select
        aria-label="Method"
        value={props.settings.method}
        onChange={(event) => props.onMethod(event.target.value)}
      >
        <For each={props.methods}>{({ name }) => <option value={name}>{name}</option>}</For>
      </select>
      <p class="soft graph-note">{method()?.summary}</p>
      <div class="graph-fields">
        <For each={options(true)}>{field}</For>
        <label class="graph-field" title="Equal seeds give equal vectors, to the bit.">
          <span>seed</span>
          <input
            type="number"
            min="0"
            max={2 ** 32 - 1}
            step="1"
            value={props.settings.seed}
            onChange={(event) => {
              const seed = event.target.valueAsNumber;
              if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) props.onSeed(seed);
              else event.target.value = String(props.settings.seed);
            }}
          />
        </label>
      </div>
      <Show when={options(false).length > 0}>
        <details>
          <summary>More options</summary>
          <div class="graph-fields">
            <For each={options(false)}>{field}</For>
          </div>
        </details>
      </Show>
    </section>
  );
}

function OptionField(props: {
  readonly option: OptionDescription;
  readonly value: unknown;
  onChange(value: unknown): void;
}) {
  const { name, description, default: initial, type, choices } = props.option;
  const shown = () => {
    const value = props.value ?? initial;
    return Array.isArray(value) ? value.join(', ') : String(value);
  };
  /** The default is not a choice of the person. */
  const change = (value: unknown) => {
    const isDefault = value === undefined || JSON.stringify(value) === JSON.stringify(initial);
    props.onChange(isDefault ? undefined : value);
  };
  if (type === 'boolean') {
    return (
      <label class="graph-field" title={description}>
        <span>{words(name)}</span>
        <input
          type="checkbox"
          checked={(props.value ?? initial) === true}
          onChange={(event) => change(event.target.checked)}
        />
      </label>
    );
  }
  if (choices !== undefined) {
    return (
      <label class="graph-field" title={description}>
        <span>{words(name)}</span>
        <select value={shown()} onChange={(event) => change(event.target.value)}>
          <For each={choices}>{(choice) => <option>{choice}</option>}</For>
        </select>
      </label>
    );
  }
  return (
    <label class="graph-field" title={description}>
      <span>{words(name)}</span>
      <input
        type="text"
        inputmode="decimal"
        value={shown()}
        onChange={(event) => change(optionValue(event.target.value, type))}
      />
    </label>
  );
}
