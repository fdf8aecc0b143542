/** Arrow, as a file (Feather) or as a stream, as a table format. */
import type { BinaryFormat } from '../format.ts';

export const arrow: BinaryFormat = {
  name: 'arrow',
  title: 'Arrow',
  endings: ['.arrow', '.feather', '.arrows'],
  // a file begins with its name; a stream begins with a length
  magic: ['ARROW1', '\xff\xff\xff\xff'],
  async *parts(bytes, budget) {
    const { arrowParts } = await import('./arrow.ts');
    yield* arrowParts(bytes, budget);
  },
};
