/** The confusion matrix: how often each class was predicted as each. */
import { For, Show } from 'solid-js';
import { whole } from './numbers.ts';

const maxClasses = 20;

interface ConfusionProps {
  readonly matrix: readonly (readonly number[])[];
  readonly part: string;
  readonly classes: readonly string[];
}

export function Confusion(props: ConfusionProps) {
  const shown = () => props.matrix.slice(0, maxClasses).map((_, k) => k);
  const nameOf = (k: number) => props.classes[k] ?? String(k);
  const share = (k: number, j: number) => {
    const total = props.matrix[k].reduce((sum, rows) => sum + rows, 0);
    return total === 0 ? 0 : props.matrix[k][j] / total;
  };
  return (
    <section class="scroll" tabindex="0" aria-label="Confusion matrix">
      <table class="table-confusion">
        <caption>{`Confusion matrix, ${props.part} rows. Rows: actual class. Columns: predicted class.`}</caption>
        <thead>
          <tr>
            <td />
            <For each={shown()}>{(k) => <th scope="col">{nameOf(k)}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={shown()}>
            {(k) => (
              <tr>
                <th scope="row">{nameOf(k)}</th>
                <For each={shown()}>
                  {(j) => (
                    <td
                      classList={{ 'table-right': j === k, 'table-wrong': j !== k && props.matrix[k][j] > 0 }}
                      style={{ '--share': `${Math.round(45 * share(k, j))}%` }}
                    >
                      {whole(props.matrix[k][j])}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Show when={props.matrix.length > maxClasses}>
        <p class="soft">{`The first ${maxClasses} of ${props.matrix.length} classes.`}</p>
      </Show>
    </section>
  );
}
