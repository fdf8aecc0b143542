/** The worker of the digits view: trains 784-128-10, and answers between two slices of the training, also within an epoch. */
import { adam, crossEntropy, experiment, Model, train } from 'chainrule';
import { decideAll, hiddenCount, type NetWeights, readDigit } from './digit-net.ts';
import { type Digits, heldOutCount, pixelCount, readDigits, rowsOf } from './digits-data.ts';
import type { DigitsOrder, DigitsReport } from './protocol.ts';

/** Passes over the training digits. */
const epochs = 20;
const batchSize = 32;
/** Milliseconds between two measurements on the held-out digits, which take some 20 ms: less while accuracy grows fast. */
const between = (epochs: number) => (epochs < 1 ? 80 : 400);

let digits: Promise<Digits> | undefined;
let abort = new AbortController();
let isPlaying = false;
/** Continues a training that waits. */
let go: (() => void) | undefined;
/** The drawing of a frame that was asked for. */
let wish: Float64Array | undefined;

const report = (message: DigitsReport, transfer: Transferable[] = []) => postMessage(message, { transfer });

addEventListener('message', ({ data: order }: MessageEvent<DigitsOrder>) => {
  switch (order.kind) {
    case 'start':
      abort.abort();
      go?.();
      abort = new AbortController();
      isPlaying = false;
      run(order.url, order.seed, abort.signal).catch((error: unknown) => {
        report({ kind: 'failed', what: error instanceof Error ? error.message : String(error) });
      });
      return;
    case 'frame':
      wish = order.pixels;
      break;
    case 'play':
      isPlaying = true;
      break;
    case 'pause':
      isPlaying = false;
  }
  go?.();
});

async function run(url: string, seed: number, signal: AbortSignal): Promise<void> {
  digits ??= load(url);
  const all = await digits;
  const training = all.labels.length - heldOutCount;
  const heldOut = all.pixels.subarray(training * pixelCount);
  const labels = all.labels.subarray(training);
  report({ kind: 'ready', labels, pixels: heldOut, training });
  const initial = initialModel(seed);
  let measured = Number.NEGATIVE_INFINITY;
  let measuredAt = Number.NaN;
  const measure = (weights: NetWeights) => {
    const predicted = decideAll(weights, heldOut, heldOutCount);
    const correct = predicted.reduce((count, each, i) => count + (each === labels[i] ? 1 : 0), 0);
    report({ kind: 'heldOut', result: { seen, accuracy: correct / heldOutCount, predicted } });
    measured = performance.now();
    measuredAt = seen;
  };
  let seen = 0;
  /** Sends what is due, and waits while the person has paused. */
  const turn = async (model: () => Model): Promise<void> => {
    let weights: NetWeights | undefined;
    const now = () => {
      weights ??= weightsOf(model());
      return weights;
    };
    for (;;) {
      if (wish !== undefined) sendFrame(now(), wish, seen);
      wish = undefined;
      const isWaiting = !isPlaying && !signal.aborted;
      if (seen !== measuredAt && (isWaiting || performance.now() - measured > between(seen / training))) measure(now());
      if (!isWaiting) return;
      await new Promise<void>((resolve) => {
        go = resolve;
      });
    }
  };
  const data = { inputs: rowsOf(all, 0, training), targets: all.labels.subarray(0, training) };
  const { model } = await train(initial.network, data, {
    loss: crossEntropy,
    optimizer: adam(),
    batchSize,
    // the page needs a processor for its pictures
    threads: Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)),
    stop: { epochs },
    from: initial,
    signal,
    onStart: () => turn(() => initial),
    onPause: ({ updates, model }) => {
      seen = seenAfter(updates, training);
      return turn(model);
    },
  });
  if (signal.aborted) return;
  report({ kind: 'ended' });
  // the trained network still reads drawings
  while (!signal.aborted) {
    isPlaying = false;
    await turn(() => model);
  }
}

/** The network with the weights of a seed, which do not depend on the digits. */
function initialModel(seed: number): Model {
  const blank = Array.from({ length: 10 }, () => Array.from({ length: pixelCount }, () => 0));
  const { network, parameters, recipe } = experiment({
    network: {
      layers: [
        { dense: hiddenCount, activation: 'relu' },
        { dense: 10, activation: 'softmax' },
      ],
    },
    data: { inputs: blank, targets: blank.map((_, label) => label) },
    training: { loss: 'crossEntropy', optimizer: 'adam', stop: { epochs: 1 } },
    seed,
  });
  return new Model({ network, inputs: pixelCount, parameters, loss: recipe.loss, optimizer: recipe.optimizer });
}

/** The digits of so many updates: the last batch of an epoch is smaller. */
function seenAfter(updates: number, training: number): number {
  const inEpoch = Math.ceil(training / batchSize);
  const ended = Math.floor(updates / inEpoch);
  return ended * training + Math.min(training, (updates - ended * inEpoch) * batchSize);
}

async function load(url: string): Promise<Digits> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The file of digits could not be loaded (${answer.status}).`);
  return readDigits(await answer.blob());
}

function weightsOf({ parameters }: Model): NetWeights {
  const data = (name: string) => parameters.get(name)!.data;
  return {
    first: data('layers.0.weight'),
    firstBias: data('layers.0.bias'),
    second: data('layers.1.weight'),
    secondBias: data('layers.1.bias'),
  };
}

function sendFrame(weights: NetWeights, pixels: Float64Array, seen: number): void {
  const { hidden, probabilities } = readDigit(weights, pixels);
  const first = Float32Array.from(weights.first);
  const second = Float32Array.from(weights.second);
  report({ kind: 'frame', frame: { seen, first, second, hidden, probabilities } }, [first.buffer, second.buffer]);
}
