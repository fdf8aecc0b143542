/** The width of an element on the screen, so that a picture is drawn at its real size. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';

export function createWidth(initial: number): {
  readonly width: Accessor<number>;
  readonly measure: (element: Element) => void;
} {
  const [width, setWidth] = createSignal(initial);
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width > 0) setWidth(contentRect.width);
  });
  onCleanup(() => observer.disconnect());
  return { width, measure: (element) => observer.observe(element) };
}
