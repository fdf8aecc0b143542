/** Reads a checkpoint's bytes. Only a run that resumes loads this, because it checks every number of the progress. */
import { crc32 } from '../base/checksum.ts';
import { fail, listNames } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { show } from '../base/show.ts';
import { fromSafetensors } from '../formats/safetensors.ts';
import { inFile } from '../net/in-file.ts';
import {
  checkpointFormat,
  checkpointVersion,
  checksumAt,
  type Identity,
  type IdentityTexts,
  unsummed,
} from './checkpoint.ts';
import { ForeignCheckpoint } from './foreign-checkpoint.ts';
import { readProgress, snapshotFault } from './progress-form.ts';
import { changeable, changesOf } from './resume-changes.ts';
import type { Progress, Snapshot } from './trainer.ts';

/** Numbers that JSON cannot write, so that they are texts. */
const unsaid = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const hear = (_key: string, value: unknown) => unsaid.find((number) => String(number) === value) ?? value;

/** The differences, for messages. */
const differing: Readonly<Record<keyof IdentityTexts, string>> = {
  network: 'another network or seed',
  training: 'another loss, optimizer, or other options',
  data: 'other data',
  weights: 'other weights to start from',
  engine: 'another engine, precision or arithmetic',
};

const fix = 'Resume an older checkpoint, or start a new run.';
const refuse = (what: string, where: string): never => fail({ what, where, fix });

/**
 * The snapshot in a checkpoint's bytes; it can be restored. Throws an InputError if the bytes are not a complete checkpoint,
 * if the checkpoint is of a newer version or of another training, or if its progress is inconsistent.
 */
export function readCheckpoint(bytes: Uint8Array, { texts, setup }: Identity, where = 'checkpoint'): Snapshot {
  const { metadata, ...opened } = openCheckpoint(bytes, where);
  for (const [part, own] of Object.entries(texts)) {
    if (metadata[part] === own || part === 'training') continue;
    throw new ForeignCheckpoint({
      what: `it belongs to a training with ${differing[part as keyof IdentityTexts]}`,
      where,
      fix: 'Resume with the data file and the options of that run, or start a new run.',
    });
  }
  const stored = opened.progress();
  const progress = withChanges(stored, metadata, { texts, setup }, where);
  const saves = opened.saves(progress);
  const fault = snapshotFault({ progress, saves }, setup);
  if (fault !== undefined) refuse(`its progress is inconsistent: ${fault}`, where);
  return { progress, saves };
}

/** The parts of a checkpoint of any training. Throws an InputError if the bytes are not a complete one of a known version; `otherwise` is its fix for other bytes. */
export function openCheckpoint(bytes: Uint8Array, where: string, otherwise = fix) {
  const { tensors, metadata } = fromSafetensors(bytes, where);
  if (metadata.format !== checkpointFormat) fail({ what: 'it is not a checkpoint', where, fix: otherwise });
  if (!/^[1-9]\d*$/.test(metadata.formatVersion ?? '')) refuse('it has no format version', where);
  if (Number(metadata.formatVersion) > checkpointVersion) {
    refuse(
      `its version ${clip(metadata.formatVersion)} is newer than ${checkpointVersion}, the newest that this version of chainrule reads`,
      where,
    );
  }
  const whole = bytes.slice();
  whole.set(new TextEncoder().encode(unsummed), checksumAt);
  if (Number.parseInt(metadata.checksum, 16) !== crc32(whole))
    refuse('its checksum is wrong: the file is incomplete or was changed', where);
  return {
    metadata: metadata as Readonly<Record<string, string | undefined>>,
    progress: (): Progress =>
      inFile({ file: where, fix }, () => readProgress(progressIn(metadata.progress, where), ['progress'])),
    /** The numbers of each place of the progress. */
    saves({ places }: Pick<Progress, 'places'>): ReadonlyMap<string, Float64Array>[] {
      const saves = places.map(() => new Map<string, Float64Array>());
      for (const [name, { data }] of tensors) {
        const [, index, of] = /^(\d)\.(.+)$/s.exec(name) ?? [];
        const save = saves[Number(index)];
        if (save === undefined) refuse(`the tensor ${show(name)} belongs to none of its saves`, where);
        save.set(of, data);
      }
      return saves;
    },
  };
}

/** The progress for this training, if the checkpoint's training differs from it in nothing but what may change. */
function withChanges(
  progress: Progress,
  { training, stop }: Readonly<Record<string, string | undefined>>,
  { texts, setup }: Identity,
  where: string,
): Progress {
  const epoch = progress.places[progress.now]?.epoch ?? 0;
  const found = changesOf({ training, stop, epoch }, texts.training, setup.schedule.stop);
  if ('fixed' in found) {
    throw new ForeignCheckpoint({
      what: `it belongs to a training with ${differing.training} (${listNames(found.fixed)})`,
      where,
      fix: `On resume, ${changeable} may change, and nothing else. Resume with the other options of that run, or start a new run.`,
    });
  }
  if (found.changes.length === 0) return progress;
  // early stopping that begins now counts from here
  const begins = found.changes.some(({ option, from }) => option === 'patience' && from === 'none');
  return {
    ...progress,
    ...(begins && { patient: Number.POSITIVE_INFINITY, waited: 0 }),
    changes: [...(progress.changes ?? []), ...found.changes],
  };
}

function progressIn(text: string | undefined, where: string): unknown {
  try {
    return JSON.parse(text ?? '', hear);
  } catch {
    return refuse('its progress is not JSON', where);
  }
}
