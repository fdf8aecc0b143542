/** The platform's WebAssembly: checks whether it can be used, and instantiates modules. */
import { showBytes } from '../../base/bytes.ts';
import { InputError } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import { addressSpaceLimit } from '../../base/workers.ts';
import { encodeModule } from './encoder.ts';
import { vectors } from './lanes.ts';

/** The types of the platform's WebAssembly that are used here, which those of ECMAScript and Node lack. */
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
  /** Pages of its memory, of 64 KiB. */
  readonly pages: number;
  /** Whether threads share the memory. */
  readonly shared: boolean;
  /** The other imports of the module. */
  imports(memory: Memory): Imports;
}

export const pageBytes = 65_536;

/** The error if the platform cannot provide the memory, although WebAssembly allows it. */
export class MemoryRefused extends InputError {}

/** Compiles and links synchronously, on this thread. Throws a MemoryRefused if the platform cannot provide the memory. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, { pages, shared, imports }: Loading): Instance {
  const module = new WebAssembly.Module(bytes);
  const memory = allocate(pages, shared);
  const { exports } = new WebAssembly.Instance(module, { engine: { memory }, ...imports(memory) });
  const { memory: _, ...functions } = exports;
  return { module, memory, functions: functions as Instance['functions'] };
}

function allocate(pages: number, shared: boolean): Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const requested = showBytes(pages * pageBytes);
    if (pages > 1 && canAllocate()) {
      throw new MemoryRefused({
        what: `not enough memory: training needs ${requested}, which the operating system refused`,
        where: ['training'],
        fix: 'Use smaller batches, fewer rows, or a smaller network; or free memory.',
      });
    }
    throw new MemoryRefused({
      what: `the operating system refused to reserve address space for ${requested} of WebAssembly memory: ${reservation()}`,
      where: ['training'],
      fix: 'Raise the limit on address space, or set "engine": "reference", which is slower and needs none.',
    });
  }
}

function canAllocate(): boolean {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: false });
    return true;
  } catch {
    return false;
  }
}

/** V8 reserves the addresses that 32 bits and an offset can reach, so that loads and stores need no check. */
function reservation(): string {
  const limit = addressSpaceLimit();
  const reserved = 'each memory reserves up to 10 GiB of address space, whatever its size';
  if (limit === Number.POSITIVE_INFINITY) return reserved;
  return `${reserved}, and this process is limited to ${showBytes(limit)} (ulimit -v)`;
}

let isCompiling = false;

/** Why WebAssembly cannot be used here, as a sentence without its full stop; undefined if it can. */
export function wasmMissing(): string | undefined {
  const here = nodeModule('node:process') === undefined ? 'in this page' : 'in this process';
  const because = (why: string) => `WebAssembly is not available ${here}: ${why}`;
  if (typeof WebAssembly === 'undefined') return because("it is turned off, as by Node's --jitless");
  if (!isCompiling) {
    try {
      new WebAssembly.Module(probe('constant'));
      isCompiling = true;
    } catch (error) {
      const { message } = error as Error;
      if (/content security policy|unsafe-eval/i.test(message)) {
        return because("the content security policy forbids it (script-src lacks 'wasm-unsafe-eval')");
      }
      return because(message.split('\n')[0].slice(0, 200));
    }
  }
  // Each memory takes much of a limited address space. V8 frees unreferenced memories before it refuses a new one.
  if (addressSpaceLimit() === Number.POSITIVE_INFINITY || canAllocate()) return undefined;
  return because(reservation());
}

/** A module that computes with vectors, as all modules do. */
function probe(what: 'constant' | 'mulAdd'): Uint8Array<ArrayBuffer> {
  const { type, constant, mulAdd } = vectors[4];
  const zero = constant(0);
  const code = what === 'constant' ? zero : mulAdd(zero, zero, zero);
  return encodeModule({ functions: [{ type: { parameters: [], results: [type] }, locals: [], code }], pages: 0 });
}

/** Whether the platform multiplies and adds in one instruction: relaxed SIMD, Node 22 and newer. */
export function fusesHere(): boolean {
  return WebAssembly.validate(probe('mulAdd'));
}
