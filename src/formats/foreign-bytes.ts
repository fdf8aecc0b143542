/** Which known file the bytes begin like, for the error of a file that is not the expected one. */

/** What some bytes are, and what to do with them. */
export interface ForeignKind {
  readonly what: string;
  readonly fix: string;
}

const inPython = 'In Python, write its weights as safetensors, and pass that file to fromStateDict.';
const fromBytes = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

/** The first bytes of formats, as their specifications give them. */
const beginnings: readonly (ForeignKind & { readonly bytes: readonly number[] })[] = [
  { bytes: fromBytes('PK\x03\x04'), what: 'a zip archive, such as an npz or a PyTorch file', fix: inPython },
  { bytes: fromBytes('\x93NUMPY'), what: 'a NumPy array (npy)', fix: 'Read an array with fromNpy.' },
  { bytes: fromBytes('\x89HDF'), what: 'an HDF5 file, such as a Keras model', fix: inPython },
  { bytes: [0x1f, 0x8b], what: 'compressed with gzip', fix: 'Decompress it first.' },
];

/**
 * The kind of a file by its first bytes; undefined if they are like none. ONNX has no signature: its first field is the version
 * (a varint, field 1), and a second field of the model follows (onnx.proto).
 */
export function foreignKind(bytes: Uint8Array): ForeignKind | undefined {
  const found = beginnings.find(({ bytes: first }) => first.every((byte, i) => bytes[i] === byte));
  if (found !== undefined) return { what: found.what, fix: found.fix };
  if (bytes[0] === 0x08 && bytes[1] < 0x80 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(bytes[2])) {
    return { what: 'an ONNX model, by its first bytes', fix: "Read it with fromOnnx of 'chainrule/formats'." };
  }
  const head = bytes.subarray(0, 64);
  if (!head.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte))) return undefined;
  const isJson = [0x5b, 0x7b].includes(head.find((byte) => byte > 0x20) ?? 0);
  return {
    what: isJson ? 'JSON' : 'text, such as CSV',
    fix: isJson ? 'An experiment is read with experiment.' : 'A table is read with readTable.',
  };
}
