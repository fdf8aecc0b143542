/** The keys of the walk, wherever the focus is, except in fields and lists that use them. */
import { onCleanup } from 'solid-js';
import type { Step } from './state.ts';

export function listenToKeys(step: Step): void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.target as Element;
    if (at.matches('input, select, textarea')) return;
    const act = action(event, at);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const action = ({ key, shiftKey }: KeyboardEvent, at: Element): (() => void) | undefined => {
    switch (key) {
      case 'ArrowRight':
        return shiftKey ? () => step.travel(step.updates() + 1) : step.forward;
      case 'ArrowLeft':
        return shiftKey ? () => step.travel(step.updates() - 1) : step.back;
      case 'Home':
        return () => step.goTo(0);
      case 'End':
        return () => step.goTo(step.last());
      case ' ':
        return at.matches('button, a, summary, [role="button"]') ? undefined : () => step.setPlaying(!step.isPlaying());
      case 'Escape':
        return () => step.select(undefined);
      default:
        return undefined;
    }
  };
  window.addEventListener('keydown', press);
  onCleanup(() => window.removeEventListener('keydown', press));
}
