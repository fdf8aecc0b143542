import { encodeModule } from './encoder.ts';
import { vectors } from './lanes.ts';

/** The platform's WebAssembly, as far as it is used here; the types of ECMAScript and Node do not have it. */
declare const WebAssembly: {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => Memory;
};

/** It never grows. */
export interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** Functions that a module imports, by module and name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, (...operands: number[]) => unknown>>>>;

export interface Instance {
  readonly module: object;
  readonly memory: Memory;
  readonly functions: Readonly<Record<string, (...operands: number[]) => number | undefined>>;
}

export interface Loading {
  /** Of its memory, in 64 KiB. */
  readonly pages: number;
  /** Whether threads share the memory. */
  readonly shared: boolean;
  /** What else the module imports. */
  imports(memory: Memory): Imports;
}

/** Compiles and links at once, on this thread. Throws a RangeError where there is no room for the memory. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, { pages, shared, imports }: Loading): Instance {
  const module = new WebAssembly.Module(bytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const { exports } = new WebAssembly.Instance(module, { engine: { memory }, ...imports(memory) });
  const { memory: _, ...functions } = exports;
  return { module, memory, functions: functions as Instance['functions'] };
}

/** Whether the platform multiplies and adds in one instruction: relaxed SIMD, Node 22 and newer. */
export function fusesHere(): boolean {
  const { type, constant, mulAdd } = vectors[4];
  const zero = constant(0);
  const fused = { type: { parameters: [], results: [type] }, locals: [], code: mulAdd(zero, zero, zero) };
  return WebAssembly.validate(encodeModule({ functions: [fused], pages: 0 }));
}
