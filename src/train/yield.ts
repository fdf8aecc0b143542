/** Breaks in long work, so that a page stays responsive and Ctrl-C works. */

/** Milliseconds of work between two breaks. */
export const slice = 16;

interface Port {
  onmessage: () => void;
  postMessage(message: unknown): void;
  close(): void;
}

/** Lets other tasks run. It does not use timers: their shortest delay would cost a quarter of the time. */
export const takeBreak: () => Promise<void> = (() => {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  if (setImmediate !== undefined) return () => new Promise((resolve) => setImmediate(resolve));
  return () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel() as unknown as { port1: Port; port2: Port };
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
})();
