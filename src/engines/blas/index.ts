/**
 * The BLAS engine: the WebAssembly engine, with large matrix products computed by the system's BLAS in the module's memory.
 * The engine's own threads each compute a part of a product, and the library uses only the thread that calls it. Rounding is
 * the library's, so that the engine is not `strict`.
 */

import { aCount, kind, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { aPrecision } from '../../base/tensor.ts';
import type { Engine } from '../engine.ts';
import { type Outside, type WasmOptions, wasmEngine } from '../wasm/index.ts';
import { type Blas, type BlasMissing, bind, findBlas, howToGet, prototypeOf } from './library.ts';

export { findBlas } from './library.ts';

export type BlasOptions = Pick<WasmOptions, 'precision' | 'threads'>;

/** From this many multiplications on, the library is faster, including its call: 20 x 20 x 20 (docs/decisions/0005). */
const productsFrom = 8000;

const aBlas = kind(
  'a library',
  ({ file, koffi }: Blas) => typeof file === 'string' && typeof koffi === 'string',
  'Leave it out: chainrule then looks for the BLAS of the system.',
);
const blasOptions = record({ precision: optional(aPrecision), threads: optional(aCount) });

/** The library. Throws an InputError with the fix if there is none. */
export function blasOr(found: Blas | BlasMissing): Blas {
  if (typeof Object(found).missing !== 'string') aBlas(found, 'blasOr: found');
  if (!('missing' in found)) return found;
  const { missing, detail } = found;
  const where = ['training', 'engine'];
  const [what, fix] = {
    node: ['the engine "blas" works in Node only', 'Leave the engine out.'],
    koffi: [`the engine "blas" needs koffi: ${detail}`, 'Install it: npm install koffi. Or leave the engine out.'],
    loading: [
      `the engine "blas" needs koffi, which cannot be loaded: ${detail}`,
      'Leave the engine out. Under --no-addons, and under --permission without --allow-addons, Node loads no native code.',
    ],
    space: [`no BLAS was loaded: ${detail}`, 'Raise the limit, or leave the engine out.'],
    library: [`no usable BLAS was found: ${detail}`, `${howToGet()} Or leave the engine out.`],
  }[missing];
  return fail({ what, where, fix });
}

/** An engine that uses a library. Throws an InputError with the fix if no library is found. */
export function blasEngine(options: BlasOptions = {}, library: Blas = blasOr(findBlas())): Engine {
  blasOptions(options, 'blasEngine: options');
  aBlas(library, 'blasEngine: library');
  const { precision = 'float64', threads } = options;
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
