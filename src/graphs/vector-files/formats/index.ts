/** The formats of vector files. A new format is its own file and a line here. */
import type { VectorFormat } from '../vector-format.ts';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { npy } from './npy.ts';
import { parquet } from './parquet.ts';
import { projector } from './projector.ts';
import { safetensors } from './safetensors.ts';
import { word2vecBinary } from './word2vec-binary.ts';
import { word2vecText } from './word2vec-text.ts';

export const vectorFormats: readonly VectorFormat[] = [
  word2vecText,
  word2vecBinary,
  npy,
  safetensors,
  parquet,
  jsonLines,
  projector,
  csv,
];
