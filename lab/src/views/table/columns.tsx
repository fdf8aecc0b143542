/** The columns of a table: type, missing values, distribution, and how each is used. */
import { For, Show } from 'solid-js';
import { Distribution } from './distribution.tsx';
import { count, short, whole } from './numbers.ts';
import { type ColumnInfo, maxColumns, type TableInfo } from './protocol.ts';
import type { TableState } from './state.ts';

/** The values of a column in words: the text equivalent of the picture. */
export function valuesText({ kind, min, mean, max, first, last, top, distinct, many }: ColumnInfo): string {
  if (kind === 'number') return `${short(min)} to ${short(max)}, mean ${short(mean)}`;
  if (kind === 'date') return `${first} to ${last}`;
  if (top === undefined) return 'no values';
  const shown = top.slice(0, 3).map(({ value, rows }) => `${clip(value)} ${whole(rows)}`);
  const more = distinct > shown.length ? [`${many ? 'more than ' : ''}${whole(distinct - shown.length)} more`] : [];
  return [...shown, ...more].join(', ');
}

const clip = (text: string, most = 20) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const long = (name: string) => clip(name, 60);

export function Columns(props: { readonly state: TableState; readonly info: TableInfo }) {
  const { state } = props;
  const targets = () => new Set([state.choices()?.data.target ?? []].flat());
  const isFeature = (name: string) => state.choices()?.data.features?.includes(name) ?? true;
  const use = (name: string, isUsed: boolean) =>
    state.choose((old) => {
      const others = props.info.names.filter((each) => !targets().has(each));
      const before = old.data.features ?? others;
      const features = others.filter((each) => (each === name ? isUsed : before.includes(each)));
      const { features: _, ...data } = old.data;
      return { ...old, data: features.length === others.length ? data : { ...data, features } };
    });
  const setTarget = (target: string) =>
    state.choose((old) => {
      const { features: _, task: _task, embed: _embed, categories: _categories, weights: _weights, ...data } = old.data;
      const { loss: _loss, classWeights: _classWeights, ...training } = old.training;
      const { layers: _layers, ...rest } = old;
      return { ...rest, training, data: { ...data, target } };
    });
  const target = () => [...targets()].join(', ');
  return (
    <>
      <p class="table-target controls">
        <label for="table-target">Predict</label>{' '}
        <select id="table-target" onChange={(event) => setTarget(event.currentTarget.value)}>
          <Show when={!props.info.names.includes(target())}>
            <option selected>{target()}</option>
          </Show>
          <For each={props.info.names.slice(0, 2000)}>
            {(name) => <option selected={name === target()}>{name}</option>}
          </For>
        </select>{' '}
        from the columns that are ticked.
      </p>
      <div class="scroll">
        <table class="table-described">
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col" class="table-apart">
                type
              </th>
              <th scope="col" class="table-apart right">
                missing
              </th>
              <th scope="col">values, and their encoding</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.info.columns}>
              {(column) => (
                <tr classList={{ 'table-is-target': targets().has(column.name) }}>
                  <th scope="row">
                    <Show
                      when={!targets().has(column.name)}
                      fallback={
                        <span class="table-name">
                          <span class="table-mark" aria-hidden="true">
                            ◎
                          </span>
                          <span>
                            {long(column.name)} <em>target</em>
                          </span>
                        </span>
                      }
                    >
                      <label class="table-name">
                        <input
                          type="checkbox"
                          checked={isFeature(column.name) && !column.asFeature.startsWith('left out')}
                          disabled={column.asFeature.startsWith('left out')}
                          onChange={(event) => use(column.name, event.currentTarget.checked)}
                        />
                        <span title={column.name}>{long(column.name)}</span>
                      </label>
                    </Show>
                    <small class="table-brief soft">
                      {`${column.kind}, ${column.missing === 0 ? 'none' : whole(column.missing)} missing`}
                    </small>
                  </th>
                  <td class="table-apart">{column.kind}</td>
                  <td class="table-apart right">
                    <Show when={column.missing > 0} fallback={<span class="soft">0</span>}>
                      {whole(column.missing)}
                    </Show>
                  </td>
                  <td>
                    <div class="table-values">
                      <Distribution column={column} />
                      <p>
                        {valuesText(column)}
                        <br />
                        <span class="soft">{targets().has(column.name) ? column.asTarget : column.asFeature}</span>
                      </p>
                    </div>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <Show when={props.info.names.length > maxColumns}>
        <p class="soft">{`The first ${maxColumns} of ${count(props.info.names.length, 'column')}; all are used.`}</p>
      </Show>
      <For each={props.info.leftOut}>
        {({ name, reason }) => <p class="soft">{`${name} is left out: ${reason}.`}</p>}
      </For>
      <For each={props.info.notes}>{(note) => <p class="soft">{note}</p>}</For>
    </>
  );
}
