/** The walks of `../struc2vec/layered-walker.ts` as code, with the same bits. */
import { branchIf, type Code, type FunctionBody, i32, i64, int } from '../../engines/wasm/encoder.ts';
import { Locals, plus, when } from '../../engines/wasm/writer.ts';
import type { LayeredWalkOptions } from '../struc2vec/layered-walker.ts';
import { threshold } from '../words.ts';
import {
  add,
  below,
  loadWord,
  longProduct,
  not,
  shiftLeft,
  shiftRight,
  storeWord,
  subtract,
  whenElse,
  whileTrue,
  word,
} from './integers.ts';
import { WordSequence } from './random-words.ts';
import { entryOf, type GraphPlaces, startNode } from './walk.ts';

/** A layered graph in the memory: the rows of all layers, and the words that move up. */
export interface LayeredPlaces extends GraphPlaces {
  readonly up: number;
}

interface LayeredWalkParts {
  readonly places: LayeredPlaces;
  readonly options: LayeredWalkOptions;
  /** The index of the function that writes four random words of the stream `walks`. */
  readonly fill: number;
  /** Room for random words, from this address on plus the thread's own offset. */
  readonly scratch: number;
  readonly threadBase: Code;
}

/** `walk(number, out)`: writes the nodes of a walk and returns their number. */
export function layeredWalkFunction(parts: LayeredWalkParts): FunctionBody {
  const { places, options, fill, scratch, threadBase } = parts;
  const locals = new Locals([i32, i32]);
  const [walk, out] = [locals.parameter(0), locals.parameter(1)];
  const [base, current, layer, row, at, end, start, degree, drawn] = Array.from({ length: 9 }, () => locals.add(i32));
  const product = locals.add(i64);
  const words = new WordSequence(locals, { fill, base: base.get, offset: scratch, second: walk.get });
  const { nodes } = places;

  const step: Code = [
    start.set(loadWord(shiftLeft(row.get, 2), places.offsets)),
    degree.set(subtract(loadWord(shiftLeft(row.get, 2), places.offsets + 4), start.get)),
    // out of this block, the other one and the loop
    [not(degree.get), branchIf(2)],
    words.next(drawn),
    product.set(longProduct(drawn.get, degree.get)),
    entryOf(places, { start, product, entry: drawn }),
    current.set(loadWord(shiftLeft(drawn.get, 2), places.neighbors)),
    storeWord(at.get, 0, current.get),
    at.set(plus(at.get, 4)),
  ];
  const move: Code = [
    words.next(drawn),
    whenElse(
      below(drawn.get, loadWord(shiftLeft(row.get, 2), places.up)),
      layer.set(add(layer.get, word(nodes))),
      when(layer.get, layer.set(subtract(layer.get, word(nodes)))),
    ),
  ];
  return locals.body(
    [
      base.set(threadBase),
      startNode({ places, fill, scratch }, { base, walk, current, locals }),
      storeWord(out.get, 0, current.get),
      at.set(plus(out.get, 4)),
      end.set(plus(out.get, 4 * options.walkLength)),
      layer.set(int(0)),
      words.start(),
      whileTrue(below(at.get, end.get), [
        row.set(add(layer.get, current.get)),
        words.next(drawn),
        whenElse(below(drawn.get, word(threshold(options.stayProbability))), step, move),
      ]),
      shiftRight(subtract(at.get, out.get), 2),
    ],
    [i32],
  );
}
