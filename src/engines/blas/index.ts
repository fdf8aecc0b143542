/**
 * The BLAS engine: the WebAssembly engine with its large matrix products left to the system's BLAS, which reads and writes
 * the module's memory where it is. Threads are the engine's own, each with a part of a product; the library works on the
 * thread that calls it. It rounds as the library does: not `strict`.
 */
import { fail } from '../../base/errors.ts';
import type { Engine } from '../engine.ts';
import { type Outside, type WasmOptions, wasmEngine } from '../wasm/index.ts';
import { type Blas, type BlasMissing, bind, findBlas, howToGet, prototypeOf } from './library.ts';

export type BlasOptions = Pick<WasmOptions, 'precision' | 'threads'>;

/** Multiplications from which the library is the quicker, its call included: 20 x 20 x 20 (docs/decisions/0005). */
const productsFrom = 8000;

/** A library, or an InputError that says what brings one. */
export function blasOr(found: Blas | BlasMissing): Blas {
  if (!('missing' in found)) return found;
  const { missing, detail } = found;
  const where = 'training.engine';
  const [what, fix] = {
    node: ['the engine "blas" is for Node', 'Leave it out.'],
    koffi: [`the engine "blas" needs koffi: ${detail}`, 'Install it: npm install koffi. Or leave the engine out.'],
    loading: [
      `the engine "blas" needs koffi, which cannot be loaded: ${detail}`,
      'Leave the engine out. Under --no-addons, and under --permission without --allow-addons, Node loads no native code.',
    ],
    space: [`no BLAS is loaded: ${detail}`, 'Raise the limit, or leave the engine out.'],
    library: [`no BLAS can be used: ${detail}`, `${howToGet()} Or leave the engine out.`],
  }[missing];
  return fail({ what, where, fix });
}

/** An engine over a library. Throws an InputError where none is found: it says what brings one. */
export function blasEngine(
  { precision = 'float64', threads }: BlasOptions = {},
  library: Blas = blasOr(findBlas()),
): Engine {
  const { koffi, file, oneThread, concurrent } = library;
  const engine = wasmEngine({
    precision,
    arithmetic: 'fast',
    threads: concurrent ? threads : 1,
    products: {
      from: productsFrom,
      outside: {
        bind: bind as Outside['bind'],
        data: { koffi, file, oneThread, prototype: prototypeOf(precision === 'float32' ? 4 : 8) },
      },
    },
  });
  return { ...engine, name: 'blas' };
}
