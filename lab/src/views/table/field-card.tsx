/** A field of the form: its value, a slider, and the prediction over its range. */
import { createUniqueId, For, Match, Show, Switch } from 'solid-js';
import type { Form } from './form.ts';
import { short } from './numbers.ts';
import type { Field } from './protocol.ts';
import { VariedPlot } from './varied-plot.tsx';

interface FieldCardProps {
  readonly field: Field;
  readonly form: Form;
  readonly classes: readonly string[] | undefined;
  readonly domain: readonly [low: number, high: number];
}

export function FieldCard(props: FieldCardProps) {
  const { field, form } = props;
  const { name, kind, min, max, values, hasSpelling } = field;
  const id = createUniqueId();
  const value = () => form.row()?.[name] ?? null;
  const isPlain = kind === 'number' && !hasSpelling;
  const hasRange = isPlain && min !== undefined && max !== undefined && max > min;
  const set = (text: string) => {
    if (text.trim() === '') form.set(name, null);
    else if (!isPlain) form.set(name, text);
    else if (Number.isFinite(Number(text))) form.set(name, Number(text));
  };
  return (
    <div class="table-field">
      <label for={id}>{name}</label>
      <Switch>
        <Match when={values}>
          {(known) => (
            <select id={id} onChange={(event) => set(event.currentTarget.value)}>
              <option value="" selected={value() === null}>
                missing
              </option>
              <Show when={value() !== null && !known().includes(String(value())) && String(value())}>
                {(other) => <option selected>{other()}</option>}
              </Show>
              <For each={known()}>{(each) => <option selected={each === String(value())}>{each}</option>}</For>
            </select>
          )}
        </Match>
        <Match when={kind === 'date' && !hasSpelling}>
          <input
            id={id}
            type="date"
            value={String(value() ?? '').slice(0, 10)}
            onInput={(event) => set(event.currentTarget.value)}
          />
        </Match>
        <Match when={isPlain}>
          <input
            id={id}
            type="number"
            step="any"
            placeholder="missing"
            value={value() === null ? '' : String(value())}
            onInput={(event) => set(event.currentTarget.value)}
          />
        </Match>
        <Match when={true}>
          <input
            id={id}
            placeholder="missing"
            value={String(value() ?? '')}
            onInput={(event) => set(event.currentTarget.value)}
          />
        </Match>
      </Switch>
      <Show when={form.varied().get(name)}>
        {(varied) => (
          <VariedPlot
            varied={varied()}
            kind={kind}
            value={value()}
            classes={props.classes}
            name={name}
            domain={props.domain}
          />
        )}
      </Show>
      <Show when={values !== undefined && values.length <= 4 && values}>
        {(known) => (
          <span class="table-range table-names soft" aria-hidden="true">
            <For each={known()}>{(each) => <span>{each}</span>}</For>
          </span>
        )}
      </Show>
      <Show when={hasRange}>
        <input
          type="range"
          aria-label={`${name}, slider`}
          min={min}
          max={max}
          step={(max! - min!) / 200}
          value={Number(value() ?? (min! + max!) / 2)}
          onInput={(event) => form.set(name, Number(Number(event.currentTarget.value).toPrecision(6)))}
        />
        <span class="table-range number soft" aria-hidden="true">
          <span>{short(min)}</span>
          <span>{short(max)}</span>
        </span>
      </Show>
    </div>
  );
}
