/** One line of a sheet: a number that is given, or a field with its mark and its hints. */
import { createSignal, For, Show } from 'solid-js';
import { slipText } from './learner-words.ts';
import { meaningOf } from './meaning.ts';
import { Formula } from './parts.tsx';
import type { HintLevel, Marked, SheetLine } from './protocol.ts';

const levels: readonly (readonly [HintLevel, string])[] = [
  ['formula', 'Show the formula'],
  ['numbers', 'Show the numbers'],
  ['result', 'Show the result'],
];

/** Whether a mark counts as right: also if the learner rounded on the way. */
export const isRight = (mark: Marked | undefined) => mark?.status === 'agrees' || mark?.status === 'rounded';

export function SheetRow(props: {
  readonly line: SheetLine;
  readonly answer: string;
  /** The mark of the answer as it is now. */
  readonly mark?: Marked;
  readonly problem?: string;
  readonly onAnswer: (text: string) => void;
  readonly onSettled: () => void;
  readonly hint: (level: HintLevel) => Promise<string | undefined>;
}) {
  const [hints, setHints] = createSignal<readonly string[]>([]);
  const label = () => meaningOf(props.line.quantity) ?? props.line.name.text;
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
            classList={{ right: isRight(props.mark), wrong: props.mark !== undefined && !isRight(props.mark) }}
            aria-label={`Value of the ${label()}`}
            aria-invalid={props.problem !== undefined || (props.mark !== undefined && !isRight(props.mark))}
            autocomplete="off"
            spellcheck={false}
            value={props.answer}
            onInput={(event) => props.onAnswer(event.currentTarget.value.slice(0, 100))}
            onBlur={() => props.onSettled()}
            onKeyDown={(event) => event.key === 'Enter' && props.onSettled()}
          />
          <Show when={props.mark}>
            {(mark) => (
              <span class={`audit-status ${isRight(mark()) ? 'agrees' : 'slip'}`}>
                <span aria-hidden="true" class="audit-sign">
                  {isRight(mark()) ? '✓' : '✗'}
                </span>{' '}
                {mark().status === 'agrees'
                  ? 'right'
                  : isRight(mark())
                    ? 'right, with rounding on the way'
                    : 'not right'}
              </span>
            )}
          </Show>
          <Show when={hints().length < levels.length && !isRight(props.mark)}>
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
        <span class="audit-meaning">{label()}</span>
      </div>
      <div role="status">
        <Show when={props.problem}>{(text) => <p class="audit-why error">{text()}</p>}</Show>
        <Show when={props.mark && !isRight(props.mark) && props.mark}>
          {(mark) => <p class="audit-why">{slipText(mark().explanation)}</p>}
        </Show>
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
