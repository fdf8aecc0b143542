/** The view "Table": a table of one's own, trained on, judged beside baselines, and asked. */
import './table.css';
import { createSignal, Show } from 'solid-js';
import { TakeAway } from '../../take-away/take-away.tsx';
import type { ViewProps } from '../../views.ts';
import { Ask } from './ask.tsx';
import { Columns } from './columns.tsx';
import { Network } from './network.tsx';
import { count } from './numbers.ts';
import { Result } from './result.tsx';
import { Source } from './source.tsx';
import { createTableState } from './state.ts';
import { Training } from './training.tsx';

export default function Table(props: ViewProps) {
  // a property is computed at each access, so the lab is read once
  const { lab } = props;
  const state = createTableState(lab);
  const [isOver, setOver] = createSignal(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer?.files ?? [];
    const text = event.dataTransfer?.getData('text/plain');
    if (file !== undefined) void state.open({ file, name: file.name });
    else if (text) void state.open({ file: new Blob([text]), name: 'dropped.csv' });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop is one of three ways to open a file; the buttons are the others
    <div
      class="table-view"
      classList={{ 'table-over': isOver() }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setOver(false);
      }}
      onDrop={drop}
    >
      <div class="table-head">
        <div>
          <h1>Table</h1>
          <p class="table-lead">
            Train a network on a table of your own, compare it with simpler models, and ask it. The table stays in this
            page.
          </p>
        </div>
        <Show when={state.info()}>
          <TakeAway
            lab={lab}
            document={state.document}
            model={() => (state.isStale() ? undefined : state.session.result()?.model)}
            history={() => state.session.result()?.history}
            tables={state.tables}
          />
        </Show>
      </div>
      <Source state={state} />
      <Show when={state.info()}>
        {(info) => (
          <>
            <div class="table-columns">
              <section aria-labelledby="table-data">
                <h2 id="table-data">
                  {info().name}{' '}
                  <span class="soft">{`${count(info().rows, 'row')}, ${count(info().names.length, 'column')}`}</span>
                </h2>
                <Columns state={state} info={info()} />
              </section>
              <div>
                <Network state={state}>
                  <Training state={state} />
                </Network>
              </div>
            </div>
            <Result state={state} />
            <Ask state={state} />
          </>
        )}
      </Show>
    </div>
  );
}
