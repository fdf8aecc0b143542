/** All numbers that can be typed over: the weights and biases before this step, and the data. */
import { createSignal, For, Index, type JSX, Show } from 'solid-js';
import { rowsOf } from './editing.ts';
import { shortNumber } from './format.ts';
import { NumberField } from './number-field.tsx';
import type { ParameterData } from './protocol.ts';
import type { Step } from './state.ts';

/** The maximum number of rows and columns of a table. */
const maxCells = 12;

/** The number of fields of a table above which it is opened by hand. */
const maxOpen = 60;

export function Tables(props: { readonly step: Step }) {
  const parameters = () => props.step.data()?.parameters ?? [];
  return (
    <section class="step-tables" aria-label="Weights and data">
      <h2>Weights and data</h2>
      <p class="soft">
        Type over any number: everything follows.
        <Show when={props.step.updates() > 0}>
          {' '}
          The weights are those before update {props.step.updates() + 1}. If you type over one, training starts again
          from them.
        </Show>
      </p>
      <div class="step-table-list">
        <Data step={props.step} />
        <Index each={parameters()}>{(parameter) => <Parameter step={props.step} parameter={parameter()} />}</Index>
      </div>
    </section>
  );
}

function Parameter(props: { readonly step: Step; readonly parameter: ParameterData }) {
  const rows = () => (props.parameter.shape.length === 1 ? 1 : props.parameter.shape[0]);
  const columns = () => props.parameter.shape.at(-1) ?? 1;
  const title = () => {
    const [, layer, name] = /^layers\.(\d+)\.(.*)$/.exec(props.parameter.name) ?? [];
    return layer === undefined ? props.parameter.name : `Layer ${Number(layer) + 1}, ${name}`;
  };
  const isBias = () => props.parameter.shape.length === 1;
  return (
    <Grid
      title={title()}
      rows={rows()}
      columns={columns()}
      rowName={(i) => (isBias() ? '' : `from ${i + 1}`)}
      columnName={(j) => `to ${j + 1}`}
      cell={(i, j) => {
        const key = () => `${props.parameter.name}${isBias() ? '' : `[${i}]`}[${j}]`;
        const value = () => props.parameter.values[i * columns() + j];
        return <Cell step={props.step} key_={key()} value={value()} />;
      }}
    />
  );
}

function Data(props: { readonly step: Step }) {
  const rows = (kind: 'input' | 'target') => {
    const now = props.step.document();
    return now === undefined ? undefined : rowsOf(now.experiment, kind);
  };
  const width = (kind: 'input' | 'target') => {
    const first = rows(kind)?.[0];
    return Array.isArray(first) ? first.length : 1;
  };
  const cells = (kind: 'input' | 'target') => Math.min(width(kind), maxCells);
  const valueAt = (kind: 'input' | 'target', row: number, column: number): number => {
    const of = rows(kind)?.[row];
    return Number(Array.isArray(of) ? of[column] : of);
  };
  return (
    <Show
      when={rows('input')}
      fallback={<p class="soft">The data come from a file, so they cannot be typed over here.</p>}
    >
      <Grid
        title="Data"
        rows={rows('input')!.length}
        columns={cells('input') + (rows('target') === undefined ? 0 : cells('target'))}
        rowName={(i) => `sample ${i + 1}`}
        columnName={(j) =>
          j < cells('input') ? `x${j + 1}` : `target${cells('target') > 1 ? ` ${j - cells('input') + 1}` : ''}`
        }
        cell={(i, j) => {
          const isInput = () => j < cells('input');
          const column = () => (isInput() ? j : j - cells('input'));
          const key = () => `${isInput() ? 'layers.0.input' : 'target'}[${i}][${column()}]`;
          return <Cell step={props.step} key_={key()} value={valueAt(isInput() ? 'input' : 'target', i, column())} />;
        }}
      />
    </Show>
  );
}

function Cell(props: { readonly step: Step; readonly key_: string; readonly value: number }) {
  const id = () => props.step.ids().get(props.key_);
  const target = () => props.step.editableKey(props.key_);
  const number = () => (id() === undefined ? undefined : props.step.numberAt(id()!));
  const name = () => number()?.name ?? props.key_;
  return (
    <Show when={target()} fallback={<span class="number">{shortNumber(props.value)}</span>}>
      {(editable) => (
        <span data-n={id()}>
          <NumberField
            step={props.step}
            target={editable()}
            number={{ name: name(), tex: number()?.tex ?? '', value: props.value }}
            label={name()}
          />
        </span>
      )}
    </Show>
  );
}

function Grid(props: {
  readonly title: string;
  readonly rows: number;
  readonly columns: number;
  readonly rowName: (row: number) => string;
  readonly columnName: (column: number) => string;
  readonly cell: (row: number, column: number) => JSX.Element;
}) {
  const range = (count: number) => Array.from({ length: Math.min(count, maxCells) }, (_, i) => i);
  const left = () => [
    ...(props.rows > maxCells ? [`${props.rows - maxCells} more rows`] : []),
    ...(props.columns > maxCells ? [`${props.columns - maxCells} more columns`] : []),
  ];
  const [isOpen, setOpen] = createSignal(false);
  const fields = () => Math.min(props.rows, maxCells) * Math.min(props.columns, maxCells);
  const table = () => (
    <section class="scroll" tabindex="0" aria-label={props.title}>
      <table class="step-grid">
        <caption>{props.title}</caption>
        <thead>
          <tr>
            <td />
            <For each={range(props.columns)}>{(j) => <th scope="col">{props.columnName(j)}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={range(props.rows)}>
            {(i) => (
              <tr>
                <th scope="row">{props.rowName(i)}</th>
                <For each={range(props.columns)}>{(j) => <td>{props.cell(i, j)}</td>}</For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Show when={left().length > 0}>
        <p class="soft">{left().join(', ')} in the file</p>
      </Show>
    </section>
  );
  return (
    <Show when={fields() > maxOpen} fallback={table()}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          {props.title} ({props.rows} × {props.columns})
        </summary>
        <Show when={isOpen()}>{table()}</Show>
      </details>
    </Show>
  );
}
