/** The stop conditions of the training that a run's folder can resume. */
import { fromSafetensors } from '../../formats/safetensors.ts';
import { isObject, type Json } from '../flags/json.ts';
import { readBinary } from '../input/files.ts';
import { newestReadable } from './checkpoints.ts';
import { type FolderFlags, lastFolder } from './folder.ts';
import { checkpointFolder, hasStagedCheckpoints, stagedCheckpoints } from './staging.ts';

/**
 * The stop conditions in the newest readable checkpoint of the folder that `chooseFolder` would resume; undefined if there is none.
 * Damaged checkpoints are reported when the training itself reads them.
 */
export function resumedStop(name: string, { out = lastFolder(name) }: FolderFlags): Json | undefined {
  if (out === undefined) return undefined;
  const folder = hasStagedCheckpoints(out) ? stagedCheckpoints(out) : checkpointFolder(out);
  return newestReadable(
    folder,
    (path) => stopIn(fromSafetensors(readBinary(path), path).metadata.stop),
    () => {},
  );
}

/** The conditions in a checkpoint's text. An older or a foreign file has none. */
function stopIn(text: string | undefined): Json | undefined {
  try {
    const stop: unknown = JSON.parse(text ?? '');
    return isObject(stop) ? stop : undefined;
  } catch {
    return undefined;
  }
}
