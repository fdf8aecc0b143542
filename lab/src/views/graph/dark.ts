/** Whether the page is dark, as the person's system prefers; canvases have no style sheet. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';

export function createDark(): Accessor<boolean> {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setDark] = createSignal(query.matches);
  const update = () => setDark(query.matches);
  query.addEventListener('change', update);
  onCleanup(() => query.removeEventListener('change', update));
  return isDark;
}
