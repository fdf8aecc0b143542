/** A training in the worker: its frames at the pace that the person chose, and what is asked about its present vectors. */
import {
  type Embedding,
  type EmbeddingProgress,
  embed,
  type NodeGraph,
  type NodeVectors,
  planEmbedding,
  type TrainingState,
} from 'chainrule/graphs';
import type { Frame, Pace, TrainingWish } from '../protocol.ts';
import { LiveProjection } from './projection.ts';

/** Reports of a training, at least. */
const minReports = 120;
/** Milliseconds that a frame is shown: of a method that trains, and of one with a few iterations. */
const showTimes: Readonly<Record<Exclude<Pace, 'paused'>, readonly [number, number]>> = {
  slow: [300, 1500],
  normal: [55, 400],
  fast: [0, 0],
};
/** Milliseconds between two frames, at least: the page draws the way between them. */
const frameTime = 50;

export interface TrainingReports {
  started(warnings: readonly string[]): void;
  frame(frame: Frame): void;
  ended(result: Embedding): void;
}

export class Training {
  readonly run: number;
  readonly wish: TrainingWish;
  private readonly graph: NodeGraph;
  private readonly abort = new AbortController();
  private readonly projection: LiveProjection;
  private pace: Pace;
  private steps = 0;
  private wake: (() => void) | undefined;
  private shownAt = Number.NEGATIVE_INFINITY;
  private progress: EmbeddingProgress | undefined;
  private result: Embedding | undefined;

  constructor(graph: NodeGraph, run: number, wish: TrainingWish, pace: Pace) {
    this.graph = graph;
    this.run = run;
    this.wish = wish;
    this.pace = pace;
    this.projection = new LiveProjection(graph.ids.length);
  }

  get options() {
    return { ...this.wish.options, method: this.wish.method, seed: this.wish.seed };
  }

  setPace(pace: Pace): void {
    this.pace = pace;
    this.wake?.();
  }

  /** One more report while it is paused. */
  step(): void {
    this.steps++;
    this.wake?.();
  }

  stop(): void {
    this.abort.abort();
    this.wake?.();
  }

  /** Trains to the end. Rejects with an InputError for wrong options, and with the signal's reason if it is stopped. */
  async start(reports: TrainingReports): Promise<void> {
    const { graph, options, abort } = this;
    reports.started(planEmbedding(graph, options).warnings);
    this.result = await embed(graph, {
      ...options,
      minReports,
      signal: abort.signal,
      onProgress: async (progress) => {
        this.progress = progress;
        this.show(progress, reports);
        await this.turn(progress);
      },
    });
    if (abort.signal.aborted) return;
    this.sendFrame({ done: 1 }, this.result.vectors, reports);
    reports.ended(this.result);
  }

  private show({ done, loss, vectors }: EmbeddingProgress, reports: TrainingReports): void {
    const now = performance.now();
    if (vectors === undefined || (this.pace === 'fast' && now - this.shownAt < frameTime)) return;
    this.shownAt = now;
    this.sendFrame({ done, ...(loss !== undefined && { loss }) }, vectors(), reports);
  }

  private sendFrame(about: Pick<Frame, 'done' | 'loss'>, vectors: Float32Array, reports: TrainingReports): void {
    const { x, y } = this.projection.next(vectors, vectors.length / this.graph.ids.length);
    // copies: the projection keeps its own for the next frame
    reports.frame({ run: this.run, ...about, x: x.slice(), y: y.slice() });
  }

  /** Waits as long as the frame is to be shown, or while the training is paused. */
  private async turn({ state }: EmbeddingProgress): Promise<void> {
    const since = performance.now();
    for (;;) {
      if (this.abort.signal.aborted) return;
      if (this.pace === 'paused') {
        if (this.steps > 0) {
          this.steps--;
          return;
        }
        await this.sleep();
        continue;
      }
      const left = showTimes[this.pace][state === undefined ? 1 : 0] - (performance.now() - since);
      if (left <= 0) return;
      await this.sleep(left);
    }
  }

  /** Until a message wakes it, or so many milliseconds. */
  private sleep(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The vectors of this moment. Throws an Error before there are any. */
  vectors(): NodeVectors {
    const { ids } = this.graph;
    const vectors = this.result?.vectors ?? this.progress?.vectors?.();
    if (vectors === undefined) throw new Error('There are no vectors yet. Start the training first.');
    return { ids, vectors, dimensions: vectors.length / ids.length };
  }

  /** The parameters of this moment; undefined for methods without training. */
  state(): TrainingState | undefined {
    return this.progress?.state?.();
  }
}
