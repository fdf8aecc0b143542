/** A plot on a canvas that fills its column, redrawn when a signal that it reads changes, with buttons to take it away. */
import { createEffect, createSignal, type JSX, onCleanup, onMount } from 'solid-js';
import { canvasPainter, type Painter } from './painter.ts';
import { TakeAway } from './take-away.tsx';

export interface PlotProps {
  /** The name of the files. */
  readonly name: string;
  /** What the plot shows now, for people who do not see it. */
  readonly label: string;
  /** Height divided by width, or a height in pixels. */
  readonly shape: { readonly ratio: number } | { readonly height: number };
  readonly draw: (painter: Painter) => void;
  readonly class?: string;
  /** What lies over the picture, such as a surface to draw on. */
  readonly children?: JSX.Element;
}

const heightOf = (shape: PlotProps['shape'], width: number) => ('ratio' in shape ? shape.ratio * width : shape.height);

export function Plot(props: PlotProps) {
  let canvas!: HTMLCanvasElement;
  const [width, setWidth] = createSignal(0);
  const height = () => Math.round(heightOf(props.shape, width()));

  onMount(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    observer.observe(canvas.parentElement!);
    onCleanup(() => observer.disconnect());
    createEffect(() => {
      const [w, h, dense] = [width(), height(), Math.min(2, devicePixelRatio)];
      if (w === 0) return;
      if (canvas.width !== w * dense || canvas.height !== h * dense) {
        canvas.width = w * dense;
        canvas.height = h * dense;
        canvas.style.height = `${h}px`;
      }
      const context = canvas.getContext('2d')!;
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, w, h);
      props.draw(canvasPainter(context, w, h));
    });
  });

  return (
    <div class={`plot ${props.class ?? ''}`}>
      <div class="plot-picture">
        <canvas ref={canvas} role="img" aria-label={props.label} />
        {props.children}
      </div>
      <TakeAway name={props.name} label={props.label} size={() => [width(), height()]} draw={props.draw} />
    </div>
  );
}
