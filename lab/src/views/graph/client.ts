/** The graph's worker as the page sees it: signals for what is shown, functions for buttons, promises for questions. */
import { type Accessor, batch, createSignal, onCleanup } from 'solid-js';
import type { Message } from '../../state/message.ts';
import { startWorker } from '../../workers.ts';
import type {
  Frame,
  GraphSource,
  GroupKind,
  MethodDescription,
  Order,
  Pace,
  QuestionKind,
  Questions,
  Report,
  ShownGraph,
  TrainingWish,
} from './protocol.ts';

export type Phase = 'empty' | 'reading' | 'ready' | 'running' | 'ended' | 'failed';

export interface GraphClient {
  readonly phase: Accessor<Phase>;
  /** Edges read so far. */
  readonly reading: Accessor<number>;
  readonly methods: Accessor<readonly MethodDescription[]>;
  readonly graph: Accessor<ShownGraph | undefined>;
  readonly frame: Accessor<Frame | undefined>;
  /** Progress and loss of the frames of this training. */
  readonly losses: Accessor<readonly (readonly [done: number, loss: number])[]>;
  readonly warnings: Accessor<readonly string[]>;
  readonly seconds: Accessor<number | undefined>;
  readonly pace: Accessor<Pace>;
  load(source: GraphSource, by?: GroupKind): void;
  train(wish: TrainingWish): void;
  setPace(pace: Pace): void;
  step(): void;
  ask<Kind extends QuestionKind>(question: Kind, ask: Questions[Kind]['ask']): Promise<Questions[Kind]['answer']>;
}

/** A question's failure, in words for the person. */
export class Refusal extends Error {
  readonly reason: Message;
  constructor(reason: Message) {
    super(reason.what);
    this.reason = reason;
  }
}

/** A client for a component, whose end ends the worker. */
export function createGraphClient(onProblem: (message: Message) => void): GraphClient {
  const [phase, setPhase] = createSignal<Phase>('empty');
  const [reading, setReading] = createSignal(0);
  const [methods, setMethods] = createSignal<readonly MethodDescription[]>([]);
  const [graph, setGraph] = createSignal<ShownGraph>();
  const [frame, setFrame] = createSignal<Frame>();
  const [losses, setLosses] = createSignal<readonly (readonly [number, number])[]>([]);
  const [warnings, setWarnings] = createSignal<readonly string[]>([]);
  const [seconds, setSeconds] = createSignal<number>();
  const [pace, setPaceSignal] = createSignal<Pace>('normal');
  let worker: Worker | undefined;
  let run = 0;
  let asked = 0;
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();

  const send = (order: Order) => worker?.postMessage(order);
  const end = () => {
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Refusal({ kind: 'note', what: 'Another graph was opened.' }));
    waiting.clear();
  };
  onCleanup(end);

  const receive = (report: Report) => {
    switch (report.kind) {
      case 'methods':
        return setMethods(report.methods);
      case 'reading':
        return setReading(report.edges);
      case 'graph':
        return batch(() => {
          setGraph(report.graph);
          setPhase('ready');
        });
      case 'started':
        return report.run === run && setWarnings(report.warnings);
      case 'frame':
        return report.frame.run === run && addFrame(report.frame);
      case 'ended':
        if (report.run !== run) return;
        return batch(() => {
          setSeconds(report.seconds);
          setPhase('ended');
        });
      case 'failed':
        if (report.run !== undefined && report.run !== run) return;
        setPhase('failed');
        return onProblem(report.message);
      case 'answer': {
        const known = waiting.get(report.number);
        waiting.delete(report.number);
        if (report.message === undefined) known?.resolve(report.answer as never);
        else known?.reject(new Refusal(report.message));
      }
    }
  };
  const addFrame = (next: Frame) =>
    batch(() => {
      setFrame(next);
      const { done, loss } = next;
      if (loss !== undefined) setLosses((all) => [...all, [done, loss]]);
    });

  return {
    phase,
    reading,
    methods,
    graph,
    frame,
    losses,
    warnings,
    seconds,
    pace,
    load(source, by) {
      end();
      worker = startWorker('graph');
      worker.onmessage = ({ data }: MessageEvent<Report>) => void receive(data);
      worker.onerror = ({ message }) => {
        setPhase('failed');
        onProblem({
          kind: 'error',
          what: `The thread that trains has ended: ${message || 'its file could not be loaded'}.`,
          fix: 'Open the graph again; if that does not help, load the page again.',
        });
      };
      batch(() => {
        setPhase('reading');
        setReading(0);
        setGraph(undefined);
        setFrame(undefined);
        setLosses([]);
      });
      send({ kind: 'load', source, by });
    },
    train(wish) {
      run++;
      batch(() => {
        setPhase('running');
        setLosses([]);
        setWarnings([]);
        setSeconds(undefined);
        if (pace() === 'paused') setPaceSignal('normal');
      });
      send({ kind: 'train', run, wish, pace: pace() });
    },
    setPace(next) {
      setPaceSignal(next);
      send({ kind: 'pace', pace: next });
    },
    step: () => send({ kind: 'step' }),
    ask: (question, ask) =>
      new Promise((resolve, reject) => {
        const number = asked++;
        waiting.set(number, { resolve, reject });
        send({ kind: 'ask', number, question, ask });
      }),
  };
}
