/** Small parts of all three pages: typeset names, statuses, phases, and the setting of an example. */
import type { AuditStatus } from 'chainrule/explain';
import { For, type JSX, Show } from 'solid-js';
import { meaningOf, phaseOf, whenText } from './meaning.ts';
import type { Given, Marked, Name, Quantity } from './protocol.ts';
import { digitsIn, readTyped } from './typed.ts';
import { statuses } from './verdict.ts';

/** MathML that the worker typeset from the library's TeX; people's symbols are escaped in it. */
export function Formula(props: { readonly markup: string; readonly class?: string }) {
  return <span class={props.class ?? 'audit-formula'} innerHTML={props.markup} />;
}

export function Status(props: { readonly status: AuditStatus }) {
  return (
    <span class={`audit-status ${props.status}`}>
      <span aria-hidden="true" class="audit-sign">
        {statuses[props.status].sign}
      </span>{' '}
      {statuses[props.status].word}
    </span>
  );
}

/** Of a number that agrees because it has few digits: how many those are. */
export function Digits(props: { readonly value: string; readonly mark: Marked }) {
  const digits = () => digitsIn(props.value);
  const isExact = () => {
    const { computed } = props.mark;
    return Math.abs(Number(readTyped(props.value).value.replace('−', '-')) - computed) <= 1e-9 * Math.abs(computed);
  };
  return (
    <Show when={props.mark.status === 'agrees' && digits() < 3 && !isExact()}>
      {' '}
      <span class="audit-digits">
        to {digits()} digit{digits() === 1 ? '' : 's'}
      </span>
    </Show>
  );
}

/** The phase of a number, and when it is read: `backward, before the update`. */
export function When(props: { readonly quantity: string; readonly after: number }) {
  const phase = () => phaseOf(props.quantity, props.after);
  const when = () => whenText(props.quantity, props.after);
  return (
    <span class="audit-when">
      <span class={`audit-phase ${phase()}`}>{phase()}</span>
      <Show when={when()}>, {when()}</Show>
    </span>
  );
}

/** Where the numbers of a group belong: the phase, and before or after the update. */
export function PhaseOfGroup(props: { readonly lines: readonly Quantity[] }) {
  const first = () => props.lines[0];
  return (
    <span class="audit-group-when">
      <When quantity={first().quantity} after={first().after} />
    </span>
  );
}

/** What the prime of a symbol means: E is the loss before the update, E′ the loss after it. */
export function Primes(props: { readonly lines: readonly Quantity[] }) {
  const loss = (after: boolean) =>
    props.lines.find((line) => line.quantity === 'loss' && line.after > 0 === after)?.name;
  return (
    <Show when={loss(true) && loss(false)}>
      <p class="audit-primes">
        <Formula markup={loss(false)!.markup} /> is the loss before the update, <Formula markup={loss(true)!.markup} />{' '}
        the loss after it. The same holds for every symbol: with a prime (′), it is the number after the update.
      </p>
    </Show>
  );
}

/** A quantity: its symbol, and beside it what it means in words, and whatever belongs there. */
export function QuantityName(props: {
  readonly name?: Name;
  readonly quantity: string;
  readonly children?: JSX.Element;
}) {
  return (
    <span class="audit-quantity">
      <Show when={props.name} fallback={<span class="audit-name">·</span>}>
        {(name) => <Formula class="audit-name" markup={name().markup} />}
      </Show>
      <span class="audit-meaning">
        {meaningOf(props.quantity) ?? props.quantity}
        {props.children}
      </span>
    </span>
  );
}

export function Setting(props: { readonly sentences: readonly string[]; readonly leftOut?: readonly string[] }) {
  return (
    <ul class="audit-setting">
      <For each={props.sentences}>{(sentence) => <li>{sentence}</li>}</For>
      <For each={props.leftOut ?? []}>{(sentence) => <li class="soft">{sentence}</li>}</For>
    </ul>
  );
}

/** The parameters before the step, and the inputs and targets. */
export function GivenNumbers(props: { readonly given: Given }) {
  const table = () => props.given.table;
  return (
    <div class="audit-given-numbers">
      <For each={props.given.parameters}>
        {({ elements, more }) => (
          <p class="audit-elements">
            <For each={elements}>{(markup) => <Formula markup={markup} />}</For>
            <Show when={more > 0}>
              <span class="soft">… {more} more</span>
            </Show>
          </p>
        )}
      </For>
      {/* how many steps a walk has can be counted above */}
      <Show when={table().columns.length > 0 && table().rowName !== 'walk'}>
        <div class="scroll">
          <table class="audit-data">
            <thead>
              <tr>
                <th scope="col">{table().rowName}</th>
                <For each={table().columns}>
                  {({ text, markup }) => (
                    <th scope="col">
                      <span class="hidden">{text}</span>
                      <span aria-hidden="true">
                        <Formula markup={markup} />
                      </span>
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={table().rows}>
                {({ number, values }) => (
                  <tr>
                    <th scope="row">{number}</th>
                    <For each={values}>
                      {(markup) => (
                        <td>
                          <Formula markup={markup} />
                        </td>
                      )}
                    </For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
    </div>
  );
}

/** What each status means, to be opened. */
export function Legend() {
  return (
    <details class="audit-legend">
      <summary>What the statuses mean</summary>
      <dl>
        <For each={Object.entries(statuses) as [AuditStatus, (typeof statuses)[AuditStatus]][]}>
          {([status, { about }]) => (
            <>
              <dt>
                <Status status={status} />
              </dt>
              <dd>{about}</dd>
            </>
          )}
        </For>
      </dl>
    </details>
  );
}
