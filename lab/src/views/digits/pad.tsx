/** The pad: a digit is drawn with the pointer, or with the arrow keys while the pen is down. */
import { createEffect, createSignal, on, onMount } from 'solid-js';
import { palette } from '../../parts/palette.ts';
import { centred } from './centre.ts';
import { side } from './digits-data.ts';
import type { DigitsState } from './digits-state.ts';

/** The pad's own pixels along each side. */
const size = 280;
const penWidth = 24;
/** An arrow key moves the pen so far. */
const step = size / side;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function Pad(props: { readonly state: DigitsState }) {
  let canvas!: HTMLCanvasElement;
  /** The ink alone, without color: what the network gets is computed from it. */
  const ink = document.createElement('canvas');
  ink.width = size;
  ink.height = size;
  const pen = ink.getContext('2d', { willReadFrequently: true })!;
  const [cursor, setCursor] = createSignal<Place>();
  const [isDown, setDown] = createSignal(false);
  let last: Place | undefined;
  /** Whether the ink was drawn here, and not a held-out digit that the first stroke replaces. */
  let isOwn = false;
  let isWaiting = false;

  const paint = () => {
    const colors = palette();
    const context = canvas.getContext('2d')!;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, size, size);
    context.drawImage(ink, 0, 0);
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = colors.text;
    context.fillRect(0, 0, size, size);
    context.globalCompositeOperation = 'source-over';
    const at = cursor();
    if (at === undefined) return;
    context.strokeStyle = isDown() ? colors.update : colors.accent;
    context.lineWidth = 3;
    context.beginPath();
    context.arc(at.x, at.y, penWidth / 2, 0, 2 * Math.PI);
    context.stroke();
  };
  /** Once for each picture, however many moves the pointer made. */
  const changed = () => {
    paint();
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      const { data } = pen.getImageData(0, 0, size, size);
      props.state.setDigit(
        centred(
          Float32Array.from({ length: size * size }, (_, i) => data[4 * i + 3] / 255),
          size,
        ),
      );
    });
  };
  const stroke = (from: Place, to: Place) => {
    if (!isOwn) pen.clearRect(0, 0, size, size);
    isOwn = true;
    pen.lineCap = 'round';
    pen.lineWidth = penWidth;
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y + 0.01);
    pen.stroke();
    changed();
  };
  const clear = () => {
    pen.clearRect(0, 0, size, size);
    isOwn = true;
    changed();
  };
  const placeOf = (event: PointerEvent & { readonly currentTarget: HTMLElement }): Place => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * size, y: ((event.clientY - top) / height) * size };
  };
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  };
  const onKey = (event: KeyboardEvent) => {
    const at = cursor() ?? { x: size / 2, y: size / 2 };
    const move = moves[event.key];
    if (move !== undefined) {
      const inside = (value: number) => Math.min(size - step, Math.max(step, value));
      const to = { x: inside(at.x + move[0]), y: inside(at.y + move[1]) };
      setCursor(to);
      if (isDown()) stroke(at, to);
    } else if (event.key === ' ' || event.key === 'Enter') {
      setDown((down) => !down);
      if (isDown()) stroke(at, at);
    } else if (event.key === 'Delete' || event.key === 'Backspace') clear();
    else return;
    event.preventDefault();
  };

  onMount(() => {
    // a held-out digit, or the digit of a link, is shown as it is
    createEffect(
      on([props.state.digit, props.state.label], ([digit, label]) => {
        if (isOwn && label === undefined) return;
        isOwn = false;
        drawPixels(pen, digit);
        paint();
      }),
    );
    createEffect(() => {
      cursor();
      isDown();
      paint();
    });
  });

  return (
    <div class="digits-pad">
      <div
        class="digits-surface"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application, whose name says its keys
        tabIndex={0}
        aria-label="Draw a digit: Space puts the pen down or lifts it, the arrow keys move it, Delete clears."
        onKeyDown={onKey}
        onFocus={(event) =>
          event.currentTarget.matches(':focus-visible') && setCursor((old) => old ?? { x: size / 2, y: size / 4 })
        }
        onBlur={() => {
          setCursor(undefined);
          setDown(false);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setCursor(undefined);
          last = placeOf(event);
          stroke(last, last);
        }}
        onPointerMove={(event) => {
          if (last === undefined) return;
          const at = placeOf(event);
          stroke(last, at);
          last = at;
        }}
        onPointerUp={() => {
          last = undefined;
        }}
        onPointerCancel={() => {
          last = undefined;
        }}
      >
        <canvas ref={canvas} width={size} height={size} />
      </div>
      <div class="digits-buttons">
        <button type="button" onClick={clear}>
          Clear
        </button>
        <button type="button" onClick={() => props.state.showHeldOut(false)}>
          Next held-out digit
        </button>
        <button type="button" onClick={() => props.state.showHeldOut(true)}>
          Next wrong one
        </button>
      </div>
    </div>
  );
}

/** Draws a digit of 28 × 28 pixels over the whole pad. */
function drawPixels(pen: CanvasRenderingContext2D, digit: Float64Array): void {
  const small = document.createElement('canvas');
  small.width = side;
  small.height = side;
  const context = small.getContext('2d')!;
  const image = context.createImageData(side, side);
  digit.forEach((value, i) => {
    image.data[4 * i + 3] = 255 * value;
  });
  context.putImageData(image, 0, 0);
  pen.clearRect(0, 0, size, size);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, size, size);
}
