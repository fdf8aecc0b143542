/** One line of a sheet: a number that is given, or a field with its mark and its hints. */
import { createSignal, For, Show } from 'solid-js';
import { meaningOf, whenText } from './meaning.ts';
import { Formula } from './parts.tsx';
import type { HintLevel, SheetLine, SheetMarked } from './protocol.ts';
import { lookOf, sheetStatuses } from './sheet-status.ts';

const levels: readonly (readonly [HintLevel, string])[] = [
  ['formula', 'Show the formula'],
  ['numbers', 'Show the numbers'],
  ['result', 'Show the result'],
];

export const fieldId = ({ quantity, after }: { readonly quantity: string; readonly after: number }) =>
  `audit-field-${quantity}@${after}`;

export function SheetRow(props: {
  readonly line: SheetLine;
  readonly answer: string;
  /** The mark of the answer as it is now. */
  readonly mark?: SheetMarked;
  readonly problem?: string;
  /** How a number with a comma was read. */
  readonly note?: string;
  readonly onAnswer: (text: string) => void;
  readonly onSettled: () => void;
  readonly hint: (level: HintLevel) => Promise<string | undefined>;
}) {
  const [hints, setHints] = createSignal<readonly string[]>([]);
  const meaning = () => meaningOf(props.line.quantity) ?? props.line.name.text;
  const when = () => whenText(props.line.quantity, props.line.after);
  const label = () => (props.line.after > 0 ? `${meaning()}, ${when()}` : meaning());
  const look = () => lookOf(props.mark);
  const more = async () => {
    const level = levels[hints().length];
    if (level === undefined) return;
    const markup = await props.hint(level[0]);
    if (markup !== undefined) setHints((old) => [...old, markup]);
  };
  return (
    <li class="audit-sheet-line" data-quantity={props.line.quantity} data-after={props.line.after}>
      <div class="audit-sheet-field">
        <Formula class="audit-name" markup={props.line.name.markup} />
        <span aria-hidden="true">=</span>
        <Show
          when={props.line.given === undefined}
          fallback={
            <span class="audit-given">
              <Formula markup={props.line.given!} /> <span class="soft">given</span>
            </span>
          }
        >
          <input
            class="audit-value"
            id={fieldId(props.line)}
            classList={{
              right: look() === 'done',
              nearly: look() === 'nearly',
              wrong: look() === 'wrong' || props.problem !== undefined,
            }}
            aria-label={`Value of the ${label()}`}
            aria-invalid={props.problem !== undefined || look() === 'wrong'}
            autocomplete="off"
            spellcheck={false}
            value={props.answer}
            onInput={(event) => props.onAnswer(event.currentTarget.value.slice(0, 100))}
            onBlur={() => props.onSettled()}
            onKeyDown={(event) => event.key === 'Enter' && props.onSettled()}
          />
          <Show when={props.mark}>
            {(mark) => (
              <span class={`audit-status ${look()}`}>
                <span aria-hidden="true" class="audit-sign">
                  {sheetStatuses[mark().status].sign}
                </span>{' '}
                {sheetStatuses[mark().status].word}
              </span>
            )}
          </Show>
          <Show when={hints().length < levels.length && look() !== 'done'}>
            <button
              type="button"
              class="plain audit-hint-button"
              aria-label={`${levels[hints().length][1]}: ${label()}`}
              onClick={() => void more()}
            >
              {levels[hints().length][1]}
            </button>
          </Show>
        </Show>
        <span class="audit-meaning">
          {meaning()}
          <Show when={props.line.after > 0}>, {when()}</Show>
        </span>
      </div>
      <div role="status">
        <Show when={props.problem}>{(text) => <p class="audit-why error">{text()}</p>}</Show>
        <Show when={props.note}>{(text) => <p class="audit-why">{text()}</p>}</Show>
        <Show when={props.mark?.explanation}>{(text) => <p class="audit-why">{text()}</p>}</Show>
        <For each={hints()}>
          {(markup) => (
            <p class="audit-hint">
              <Formula markup={markup} />
            </p>
          )}
        </For>
      </div>
    </li>
  );
}
