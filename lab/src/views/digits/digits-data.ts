/** Reads the file of digits, which `digits-file.ts` makes in the build. */

export const side = 28;
export const pixelCount = side * side;
/** The digits at the end of the file, which are not trained on: 100 of each class. */
export const heldOutCount = 1000;

export interface Digits {
  readonly labels: Uint8Array;
  /** From 0 to 1, in 16 levels. [digits, 784] */
  readonly pixels: Float32Array;
}

/** Unpacks the file. Throws an Error if it is cut off. */
export async function readDigits(file: Blob): Promise<Digits> {
  const stream = file.stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** One byte for each label, then half a byte for each pixel. */
export function unpack(bytes: Uint8Array): Digits {
  const count = bytes.length / (1 + pixelCount / 2);
  if (!Number.isInteger(count) || count <= heldOutCount) throw new Error('The file of digits is incomplete.');
  const pixels = new Float32Array(count * pixelCount);
  for (let i = 0, at = count; at < bytes.length; at++) {
    pixels[i++] = (bytes[at] >> 4) / 15;
    pixels[i++] = (bytes[at] & 15) / 15;
  }
  return { labels: bytes.slice(0, count), pixels };
}

/** The rows from one digit to another, as training takes them. */
export function rowsOf({ pixels }: Digits, from: number, to: number): Float32Array[] {
  return Array.from({ length: to - from }, (_, i) =>
    pixels.subarray((from + i) * pixelCount, (from + i + 1) * pixelCount),
  );
}
