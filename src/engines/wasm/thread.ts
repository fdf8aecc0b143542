/**
 * What a page's worker runs: an instance of the module over the shared memory, which serves until it is dismissed. Bundlers
 * find this file by themselves, but for esbuild: there it is one more entry, `thread=chainrule/engines/wasm/thread`.
 */
declare const WebAssembly: {
  Instance: new (module: object, imports: object) => { readonly exports: { serve(): void } };
};

(globalThis as unknown as { onmessage: (event: { data: { module: object; memory: object } }) => void }).onmessage = ({
  data: { module, memory },
}) => {
  new WebAssembly.Instance(module, { engine: { memory } }).exports.serve();
};
