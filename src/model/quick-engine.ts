/**
 * The engine for plans that only compute outputs or losses, in float64. WebAssembly and the reference give the same bits, so
 * that the reference computes until WebAssembly's generator is loaded, and also where WebAssembly is not available. The
 * generator is a quarter of what a page that trains would load, so it is loaded when it is first worthwhile.
 */
import type { Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import type { Plan } from '../plan/plan.ts';

type WasmModule = typeof import('../engines/wasm/index.ts');

let loaded: WasmModule | undefined;

/** The WebAssembly engine's module, loaded once. */
export async function loadWasm(): Promise<WasmModule> {
  loaded ??= await import('../engines/wasm/index.ts');
  return loaded;
}

/** Gives the module to this thread's models: for callers that load it anyway. */
export function provideWasm(module: WasmModule): void {
  loaded = module;
}

/** Whether `compileQuickly` can use WebAssembly. If not, this starts to load it, for a later call. */
export function isQuick(): boolean {
  // a page may be offline by then: the reference continues
  if (loaded === undefined) loadWasm().catch(() => {});
  return loaded !== undefined;
}

/** Compiles plans: to WebAssembly if it is loaded and available, and if there is memory left for it. */
export function compileQuickly(plans: readonly Plan[]): Program[] {
  if (isQuick() && loaded!.wasmMissing() === undefined) {
    try {
      return loaded!.wasm.compile(plans);
    } catch (error) {
      if (!(error instanceof loaded!.MemoryRefused)) throw error;
    }
  }
  return reference.compile(plans);
}
