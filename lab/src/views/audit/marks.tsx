/** The verdict, and the table of printed numbers beside computed ones. */
import type { PrintedQuantity } from 'chainrule/explain';
import { createMemo, For, Show } from 'solid-js';
import { whenText } from './meaning.ts';
import { numberText } from './numbers.ts';
import { Digits, QuantityName, Status, When } from './parts.tsx';
import type { Marked, Marks, Name } from './protocol.ts';
import { answerKey } from './settings.ts';
import { explanations, verdictText } from './verdict.ts';

/** `E after 1 update` */
export const labelOf = ({ name }: Marked, { quantity, after = 0 }: PrintedQuantity) =>
  after > 0 ? `${name.text} ${whenText(quantity, after)}` : name.text;

/** A row's name: with a prime after the update, as the step writes it; before it, with the mark of its sample. */
export function nameIn(names: ReadonlyMap<string, Name>, quantity: string, after: number, own?: Name) {
  const written = names.get(answerKey({ quantity, after }));
  return after > 0 ? (written ?? own) : (own ?? written);
}

export function Verdict(props: { readonly marks?: Marks; readonly printed: readonly PrintedQuantity[] }) {
  const text = () =>
    props.marks === undefined
      ? 'Computing …'
      : verdictText(props.marks, (row) => labelOf(row, props.printed[row.index]));
  return (
    <p
      class="audit-verdict"
      classList={{ wrong: props.marks?.ok === false, right: props.marks?.ok === true }}
      role="status"
    >
      {text()}
    </p>
  );
}

/** The explanation under a row; the same text is written once. */
export function Why(props: {
  readonly marks: Marks;
  readonly index: number;
  readonly printed: readonly PrintedQuantity[];
  readonly all: boolean;
}) {
  const why = createMemo(() => explanations(props.marks.rows).get(props.index));
  const row = () => props.marks.rows.find(({ index }) => index === props.index);
  const text = () => {
    const found = why();
    if (found === undefined) return undefined;
    if ('as' in found) return `For the same reason as ${labelOf(found.as, props.printed[found.as.index])}.`;
    return found.text;
  };
  return (
    <Show when={text()}>
      {(sentence) => (
        <span class="audit-why">
          {sentence()}
          <Show when={!props.all && (row()?.candidates ?? 0) > 2}> The most likely causes are listed.</Show>
        </span>
      )}
    </Show>
  );
}

export function MarkTable(props: {
  readonly printed: readonly PrintedQuantity[];
  readonly names: ReadonlyMap<string, Name>;
  readonly marks?: Marks;
  readonly all: boolean;
}) {
  const marked = createMemo(() => new Map(props.marks?.rows.map((row) => [row.index, row])));
  return (
    <div class="audit-table-frame">
      <table class="audit-table audit-marks">
        <thead>
          <tr>
            <th scope="col">Quantity</th>
            <th scope="col" class="audit-wide">
              Phase
            </th>
            <th scope="col" class="number">
              Printed
            </th>
            <th scope="col" class="number">
              Computed
            </th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.printed}>
            {({ quantity, value, after = 0 }, index) => {
              const row = () => marked().get(index());
              return (
                <>
                  <tr data-quantity={quantity} data-after={after} class={row()?.status}>
                    <th scope="row">
                      <QuantityName name={nameIn(props.names, quantity, after, row()?.name)} quantity={quantity}>
                        <span class="audit-narrow">
                          <When quantity={quantity} after={after} />
                        </span>
                      </QuantityName>
                    </th>
                    <td class="audit-wide">
                      <When quantity={quantity} after={after} />
                    </td>
                    <td class="number printed">{value}</td>
                    <td class="number computed">
                      <Show when={row()} fallback="…">
                        {(found) => numberText(found().computed)}
                      </Show>
                    </td>
                    <td>
                      <Show when={row()}>
                        {(found) => (
                          <>
                            <Status status={found().status} />
                            <Digits value={value} mark={found()} />
                          </>
                        )}
                      </Show>
                    </td>
                  </tr>
                  <Show when={props.marks && row()?.explanation ? props.marks : undefined}>
                    {(marks) => (
                      <tr class="audit-why-row">
                        <td colspan="5">
                          <Why marks={marks()} index={index()} printed={props.printed} all={props.all} />
                        </td>
                      </tr>
                    )}
                  </Show>
                </>
              );
            }}
          </For>
        </tbody>
      </table>
    </div>
  );
}
