/** The frame around every view: navigation, messages, and the link that restores what is shown. */
import { createEffect, createMemo, createResource, For, Match, Show, Switch } from 'solid-js';
import { CopyLink } from './parts/copy-link.tsx';
import { Mark } from './parts/mark.tsx';
import { messageOf } from './state/message.ts';
import { type ViewProps, viewNamed, views } from './views.ts';

/** The address of the guides, where the site has them: its build adds them to the page. */
const guides = document.querySelector<HTMLLinkElement>('link[rel="help"]')?.href;

export function App(props: ViewProps) {
  const view = createMemo(() => viewNamed(props.lab.view()) ?? views[0]);
  const [loaded] = createResource(view, async (chosen) => ({ chosen, component: (await chosen.load()).default }));
  createEffect(() => {
    document.title = `${view().title} · chainrule lab`;
  });

  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <span class="brand">
          <Mark /> chainrule <span class="brand-lab">lab</span>
        </span>
        <nav aria-label="Views">
          <For each={views}>
            {({ name, title }) => (
              <a href={`#${name}`} aria-current={view().name === name ? 'page' : undefined}>
                {title}
              </a>
            )}
          </For>
        </nav>
        <Show when={guides}>
          {(address) => (
            <a class="guides" href={address()}>
              Guides and API
            </a>
          )}
        </Show>
        <CopyLink lab={props.lab} />
      </header>
      <Show when={props.lab.message()}>
        {(message) => (
          <div class={`message ${message().kind}`} role={message().kind === 'error' ? 'alert' : 'status'}>
            <p>{message().what}</p>
            <Show when={message().fix}>
              <p class="fix">{message().fix}</p>
            </Show>
            <button
              type="button"
              class="plain"
              aria-label="Close this message"
              onClick={() => props.lab.say(undefined)}
            >
              ×
            </button>
          </div>
        )}
      </Show>
      <main id="content" tabindex="-1" data-view={view().name}>
        <Switch>
          <Match when={loaded.error}>
            <p role="alert">This view could not be loaded: {messageOf(loaded.error).what} Load the page again.</p>
          </Match>
          <Match when={loaded()?.chosen === view() && props.lab.restored() > 0 && loaded()}>
            {(ready) => (
              <Show when={props.lab.restored()} keyed>
                {(_) => {
                  const Content = ready().component;
                  return <Content lab={props.lab} />;
                }}
              </Show>
            )}
          </Match>
          <Match when={true}>
            <p class="loading" role="status">
              Loading …
            </p>
          </Match>
        </Switch>
      </main>
    </>
  );
}
