/**
 * The program of a page's worker: an instance of the module over the shared memory, which serves until training ends. Bundlers
 * find this file by themselves, except esbuild, which needs one more entry: `thread=chainrule/engines/wasm/thread`.
 */
import type { ThreadOrder } from './workers.ts';

declare const WebAssembly: {
  Instance: new (module: object, imports: object) => { readonly exports: { serve(): void } };
};

(globalThis as unknown as { onmessage: (event: { data: ThreadOrder }) => void }).onmessage = ({
  data: { module, memory, stop },
}) => {
  if (Atomics.load(new Int32Array(memory.buffer), stop) !== 0) return;
  new WebAssembly.Instance(module, { engine: { memory } }).exports.serve();
};
