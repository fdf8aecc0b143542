/** Random 32-bit words in sequence, each a function of (seed, stream, sequence, index) alone. */
import { philox, type Stream, streams } from '../base/random.ts';

/** The words of one sequence. Word i is word `i % 4` of Philox at the counter (⌊i / 4⌋, second, third, 0). */
export class RandomWords {
  private readonly block = new Uint32Array(4);
  private index = 0;
  private second = 0;
  private third = 0;
  private readonly seed: number;
  private readonly stream: number;

  constructor(seed: number, stream: Stream) {
    this.seed = seed >>> 0;
    this.stream = streams[stream];
  }

  /** Goes to the first word of another sequence. */
  start(second: number, third = 0): void {
    this.index = 0;
    this.second = second;
    this.third = third;
  }

  /** An integer from 0 to 2³² − 1. */
  next(): number {
    const place = this.index % 4;
    if (place === 0) {
      philox(this.block, this.index / 4, this.second, this.third, 0, this.seed, this.stream);
    }
    this.index += 1;
    return this.block[place];
  }
}

/** A probability as a threshold: a random word is at most this with the probability, up to 2⁻³². */
export function threshold(probability: number): number {
  return Math.max(0, Math.min(2 ** 32 - 1, Math.floor(probability * 2 ** 32)));
}
