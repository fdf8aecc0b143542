/** The view "Audit": worked examples checked, a book's numbers entered, and a blank sheet to fill in. */
import './audit.css';
import { createMemo, For, Match, Switch } from 'solid-js';
import type { ViewProps } from '../../views.ts';
import { BookPage } from './book.tsx';
import { ExamplesPage } from './examples-page.tsx';
import { type AuditSettings, type Page, readSettings } from './settings.ts';
import { SheetPage } from './sheet.tsx';

const titles: readonly (readonly [Page, string])[] = [
  ['examples', 'Worked examples'],
  ['book', 'A book’s numbers'],
  ['sheet', 'Blank sheet'],
];

export default function Audit(props: ViewProps) {
  const settings = createMemo(() => readSettings(props.lab.settings('audit')));
  const change = (part: Partial<AuditSettings>) => props.lab.setSettings('audit', { ...settings(), ...part });
  return (
    <div class="audit">
      <nav class="audit-pages" aria-label="Pages of the audit">
        <For each={titles}>
          {([page, title]) => (
            <button
              type="button"
              aria-current={settings().page === page ? 'page' : undefined}
              onClick={() => change({ page })}
            >
              {title}
            </button>
          )}
        </For>
      </nav>
      <Switch>
        <Match when={settings().page === 'examples'}>
          <ExamplesPage lab={props.lab} settings={settings()} change={change} />
        </Match>
        <Match when={settings().page === 'book'}>
          <BookPage lab={props.lab} settings={settings()} change={change} />
        </Match>
        <Match when={settings().page === 'sheet'}>
          <SheetPage lab={props.lab} settings={settings()} change={change} />
        </Match>
      </Switch>
    </div>
  );
}
