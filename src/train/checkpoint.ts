/**
 * A checkpoint: a snapshot of a training as the bytes of a safetensors file. It identifies its training, and has a checksum
 * that reveals an incomplete file. The caller writes and reads the files.
 */
import { crc32 } from '../base/checksum.ts';
import { fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { show } from '../base/show.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { Feed } from '../data/feeds.ts';
import { fromSafetensors, toSafetensors } from '../formats/safetensors.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import { checkAgainst } from '../net/complaint.ts';
import { describeNetwork } from '../net/description.ts';
import { written } from '../net/form.ts';
import { blocksOf, type Dataset, feedsOf, rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { ForeignCheckpoint } from './foreign-checkpoint.ts';
import { progressSchema, snapshotFault } from './progress-schema.ts';
import type { Progress, Snapshot } from './trainer.ts';

const format = 'chainrule-checkpoint';
const formatVersion = 1;

/** What two trainings must have in common for one to resume the other's checkpoint, as texts to compare. */
type Texts = Readonly<Record<'network' | 'training' | 'data' | 'weights' | 'engine', string>>;

/** The identity of a training, and its setup, which checkpoints are checked against. */
export interface Identity {
  readonly texts: Texts;
  readonly setup: Setup;
}

const bytesOf = ({ data }: Pick<Feed, 'data'>) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const sumOf = (tensors: Iterable<Pick<Feed, 'data'>>, start = 0) => {
  let sum = start;
  for (const each of tensors) sum = crc32(bytesOf(each), sum);
  return sum;
};
const shown = (sum: number) => sum.toString(16).padStart(8, '0');

export function identify(setup: Setup, engine: Pick<EngineReport, 'name' | 'precision' | 'arithmetic'>): Identity {
  const { network, recipe, schedule, inputs, validation, parameters } = setup;
  const { loss, optimizer, span, ...rules } = recipe;
  const rows = (data: Dataset | undefined) => {
    if (data === undefined) return undefined;
    let sum = 0;
    for (const block of blocksOf(data)) sum = sumOf(feedsOf(block).values(), sum);
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
    data: JSON.stringify([rows(setup), rows(validation)]),
    weights: shown(sumOf(parameters.values())),
    engine: [engine.name, engine.precision, engine.arithmetic].join(', '),
  };
  return { texts, setup };
}

/** Numbers that JSON cannot write. */
const unsaid = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const say = (_key: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
const hear = (_key: string, value: unknown) => unsaid.find((number) => String(number) === value) ?? value;

const unsummed = '00000000';
/** The bytes before the checksum, which is the first of the metadata. */
const sumStart = '{"__metadata__":{"checksum":"';

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
    format,
    formatVersion: String(formatVersion),
    progress: JSON.stringify(progress, say),
    ...identity.texts,
  };
  const bytes = toSafetensors({ tensors, metadata }, (name) => (narrow.has(name) ? 'float32' : 'float64'));
  bytes.set(new TextEncoder().encode(crc32(bytes).toString(16).padStart(8, '0')), 8 + sumStart.length);
  return bytes;
}

/** The differences, for messages. */
const differing: Readonly<Record<keyof Texts, string>> = {
  network: 'another network or seed',
  training: 'another loss, optimizer, or other options',
  data: 'other data',
  weights: 'other weights to start from',
  engine: 'another engine, precision or arithmetic',
};

export { ForeignCheckpoint };

const fix = 'Resume an older checkpoint, or start a new run with --overwrite.';
const refuse = (what: string, where: string): never => fail({ what, where, fix });

/**
 * The snapshot in a checkpoint's bytes; it can be restored. Throws an InputError if the bytes are not a complete checkpoint,
 * if the checkpoint is of a newer version or of another training, or if its progress is inconsistent.
 */
export function readCheckpoint(bytes: Uint8Array, { texts, setup }: Identity, where = 'checkpoint'): Snapshot {
  const at = 8 + sumStart.length;
  const { tensors, metadata } = fromSafetensors(bytes, where);
  if (metadata.format !== format) refuse('it is not a checkpoint', where);
  if (!/^[1-9]\d*$/.test(metadata.formatVersion ?? '')) refuse('it has no format version', where);
  if (Number(metadata.formatVersion) > formatVersion) {
    refuse(
      `its version ${clip(metadata.formatVersion)} is newer than ${formatVersion}, the newest that this version of chainrule reads`,
      where,
    );
  }
  const whole = bytes.slice();
  whole.set(new TextEncoder().encode(unsummed), at);
  if (Number.parseInt(metadata.checksum, 16) !== crc32(whole))
    refuse('its checksum is wrong: the file is incomplete or was changed', where);
  for (const [part, own] of Object.entries(texts)) {
    if (metadata[part] === own) continue;
    throw new ForeignCheckpoint({
      what: `it belongs to a training with ${differing[part as keyof Texts]}`,
      where,
      fix: 'Resume with the data file and the options of that run, or start a new run with --overwrite.',
    });
  }
  const progress = checkAgainst(progressSchema, progressIn(metadata.progress, where), {
    file: where,
    at: 'progress',
    fix,
  }) as Progress;
  const saves = progress.places.map(() => new Map<string, Float64Array>());
  for (const [name, { data }] of tensors) {
    const [, index, of] = /^(\d)\.(.+)$/s.exec(name) ?? [];
    const save = saves[Number(index)];
    if (save === undefined) refuse(`the tensor ${show(name)} belongs to none of its saves`, where);
    save.set(of, data);
  }
  const fault = snapshotFault({ progress, saves }, setup);
  if (fault !== undefined) refuse(`its progress is inconsistent: ${fault}`, where);
  return { progress, saves };
}

function progressIn(text: string | undefined, where: string): unknown {
  try {
    return JSON.parse(text ?? '', hear);
  } catch {
    return refuse('its progress is not JSON', where);
  }
}
