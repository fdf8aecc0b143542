/** The platform's WebAssembly, as far as it is used here; the types of ECMAScript and Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports?: object) => { readonly exports: Readonly<Record<string, unknown>> };
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
};

export interface Instance {
  readonly module: object;
  /** The memory, which never grows. */
  readonly memory: { readonly buffer: ArrayBuffer | SharedArrayBuffer };
  readonly functions: Readonly<Record<string, (...operands: number[]) => number | undefined>>;
}

/**
 * Compiles and links at once, on this thread. `shared` is how many pages of memory threads share, where they do. Throws a
 * RangeError where there is no room for the memory.
 */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, shared?: number): Instance {
  const module = new WebAssembly.Module(bytes);
  const given =
    shared === undefined ? undefined : new WebAssembly.Memory({ initial: shared, maximum: shared, shared: true });
  const { exports } = new WebAssembly.Instance(module, given && { threads: { memory: given } });
  const { memory = given, ...functions } = exports;
  return { module, memory: memory as Instance['memory'], functions: functions as Instance['functions'] };
}
