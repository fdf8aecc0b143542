/** The platform's WebAssembly, as far as it is used here; the types of ECMAScript and Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports?: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

export interface Instance {
  /** The memory, which never grows. */
  readonly buffer: ArrayBuffer;
  readonly functions: Readonly<Record<string, (...operands: number[]) => number | undefined>>;
}

/** Compiles and links at once, on this thread. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): Instance {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, ...functions } = exports;
  return {
    buffer: (memory as { readonly buffer: ArrayBuffer }).buffer,
    functions: functions as Instance['functions'],
  };
}
