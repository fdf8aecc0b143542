/** The state of the playground: the choices, the training, its curves, and what the buttons do. */
import type { ExperimentJson } from 'chainrule';
import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Lab } from '../../state/lab.ts';
import { type Message, messageOf } from '../../state/message.ts';
import type { Frame } from '../../training/protocol.ts';
import { createSession } from '../../training/session.ts';
import { type Config, kindOf } from './config.ts';
import { type Curves, noCurves, packed, withRows } from './curves.ts';
import { dataSetNamed } from './data-sets.ts';
import { consecutive, endless, experimentOf, fits, fromExperiment, type Weights } from './experiment.ts';
import { grids } from './grid.ts';
import { remarksOn } from './remarks.ts';
import { restore } from './restore.ts';
import { createStudy, type Study } from './study.ts';
import { createWay, type Way } from './way.ts';

export interface Playground {
  readonly config: () => Config;
  /** The newest frame; its epoch counts from the last change of the choices. */
  readonly frame: () => Frame | undefined;
  readonly epoch: () => number;
  readonly curves: () => Curves;
  /** A run that was kept to compare with. */
  readonly kept: () => Curves | undefined;
  keep(curves: Curves | undefined): void;
  readonly isPlaying: () => boolean;
  /** What happened to the training, in a sentence. */
  readonly status: () => string;
  readonly problem: () => Message | undefined;
  /** Warnings of the library, and what the playground sees itself. */
  readonly warnings: () => readonly string[];
  readonly weights: () => Weights | undefined;
  readonly way: Way;
  readonly study: Study;
  /** The experiment with the weights of now; undefined without points. `part`: choices to replace. */
  experiment(part?: Partial<Config>): ExperimentJson | undefined;
  play(): void;
  pause(): void;
  oneEpoch(): void;
  /** Starts again, with the initial weights of the seed. */
  reset(): void;
  /** Changes choices; training continues with the weights of now where they fit. */
  change(part: Partial<Config>): void;
  /** Opens the step view with the weights of now. */
  walk(): void;
}

/** Milliseconds that a change waits for the next one: a slider that is dragged gives many. */
const settle = 80;
/** Epochs after which the library is asked whether the set-up can learn. */
const checkedAt = [200, 1000];
/** Playing ends here, so that a forgotten page rests. */
const longest = 20_000;

