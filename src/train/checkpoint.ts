/**
 * A checkpoint: a snapshot of a training as the bytes of a safetensors file. It identifies its training, and has a checksum
 * that reveals an incomplete file. The caller writes and reads the files. `read-checkpoint.ts` is the way back.
 */
import { crc32 } from '../base/checksum.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { Feed } from '../data/feeds.ts';
import { toSafetensors } from '../formats/safetensors.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import { describeNetwork } from '../net/describe-model.ts';
import { blocksOf, type Dataset, feedsOf, rowsIn } from '../net/problem.ts';
import { written } from '../net/recipe-json.ts';
import type { Setup } from '../net/setup.ts';
import type { Snapshot } from './trainer.ts';

/** The text of the stop conditions, which may change when the training is resumed. */
const stopText = ({ schedule }: Setup) => JSON.stringify(schedule.stop);

export const checkpointFormat = 'chainrule-checkpoint';
export const checkpointVersion = 1;

/** What two trainings must have in common for one to resume the other's checkpoint, as texts to compare. */
export type IdentityTexts = Readonly<Record<'network' | 'training' | 'data' | 'weights' | 'engine', string>>;

/** The identity of a training, and its setup, which checkpoints are checked against. */
export interface Identity {
  readonly texts: IdentityTexts;
  readonly setup: Setup;
}

const bytesOf = ({ data }: Pick<Feed, 'data'>) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
/** Bytes of a part of the work. */
const part = 2 ** 19;
function* sumOf(tensors: Iterable<Pick<Feed, 'data'>>, start = 0): Generator<undefined, number> {
  let sum = start;
  for (const each of tensors) {
    const bytes = bytesOf(each);
    for (let at = 0; at < bytes.length; at += part) {
      sum = crc32(bytes.subarray(at, at + part), sum);
      yield;
    }
  }
  return sum;
}
const shown = (sum: number) => sum.toString(16).padStart(8, '0');

type IdentifiedEngine = Pick<EngineReport, 'name' | 'precision' | 'arithmetic'>;

/** The identity of a training. Its checksum reads all rows. */
export function identify(setup: Setup, engine: IdentifiedEngine): Identity {
  const work = identifying(setup, engine);
  for (;;) {
    const { value, done } = work.next();
    if (done) return value;
  }
}

/** The same in parts, with a pause after each half megabyte. */
export function* identifying(setup: Setup, engine: IdentifiedEngine): Generator<undefined, Identity> {
  const { network, recipe, schedule, inputs, validation, parameters } = setup;
  const { loss, optimizer, span, ...rules } = recipe;
  const rows = function* (data: Dataset | undefined) {
    if (data === undefined) return undefined;
    let sum = 0;
    for (const block of blocksOf(data)) sum = yield* sumOf(feedsOf(block).values(), sum);
    return [rowsIn(data), shown(sum)];
  };
  const texts = {
    network: JSON.stringify([describeNetwork(network, inputs.shape[1]), network.seed]),
    training: JSON.stringify({
      ...rules,
      loss: written(loss),
      optimizer: written(optimizer),
      // a schedule may depend on the number of epochs: another number is then another training
      epochs: optimizer.schedule && span?.epochs,
      batchSize: schedule.batchSize,
      shuffle: schedule.shuffle,
      keep: schedule.keep,
      watch: setup.watch.metric?.name,
    }),
    data: JSON.stringify([yield* rows(setup), yield* rows(validation)]),
    weights: shown(yield* sumOf(parameters.values())),
    engine: [engine.name, engine.precision, engine.arithmetic].join(', '),
  };
  return { texts, setup };
}

/** Numbers that JSON cannot write become texts. */
const say = (_key: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

export const unsummed = '00000000';
/** The position of the checksum's digits: it is the first of the metadata. */
export const checksumAt = 8 + '{"__metadata__":{"checksum":"'.length;

/** The bytes of a checkpoint. */
export function writeCheckpoint({ progress, saves }: Snapshot, identity: Identity): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const narrow = new Set<string>();
  saves.forEach((save, i) => {
    for (const [name, numbers] of save) {
      if (numbers instanceof Float32Array) narrow.add(`${i}.${name}`);
      tensors.set(`${i}.${name}`, tensor([numbers.length], Float64Array.from(numbers)));
    }
  });
  const metadata = {
    checksum: unsummed,
    format: checkpointFormat,
    formatVersion: String(checkpointVersion),
    progress: JSON.stringify(progress, say),
    stop: stopText(identity.setup),
    shapes: JSON.stringify(Array.from(identity.setup.parameters, ([name, { shape }]) => [name, shape])),
    ...identity.texts,
  };
  const bytes = toSafetensors({ tensors, metadata }, (name) => (narrow.has(name) ? 'float32' : 'float64'));
  bytes.set(new TextEncoder().encode(crc32(bytes).toString(16).padStart(8, '0')), checksumAt);
  return bytes;
}
