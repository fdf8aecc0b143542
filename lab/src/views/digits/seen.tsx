/** The digit as the network gets it, pixel by pixel. */
import { createEffect } from 'solid-js';
import { palette } from '../../parts/palette.ts';
import { side } from './digits-data.ts';

export function Seen(props: { readonly digit: Float64Array }) {
  let canvas!: HTMLCanvasElement;
  createEffect(() => {
    const context = canvas.getContext('2d')!;
    const [red, green, blue] = (palette().text.match(/\d+/g) ?? []).map(Number);
    const image = context.createImageData(side, side);
    for (const [i, value] of props.digit.entries()) image.data.set([red, green, blue, 255 * value], 4 * i);
    context.putImageData(image, 0, 0);
  });
  return (
    <canvas
      ref={canvas}
      class="digits-small"
      width={side}
      height={side}
      role="img"
      aria-label="The input of the network"
    />
  );
}