export function createPlayground(lab: Lab): Playground {
  const restored = restore(lab);
  const [config, setConfig] = createSignal(restored.config);
  const [curves, setCurves] = createSignal(restored.curves);
  const [kept, setKept] = createSignal(restored.kept);
  const [weights, setWeights] = createSignal(restored.weights);
  const [isPlaying, setPlaying] = createSignal(false);
  const [status, setStatus] = createSignal('');
  const [found, setFound] = createSignal<readonly string[]>([]);
  const [problem, setProblem] = createSignal<Message>();
  const [base, setBase] = createSignal(restored.epoch);
  const way = createWay();
  const study = createStudy();
  const session = createSession(
    () => ({ weights: true, layers: true, gradients: true, rows: grids[kindOf(config())] }),
    { probe: true },
  );
  /** The document as the playground wrote it: another one came from a link or another view. */
  let own = lab.document();
  /** Whether the playground may replace the open document: not by being looked at alone, if that is of another view. */
  const isOurs = () => own === undefined || fromExperiment(own.experiment) !== undefined;
  let mayPublish = isOurs();
  /** The experiment that the session trains now, as it started. */
  let started: ExperimentJson | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a change that waits needs the initial weights. */
  let isNewStart = false;

  const epoch = () => base() + (session.frame()?.epoch ?? 0);

  /** Starts a training from these weights, or from those of the seed. */
  const start = (from: Weights | undefined) => {
    const before = epoch();
    clearTimeout(timer);
    timer = undefined;
    isNewStart = false;
    setFound([]);
    setProblem(undefined);
    if (from === undefined) {
      setBase(0);
      setCurves(noCurves);
      way.clear();
    } else setBase(before);
    try {
      started = experimentOf(config(), from);
      if (started === undefined) {
        setStatus('There are no points to train on. Draw some in the plot.');
        setPlaying(false);
        session.stop();
        return;
      }
      session.start({ experiment: endless(started), files: {}, updates: 0 });
      if (isPlaying()) session.play(config().speed);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  /** Starts the training of the changed choices, if one waits. */
  const apply = () => {
    if (timer === undefined) return;
    const now = weights();
    const isOver = session.phase() === 'ended' || session.phase() === 'failed';
    const goesOn = !isNewStart && !isOver && now !== undefined && fits(now, config());
    setStatus(goesOn ? 'Training continues with the weights of now.' : 'Started again from the initial weights.');
    start(goesOn ? now : undefined);
  };
  const pause = () => {
    setPlaying(false);
    session.pause();
  };
  const experiment = (part: Partial<Config> = {}) => {
    const now = weights();
    return experimentOf({ ...config(), ...part }, now && fits(now, config()) ? now : undefined);
  };
  const publish = () => {
    const now = experiment();
    if (!mayPublish || lab.document() !== own) return;
    lab.setSettings('playground', {
      ...config(),
      epoch: epoch(),
      curve: packed(curves()),
      ...(kept() && { kept: packed(kept()!) }),
    });
    const title = `Playground: ${dataSetNamed(config().set)?.title ?? ''}`;
    if (now === undefined) return;
    own = { title, experiment: now, files: {}, updates: 0 };
    lab.setDocument(own);
  };
  const check = async () => {
    const epochs = session.frame()?.epoch ?? 0;
    if (started === undefined || epochs < 10) return;
    const stop = { epochs: Math.min(epochs, 2000) };
    const answer = await study.ask({
      kind: 'check',
      experiment: { ...started, training: { ...started.training!, stop } },
    });
    if (answer?.warnings !== undefined) setFound(answer.warnings);
  };

  createEffect(
    on(session.frame, (frame) => {
      if (frame === undefined) return;
      if (frame.weights !== undefined) {
        const now = consecutive(frame.weights);
        setWeights(now);
        way.add(now);
      }
      setCurves((old) => withRows(old, base(), frame));
      const before = frame.epoch - frame.rows.length;
      if (checkedAt.some((at) => before < at && frame.epoch >= at)) void check();
      if (isPlaying() && epoch() >= longest && before + base() < longest) {
        pause();
        setStatus(`Paused after ${longest.toLocaleString('en-US')} epochs.`);
      }
    }),
  );
  createEffect(
    on(session.phase, (phase) => {
      if (phase === 'ended' || phase === 'failed') setPlaying(false);
      if (phase === 'ended' && session.result()?.stop.reason === 'diverged') setStatus('Training diverged.');
    }),
  );
  // the address and the other views follow when training rests
  createEffect(
    on([config, isPlaying, kept], () => {
      const wait = setTimeout(publish, 300);
      onCleanup(() => clearTimeout(wait));
    }),
  );
  onCleanup(() => {
    clearTimeout(timer);
    publish();
  });

  /** Shows the state of a link that was opened while the view is shown. */
  const adopt = () => {
    const next = restore(lab);
    own = lab.document();
    mayPublish = isOurs();
    setPlaying(false);
    setConfig(next.config);
    setWeights(next.weights);
    start(next.weights);
    setBase(next.epoch);
    setCurves(next.curves);
    setKept(next.kept);
  };
  createEffect(
    on(lab.document, (document) => {
      // the settings of a link come after its document
      if (document !== undefined && document !== own) queueMicrotask(() => lab.view() === 'playground' && adopt());
    }),
  );

  start(restored.weights);
  setBase(restored.epoch);
  setCurves(restored.curves);
  if (restored.isFresh && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
    setPlaying(true);
    session.play(config().speed);
  }

  return {
    config,
    frame: session.frame,
    epoch,
    curves,
    kept,
    keep: (run) => setKept(run),
    isPlaying,
    status,
    problem: () => problem() ?? session.problem(),
    warnings: () => {
      const own = remarksOn(config(), curves(), session.result()?.stop.cause);
      return [...new Set([...own, ...session.warnings(), ...found()])];
    },
    weights,
    way,
    study,
    experiment,
    play: () => {
      mayPublish = true;
      apply();
      if (session.phase() === 'ended' || session.phase() === 'failed') start(undefined);
      if (started === undefined) return;
      setStatus('');
      setPlaying(true);
      session.play(config().speed);
    },
    pause: () => {
      pause();
      void check();
    },
    oneEpoch: () => {
      mayPublish = true;
      setPlaying(false);
      apply();
      if (session.phase() === 'ended' || session.phase() === 'failed') start(undefined);
      session.pause();
      session.advance(1);
      setTimeout(publish, 300);
    },
    reset: () => {
      setStatus('Started again from the initial weights.');
      start(undefined);
    },
    change: (part) => {
      mayPublish = true;
      const before = config();
      const after = { ...before, ...part };
      setConfig(after);
      if (Object.keys(part).every((key) => key === 'speed')) {
        if (isPlaying()) session.play(after.speed);
        return;
      }
      // points that are erased from a set become the person's own, and stay the same problem
      const isOtherSet = 'set' in part && part.set !== before.set && !part.drawn?.length;
      isNewStart ||= 'seed' in part || isOtherSet;
      clearTimeout(timer);
      timer = setTimeout(apply, settle);
    },
    walk: () => {
      mayPublish = true;
      own = lab.document();
      publish();
      lab.open('step');
    },
  };
}
