/** A training in the worker, as a view sees it: signals for what it shows, and functions for its buttons. */
import { createSignal, onCleanup } from 'solid-js';
import type { LabDocument } from '../state/document.ts';
import type { Message } from '../state/message.ts';
import { startWorker } from '../workers.ts';
import type { Frame, Order, Report, Result, Wish } from './protocol.ts';

export type Phase = 'idle' | 'running' | 'paused' | 'ended' | 'failed';

export interface Session {
  readonly phase: () => Phase;
  /** The newest frame of the current training. */
  readonly frame: () => Frame | undefined;
  readonly result: () => Result | undefined;
  readonly problem: () => Message | undefined;
  readonly notes: () => readonly string[];
  readonly warnings: () => readonly string[];
  /**
   * Starts a training from the document, paused. `tables`: files of the experiment that are too large for the document, or not
   * texts; the worker reads them. `continues`: with the weights of the training before, the state of its optimizer if this
   * training has the same one (else `notes` says so), and its numbers of updates and epochs. The parameters must be the same.
   */
  start(document: LabDocument, options?: StartOptions): void;
  /** Trains until `pause` or the end, with a frame for each picture that the screen shows; `epochs`: at most so many a picture. */
  play(epochs?: number): void;
  pause(): void;
  /** Trains so many epochs, and waits. */
  advance(epochs: number): void;
  /** Ends the training; its result follows. */
  stop(): void;
  /** Ends the training without a result: the session is as if nothing had been trained. */
  drop(): void;
}

export interface StartOptions {
  readonly continues?: boolean;
  readonly tables?: Readonly<Record<string, Blob>>;
}

/**
 * A session for a component. The worker ends with the component. `wish` is read for each frame. `probe`: whether to measure the
 * norm of the gradient in each layer. `keepsState`: whether a training may continue from the one before.
 */
export function createSession(wish: () => Wish = () => ({}), { probe = false, keepsState = false } = {}): Session {
  const [phase, setPhase] = createSignal<Phase>('idle');
  const [frame, setFrame] = createSignal<Frame>();
  const [result, setResult] = createSignal<Result>();
  const [problem, setProblem] = createSignal<Message>();
  const [notes, setNotes] = createSignal<readonly string[]>([]);
  const [warnings, setWarnings] = createSignal<readonly string[]>([]);
  let worker: Worker | undefined;
  let run = 0;
  let each = Number.POSITIVE_INFINITY;
  let asked = false;

  const send = (order: Order) => {
    if (worker === undefined) {
      worker = startWorker('training');
      worker.onmessage = ({ data }: MessageEvent<Report>) => receive(data);
      worker.onerror = ({ message }) => lost(message);
    }
    worker.postMessage(order);
  };
  const lost = (why: string) => {
    worker?.terminate();
    worker = undefined;
    asked = false;
    setProblem({
      kind: 'error',
      what: `The thread that trains has ended: ${why || 'its file could not be loaded'}.`,
      fix: 'Start the training again; if that does not help, load the page again.',
    });
    setPhase('failed');
  };
  const ask = () => {
    if (asked || phase() !== 'running') return;
    asked = true;
    requestAnimationFrame(() => {
      if (phase() === 'running') send({ kind: 'frame', epochs: each, wish: wish() });
      else asked = false;
    });
  };
  const receive = (report: Report) => {
    if (report.run !== run) return;
    switch (report.kind) {
      case 'started':
        setNotes(report.notes);
        setWarnings(report.warnings);
        break;
      case 'frame':
        asked = false;
        setFrame(report.frame);
        ask();
        break;
      case 'ended':
        asked = false;
        setResult(report.result);
        setPhase('ended');
        break;
      case 'failed':
        asked = false;
        setProblem(report.message);
        setPhase('failed');
    }
  };
  /** Reports of the training before are not heard any more; a training that continues keeps its frame until its own comes. */
  const clear = (continues: boolean) => {
    run++;
    asked = false;
    if (!continues) setFrame(undefined);
    setResult(undefined);
    setProblem(undefined);
    setNotes([]);
    setWarnings([]);
  };
  onCleanup(() => worker?.terminate());

  return {
    phase,
    frame,
    result,
    problem,
    notes,
    warnings,
    start: (document, { continues = false, tables } = {}) => {
      clear(continues);
      setPhase('paused');
      send({ kind: 'train', run, document: unwrapped(document), continues, keepsState, probe, tables });
      // the first frame: the weights before the first update
      send({ kind: 'frame', epochs: 0, wish: wish() });
    },
    play: (epochs = Number.POSITIVE_INFINITY) => {
      each = epochs;
      if (phase() !== 'paused' && phase() !== 'running') return;
      setPhase('running');
      ask();
    },
    pause: () => {
      if (phase() !== 'running') return;
      setPhase('paused');
      send({ kind: 'pause' });
    },
    advance: (epochs) => {
      if (phase() !== 'paused') return;
      send({ kind: 'frame', epochs, wish: wish() });
    },
    stop: () => send({ kind: 'stop' }),
    drop: () => {
      clear(false);
      setPhase('idle');
      send({ kind: 'stop' });
    },
  };
}

/** Plain data: a document can be part of a store, whose proxies cannot be sent. */
const unwrapped = (document: LabDocument): LabDocument => JSON.parse(JSON.stringify(document));
