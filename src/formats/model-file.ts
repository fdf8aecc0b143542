/** A model's file: a safetensors file whose metadata describe the model. */
import { fail } from '../base/errors.ts';
import { formatVersion } from '../net/describe-model.ts';
import { fromSafetensors, type ReadSafetensors } from './safetensors.ts';

/** What to do about a file that is not a whole model. */
export const modelFix = 'Use a model.safetensors that a run wrote.';

/** The parts of a model's file, as they were read: the description is not checked yet. */
export interface ModelFile extends Pick<ReadSafetensors, 'tensors' | 'precision'> {
  readonly experiment: unknown;
  readonly data: unknown;
}

/**
 * Reads the bytes of a model's file; `where` names it in errors. Throws an InputError if it is not a chainrule model, or is of
 * a newer version.
 */
export function readModelFile(bytes: Uint8Array, where: string): ModelFile {
  const { tensors, metadata, precision } = fromSafetensors(bytes, where);
  const refuse = (what: string, fix = modelFix): never => fail({ what, where, fix });
  if (metadata.format !== 'chainrule') refuse('this safetensors file does not contain a chainrule model');
  if (!/^[1-9]\d*$/.test(metadata.formatVersion ?? '')) refuse('the format version is missing');
  if (Number(metadata.formatVersion) > formatVersion) {
    refuse(`its format version ${metadata.formatVersion} is newer than ${formatVersion}`, 'Use a newer chainrule.');
  }
  try {
    return {
      tensors,
      precision,
      experiment: JSON.parse(metadata.experiment),
      data: JSON.parse(metadata.data ?? 'null'),
    };
  } catch {
    return refuse('its metadata are not JSON');
  }
}
