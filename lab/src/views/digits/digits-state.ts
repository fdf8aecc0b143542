/** The state of the digits view: the worker's frames as signals, the drawing, and what the buttons do. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Lab } from '../../state/lab.ts';
import { startWorker } from '../../workers.ts';
import digitsUrl from './digits.bin?url';
import { pixelCount } from './digits-data.ts';
import type { DigitsFrame, DigitsOrder, DigitsReport, HeldOutResult } from './protocol.ts';

export interface DigitsState {
  readonly phase: () => 'loading' | 'paused' | 'running' | 'ended' | 'failed';
  readonly problem: () => string | undefined;
  readonly frame: () => DigitsFrame | undefined;
  /** The measurements on held-out digits, oldest first. */
  readonly measured: () => readonly HeldOutResult[];
  readonly trainingCount: () => number;
  /** The digit that the network reads, from 0 to 1. [784] */
  readonly digit: () => Float64Array;
  /** The class of a held-out digit that is shown. */
  readonly label: () => number | undefined;
  /** A drawing, which gets the 16 gray levels of the training digits. */
  setDigit(pixels: Float64Array): void;
  /** Shows the next held-out digit; `wrong`: the next one that the network classifies wrongly. */
  showHeldOut(wrong: boolean): void;
  play(): void;
  pause(): void;
  reset(): void;
}

/** At most so many measurements are kept; beyond, every second one is dropped. */
const most = 400;
const seed = 1;

export function createDigits(lab: Lab): DigitsState {
  const [phase, setPhase] = createSignal<ReturnType<DigitsState['phase']>>('loading');
  const [problem, setProblem] = createSignal<string>();
  const [frame, setFrame] = createSignal<DigitsFrame>();
  const [measured, setMeasured] = createSignal<readonly HeldOutResult[]>([]);
  const [trainingCount, setTrainingCount] = createSignal(0);
  const [digit, setDigit] = createSignal(readSettings(lab.settings('digits')) ?? new Float64Array(pixelCount));
  const [label, setLabel] = createSignal<number>();
  let heldOut: { readonly labels: Uint8Array; readonly pixels: Float32Array } | undefined;
  let shown = -1;
  let isAsked = false;

  const worker = startWorker('digits');
  const send = (order: DigitsOrder) => worker.postMessage(order);
  /** Asks for one frame for each picture of the screen. */
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => send({ kind: 'frame', pixels: digit() }));
  };
  const failed = (what: string) => {
    setProblem(what);
    setPhase('failed');
  };
  worker.onerror = ({ message }) => failed(message || 'The thread that trains could not be started.');
  worker.onmessage = ({ data }: MessageEvent<DigitsReport>) => {
    switch (data.kind) {
      case 'ready':
        heldOut = data;
        setTrainingCount(data.training);
        // a frame that was asked for before the digits came would read an empty drawing
        isAsked = false;
        if (phase() === 'loading') {
          setPhase('paused');
          if (digit().every((value) => value === 0)) showHeldOut(false);
          if (!matchMedia('(prefers-reduced-motion: reduce)').matches) play();
        }
        ask();
        break;
      case 'frame':
        isAsked = false;
        setFrame(data.frame);
        if (phase() === 'running') ask();
        break;
      case 'heldOut':
        setMeasured((old) => thinned([...old, data.result]));
        break;
      case 'ended':
        setPhase('ended');
        break;
      case 'failed':
        failed(data.what);
    }
  };
  onCleanup(() => worker.terminate());
  const start = () => send({ kind: 'start', url: new URL(digitsUrl, location.href).href, seed });

  const play = () => {
    if (phase() === 'ended') reset();
    setPhase('running');
    send({ kind: 'play' });
    ask();
  };
  const reset = () => {
    setMeasured([]);
    isAsked = false;
    if (phase() !== 'loading') setPhase('paused');
    start();
  };
  const showHeldOut = (wrong: boolean) => {
    if (heldOut === undefined) return;
    const { labels, pixels } = heldOut;
    const predicted = measured().at(-1)?.predicted;
    for (let i = 1; i <= labels.length; i++) {
      const next = (shown + i) % labels.length;
      if (wrong && predicted?.[next] === labels[next]) continue;
      shown = next;
      setLabel(labels[next]);
      setDigit(Float64Array.from(pixels.subarray(next * pixelCount, (next + 1) * pixelCount)));
      return;
    }
  };
  start();
  createEffect(
    on(digit, (now) => {
      ask();
      const timer = setTimeout(() => lab.setSettings('digits', { digit: packed(now) }), 300);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  return {
    phase,
    problem,
    frame,
    measured,
    trainingCount,
    digit,
    label,
    setDigit: (pixels) => {
      setLabel(undefined);
      setDigit(pixels.map((value) => Math.round(15 * value) / 15));
    },
    showHeldOut,
    play,
    pause: () => {
      if (phase() === 'running') setPhase('paused');
      send({ kind: 'pause' });
      // the weights at which it rests
      ask();
    },
    reset,
  };
}

function thinned<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.length <= most ? rows : rows.filter((_, i) => i % 2 === 0 || i === rows.length - 1);
}

/** A digit for a link: a letter for each pixel, in 16 levels. */
export const packed = (pixels: Float64Array): string =>
  Array.from(pixels, (value) => Math.round(15 * value).toString(16)).join('');

/** The digit of a link; undefined if it has another form. */
export function readSettings(value: unknown): Float64Array | undefined {
  const text = (value as { digit?: unknown } | null | undefined)?.digit;
  if (typeof text !== 'string' || text.length !== pixelCount || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Float64Array.from(text, (letter) => Number.parseInt(letter, 16) / 15);
}
