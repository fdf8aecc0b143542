/** Texts and numbers as pieces of a file, so that a large file is never in memory as a whole. */

/** The number of characters, or bytes, in a piece at least, except for the last. */
const pieceLength = 2 ** 18;

/** Encodes texts as UTF-8 in pieces. */
export async function* textPieces(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let held: string[] = [];
  let length = 0;
  for (const text of texts) {
    held.push(text);
    length += text.length;
    if (length < pieceLength) continue;
    yield encoder.encode(held.join(''));
    held = [];
    length = 0;
  }
  if (length > 0) yield encoder.encode(held.join(''));
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of float32 numbers, little-endian. */
export function float32Bytes(numbers: Float32Array): Uint8Array {
  if (isLittleEndian) return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const bytes = new Uint8Array(numbers.byteLength);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => {
    view.setFloat32(4 * i, number, true);
  });
  return bytes;
}

/** The float32 numbers in little-endian bytes, which are copied. */
export function float32Numbers(bytes: Uint8Array): Float32Array {
  const numbers = new Float32Array(bytes.length / 4);
  if (isLittleEndian) {
    new Uint8Array(numbers.buffer).set(bytes);
    return numbers;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < numbers.length; i++) numbers[i] = view.getFloat32(4 * i, true);
  return numbers;
}

/** The bytes of many float32 numbers in pieces. */
export function* float32Pieces(numbers: Float32Array): Generator<Uint8Array> {
  for (let at = 0; at < numbers.length; at += pieceLength) yield float32Bytes(numbers.subarray(at, at + pieceLength));
}
