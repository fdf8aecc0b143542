/** The state of the playground: the choices, the training, its curves, and what the buttons do. */
import type { ExperimentJson } from 'chainrule';
import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Lab } from '../../state/lab.ts';
import { type Message, messageOf } from '../../state/message.ts';
import type { Frame } from '../../training/protocol.ts';
import { createSession } from '../../training/session.ts';
import { consequenceOf, continuesText } from './changes.ts';
import { type Config, kindOf } from './config.ts';
import { type Curves, noCurves, withMark, withRows } from './curves.ts';
import { consecutive, endless, experimentOf, fits, type Weights } from './experiment.ts';
import { grids } from './grid.ts';
import { remarksOn } from './remarks.ts';
import { type KeptRun, restore, settingsOf } from './restore.ts';
import { createSharing } from './sharing.ts';
import { createStudy, type Study } from './study.ts';
import { createWay, type Way } from './way.ts';

export interface Playground {
  readonly config: () => Config;
  /** The newest frame; its epoch counts from the last new start. */
  readonly frame: () => Frame | undefined;
  readonly epoch: () => number;
  readonly curves: () => Curves;
  /** A run that was kept to compare with. */
  readonly kept: () => KeptRun | undefined;
  /** Keeps the run of now. */
  keep(): void;
  forget(): void;
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
/** Milliseconds after which a message about a start is removed. */
const passes = 6000;
const startedAgain = 'Started again from the initial weights.';
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
    { probe: true, keepsState: true },
  );
  /** The experiment that the session trains now, as it started. */
  let started: ExperimentJson | undefined;
  /** The choices that it has, and the epoch of the frame that it started from. */
  let applied = restored.config;
  let startedAt = 0;
  let passing: ReturnType<typeof setTimeout> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const epoch = () => base() + (session.frame()?.epoch ?? 0);

  /** Says something that is soon over. */
  const say = (text: string) => {
    setStatus(text);
    clearTimeout(passing);
    passing = setTimeout(() => status() === text && setStatus(''), passes);
  };
  /** Starts a training from these weights, or from those of the seed. `continues`: with the state of the training before, too. */
  const start = (from: Weights | undefined, continues = false) => {
    clearTimeout(timer);
    timer = undefined;
    setFound([]);
    setProblem(undefined);
    applied = config();
    startedAt = continues ? (session.frame()?.epoch ?? 0) : 0;
    if (from === undefined) {
      setBase(0);
      setCurves(noCurves);
      way.clear();
    }
    try {
      started = experimentOf(config(), from);
      if (started === undefined) {
        setStatus('There are no points to train on. Draw some in the plot.');
        setPlaying(false);
        setWeights(undefined);
        session.drop();
        return;
      }
      session.start({ experiment: endless(started), files: {}, updates: 0 }, { continues });
      if (isPlaying()) session.play(config().speed);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  /** Starts the training of the changed choices, if one waits. */
  const apply = () => {
    if (timer === undefined) return;
    const now = weights();
    const isOn = session.phase() === 'running' || session.phase() === 'paused';
    const { isNewStart, isOtherLoss, mark: text } = consequenceOf(applied, config());
    const goesOn = !isNewStart && isOn && now !== undefined && fits(now, config());
    say(goesOn ? continuesText(applied, config()) : startedAgain);
    if (goesOn) setCurves((old) => withMark(old, { epoch: epoch(), text, isOtherLoss }));
    start(goesOn ? now : undefined, goesOn);
  };
  const pause = () => {
    setPlaying(false);
    session.pause();
  };
  const experiment = (part: Partial<Config> = {}) => {
    const now = weights();
    return experimentOf({ ...config(), ...part }, now && fits(now, config()) ? now : undefined);
  };
  const check = async () => {
    const epochs = (session.frame()?.epoch ?? 0) - startedAt;
    if (started === undefined || epochs < 10) return;
    const stop = { epochs: Math.min(epochs, 2000) };
    const asked = started;
    const answer = await study.ask({
      kind: 'check',
      experiment: { ...started, training: { ...started.training!, stop } },
    });
    // the answer is about a training that may have ended meanwhile
    if (answer?.warnings !== undefined && asked === started) setFound(answer.warnings);
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
      const passed = (at: number) => before < startedAt + at && frame.epoch >= startedAt + at;
      if (checkedAt.some(passed)) void check();
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
      const wait = setTimeout(() => sharing.publish(), 300);
      onCleanup(() => clearTimeout(wait));
    }),
  );
  onCleanup(() => {
    clearTimeout(timer);
    clearTimeout(passing);
    sharing.publish();
  });

  const sharing = createSharing(lab, {
    shown: () => ({
      settings: settingsOf(config(), { epoch: epoch(), curves: curves(), kept: kept() }),
      experiment: experiment(),
    }),
    adopt: (next) => {
      setPlaying(false);
      setConfig(next.config);
      setWeights(next.weights);
      start(next.weights);
      setBase(next.epoch);
      setCurves(next.curves);
      setKept(next.kept);
    },
  });

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
    keep: () => setKept({ curves: curves(), config: applied }),
    forget: () => setKept(undefined),
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
      sharing.claim();
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
      sharing.claim();
      setPlaying(false);
      apply();
      if (session.phase() === 'ended' || session.phase() === 'failed') start(undefined);
      session.pause();
      session.advance(1);
      setTimeout(sharing.publish, 300);
    },
    reset: () => {
      say(startedAgain);
      start(undefined);
    },
    change: (part) => {
      sharing.claim();
      const before = config();
      const after = { ...before, ...part };
      setConfig(after);
      if (Object.keys(part).every((key) => key === 'speed')) {
        if (isPlaying()) session.play(after.speed);
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(apply, settle);
    },
    walk: sharing.walk,
  };
}
