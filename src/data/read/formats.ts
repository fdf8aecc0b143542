/** The table formats. A new format is its own file and a line here. */
import { arrow } from './arrow/index.ts';
import { csv } from './csv/index.ts';
import type { BinaryFormat, TextFormat } from './format.ts';
import { json } from './json.ts';
import { jsonLines } from './json-lines.ts';
import { parquet } from './parquet/index.ts';

export const binaryFormats: readonly BinaryFormat[] = [parquet, arrow];

/** In the order in which they are tried: JSON Lines begin as JSON does, and CSV is any other text. */
export const textFormats: readonly TextFormat[] = [jsonLines, json, csv];
