/** The choice of a learning-rate schedule, and the fields of its options. */
import { For, Show } from 'solid-js';
import { Choice } from './choice.tsx';
import type { Playground } from './playground-state.ts';
import { fieldsOf, freshSchedule, scheduleNames } from './schedule.ts';

export function ScheduleFields(props: { readonly state: Playground }) {
  const { state } = props;
  const schedule = () => state.config().schedule;
  const change = (option: string, value: number) => {
    const now = schedule();
    if (now !== undefined) state.change({ schedule: { ...now, options: { ...now.options, [option]: value } } });
  };
  return (
    <>
      <Choice
        name="Schedule"
        value={schedule()?.name ?? 'constant'}
        options={['constant', ...scheduleNames].map((name) => [name, name])}
        onChange={(name) => state.change({ schedule: freshSchedule(name) })}
      />
      <Show when={schedule()?.name} keyed>
        {(name) => (
          <For each={fieldsOf(name)}>
            {(field) => (
              <label title={field.note}>
                <span>{labelOf(field.name)}</span>
                <input
                  type="number"
                  step="any"
                  value={schedule()?.options[field.name] ?? field.start}
                  aria-description={field.note}
                  onChange={(event) => {
                    const value = event.target.valueAsNumber;
                    if (field.isAllowed(value)) change(field.name, value);
                    else event.target.value = String(schedule()?.options[field.name] ?? field.start);
                  }}
                />
              </label>
            )}
          </For>
        )}
      </Show>
    </>
  );
}

/** "Step size" for `stepSize`. */
function labelOf(option: string): string {
  const words = option.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}
