/** The words of `../words.ts` as code: four words in memory at a time. */
import { type Stream, streams } from '../../base/random.ts';
import { drawPair, type Words } from '../../engines/wasm/draws.ts';
import { access, type Code, call, type FunctionBody, i32, int } from '../../engines/wasm/encoder.ts';
import { scalars } from '../../engines/wasm/lanes.ts';
import { type Local, Locals, plus, when } from '../../engines/wasm/writer.ts';
import { add, and, loadWord, not, shiftRight } from './integers.ts';

/** `words(address, block, second, third)`: writes one block of four words. */
export function wordsFunction(seed: number, stream: Stream): FunctionBody {
  const locals = new Locals([i32, i32, i32, i32]);
  const [address, block, second, third] = [0, 1, 2, 3].map((i) => locals.parameter(i));
  const words = [0, 1, 2, 3].map(() => locals.add(i32)) as unknown as Words;
  const { code } = drawPair(locals, words, seed, streams[stream], scalars[4]);
  return locals.body([
    code(block.get, second.get, third.get),
    words.map((each, i) => [address.get, each.get, access['i32.store'](4 * i)]),
  ]);
}

/** A sequence of words within a function. */
export class WordSequence {
  private readonly count: Local;
  private readonly fill: number;
  private readonly base: Code;
  private readonly offset: number;
  private readonly second: Code;
  private readonly third: Code;

  /** `fill` is the index of a `wordsFunction`; 16 bytes at `base` plus `offset` hold a block. */
  constructor(
    locals: Locals,
    parts: {
      readonly fill: number;
      readonly base: Code;
      readonly offset: number;
      readonly second: Code;
      readonly third?: Code;
    },
  ) {
    this.count = locals.add(i32);
    this.fill = parts.fill;
    this.base = parts.base;
    this.offset = parts.offset;
    this.second = parts.second;
    this.third = parts.third ?? int(0);
  }

  start(): Code {
    return this.count.set(int(0));
  }

  /** Sets a local to the next word. */
  next(into: Local): Code {
    const { count, base, offset } = this;
    // `count` is four times the index of the word
    const place = and(count.get, int(12));
    return [
      when(not(place), [plus(base, offset), shiftRight(count.get, 4), this.second, this.third, call(this.fill)]),
      into.set(loadWord(add(base, place), offset)),
      count.set(plus(count.get, 4)),
    ];
  }
}
