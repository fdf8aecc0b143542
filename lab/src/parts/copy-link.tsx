/** Copies the link that restores everything on the page. */
import { createSignal, Show } from 'solid-js';
import type { ViewProps } from '../views.ts';

export function CopyLink(props: ViewProps) {
  const [state, setState] = createSignal<{ readonly text: string; readonly link?: string }>();
  const copy = async () => {
    const link = await props.lab.link();
    try {
      await navigator.clipboard.writeText(link);
      setState({ text: 'Copied' });
      setTimeout(() => setState(undefined), 2000);
    } catch {
      // without permission, the person copies it from the field
      setState({ text: 'Copy it from here', link });
    }
  };
  return (
    <div class="copy-link">
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <span role="status">{state()?.text ?? ''}</span>
      <Show when={state()?.link}>
        {(link) => (
          <input readonly aria-label="Link to this page" value={link()} onFocus={(event) => event.target.select()} />
        )}
      </Show>
    </div>
  );
}
