/** The printed numbers as they are entered, each beside the computed one. */
import type { PrintedQuantity } from 'chainrule/explain';
import { createMemo, Index, Show } from 'solid-js';
import { nameIn, Why } from './marks.tsx';
import { meaningOf } from './meaning.ts';
import { numberText } from './numbers.ts';
import { Digits, QuantityName, Status, When } from './parts.tsx';
import type { Marks, Name } from './protocol.ts';
import { readTyped } from './typed.ts';

export const valueId = (index: number) => `audit-value-${index}`;

export function BookRows(props: {
  readonly printed: readonly PrintedQuantity[];
  readonly names: ReadonlyMap<string, Name>;
  readonly marks?: Marks;
  readonly all: boolean;
  readonly onChange: (index: number, part: Partial<PrintedQuantity>) => void;
  readonly onRemove: (index: number) => void;
}) {
  const marked = createMemo(() => new Map(props.marks?.rows.map((row) => [row.index, row])));
  const faulty = createMemo(() => new Map(props.marks?.faulty.map((row) => [row.index, row.problem])));
  const typed = (row: PrintedQuantity) => readTyped(row.value);
  const about = (row: PrintedQuantity) => meaningOf(row.quantity) ?? row.quantity;
  return (
    <div class="audit-table-frame">
      <table class="audit-table audit-book-table">
        <thead>
          <tr>
            <th scope="col">Quantity</th>
            <th scope="col">Printed</th>
            <th scope="col">After updates</th>
            <th scope="col" class="number">
              Computed
            </th>
            <th scope="col">Status</th>
            <th scope="col">
              <span class="hidden">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <Index each={props.printed}>
            {(row, index) => {
              const mark = () => marked().get(index);
              const problem = () => typed(row()).problem ?? faulty().get(index);
              return (
                <>
                  <tr data-quantity={row().quantity} data-after={row().after ?? 0} class={mark()?.status}>
                    <th scope="row">
                      <QuantityName
                        name={nameIn(props.names, row().quantity, row().after ?? 0, mark()?.name)}
                        quantity={row().quantity}
                      >
                        <When quantity={row().quantity} after={row().after ?? 0} />
                        <code class="audit-address">{row().quantity}</code>
                      </QuantityName>
                    </th>
                    <td>
                      <input
                        id={valueId(index)}
                        class="audit-value"
                        inputmode="text"
                        autocomplete="off"
                        spellcheck={false}
                        aria-label={`Printed value of the ${about(row())}`}
                        aria-invalid={problem() !== undefined}
                        value={row().value}
                        onInput={(event) => props.onChange(index, { value: event.currentTarget.value.slice(0, 100) })}
                      />
                    </td>
                    <td>
                      <span class="audit-narrow soft" aria-hidden="true">
                        updates
                      </span>
                      <input
                        class="audit-after"
                        type="number"
                        min="0"
                        step="1"
                        aria-label={`Updates before the ${about(row())} is read`}
                        value={row().after ?? 0}
                        onInput={(event) => {
                          const after = Number(event.currentTarget.value);
                          props.onChange(index, { after: after === 0 ? undefined : after });
                        }}
                      />
                    </td>
                    <td class="number computed">
                      <Show when={mark()}>{(found) => numberText(found().computed)}</Show>
                    </td>
                    <td>
                      <Show when={mark()}>
                        {(found) => (
                          <>
                            <Status status={found().status} />
                            <Digits value={row().value} mark={found()} />
                          </>
                        )}
                      </Show>
                    </td>
                    <td class="audit-remove">
                      <button
                        type="button"
                        class="plain"
                        aria-label={`Remove the ${about(row())}`}
                        onClick={() => props.onRemove(index)}
                      >
                        ×
                      </button>
                    </td>
                  </tr>
                  <Show when={problem()}>
                    <tr class="audit-why-row">
                      <td colspan="6">
                        <span class="audit-why error">{problem()}</span>
                      </td>
                    </tr>
                  </Show>
                  <Show when={typed(row()).note}>
                    {(note) => (
                      <tr class="audit-why-row">
                        <td colspan="6">
                          <span class="audit-why">{note()}</span>
                        </td>
                      </tr>
                    )}
                  </Show>
                  <Show when={mark()?.explanation ? props.marks : undefined}>
                    {(marks) => (
                      <tr class="audit-why-row">
                        <td colspan="6">
                          <Why marks={marks()} index={index} printed={props.printed} all={props.all} />
                        </td>
                      </tr>
                    )}
                  </Show>
                </>
              );
            }}
          </Index>
        </tbody>
      </table>
    </div>
  );
}
