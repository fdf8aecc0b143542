/** Chooses what is walked: one of the examples, or a file. */
import { For, Show } from 'solid-js';
import { exampleOf, examples } from './examples.ts';
import { openFile } from './open-file.ts';
import { documentOf, type Step } from './state.ts';

export function Choose(props: { readonly step: Step }) {
  const current = () => {
    const now = props.step.document();
    return now === undefined ? undefined : exampleOf(now.experiment);
  };
  return (
    <div class="step-choose controls">
      <label>
        Network{' '}
        <select
          value={current()?.name ?? ''}
          onChange={({ currentTarget }) => {
            const example = examples.find(({ name }) => name === currentTarget.value);
            if (example !== undefined) props.step.open(documentOf(example));
          }}
        >
          <Show when={current() === undefined}>
            <option value="">your own</option>
          </Show>
          <For each={examples}>{({ name }) => <option value={name}>{name}</option>}</For>
        </select>
      </label>
      <label class="step-file">
        Open an experiment file …
        <input
          type="file"
          class="hidden"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file !== undefined) void openInto(props.step, file);
          }}
        />
      </label>
      <Show when={current()}>{(example) => <p class="step-hint">{example().hint}</p>}</Show>
    </div>
  );
}

export async function openInto(step: Step, file: File): Promise<void> {
  try {
    const { document, printed } = await openFile(file);
    await step.explainer.check(document);
    step.lab.say(undefined);
    step.open(document, printed);
  } catch (error) {
    step.lab.fail(error);
  }
}
