/** Work for the end of the process: removing temporary files, releasing locks. Only a kill (SIGKILL) prevents it. */

const pending = new Set<() => void>();
let isListening = false;

/** Calls `finish` when the process exits. Returns a function that cancels this. */
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
