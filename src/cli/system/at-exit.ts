/** What has to be done however the process ends, short of being killed: remove temporary files, give locks back. */

const pending = new Set<() => void>();
let isListening = false;

/** Calls `finish` when the process exits. Returns what takes it off the list. */
export function atExit(finish: () => void): () => void {
  if (!isListening) {
    isListening = true;
    process.on('exit', () => {
      for (const each of pending) each();
    });
  }
  pending.add(finish);
  return () => pending.delete(finish);
}
