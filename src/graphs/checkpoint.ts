/**
 * A checkpoint of an embedding: the state of a training as the parts of a safetensors file. It identifies its run, and has a
 * checksum that reveals an incomplete file. The caller writes and reads the files.
 */
import { crc32 } from '../base/checksum.ts';
import { fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { ForeignCheckpoint } from '../train/foreign-checkpoint.ts';
import type { TrainingState } from './method.ts';

const format = 'chainrule-checkpoint';
const formatVersion = '1';

/** What two runs must have in common for one to resume the other's checkpoint: texts by name. */
export type RunIdentity = Readonly<Record<string, string>>;

/** A file to read from: its size in bytes, and a function that fills an array from a position. */
export interface CheckpointSource {
  readonly size: number;
  read(position: number, into: Uint8Array): void;
}

interface TableHeader {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const unsummed = '00000000';
/** What comes before the checksum, which is the first of the metadata. */
const sumStart = '{"__metadata__":{"checksum":"';
const sumAt = 8 + sumStart.length;
/** A longer header is not one of these files. */
const maxHeaderBytes = 1_000_000;

const hex = (sum: number) => sum.toString(16).padStart(8, '0');
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** The parts of a checkpoint's file, in order. The tables of the state are not copied. */
export function checkpointParts({ position, tables }: TrainingState, identity: RunIdentity): Uint8Array[] {
  const header: Record<string, unknown> = {
    __metadata__: {
      checksum: unsummed,
      format,
      formatVersion,
      position: String(position),
      run: JSON.stringify(identity),
    },
  };
  let end = 0;
  for (const [name, { length, byteLength }] of Object.entries(tables)) {
    header[name] = { dtype: 'F32', shape: [length], data_offsets: [end, end + byteLength] };
    end += byteLength;
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  // The tables begin at a multiple of eight bytes.
  const start = new Uint8Array(Math.ceil((8 + json.length) / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  const parts = [start, ...Object.values(tables).map(bytesOf)];
  const sum = parts.reduce((before, part) => crc32(part, before), 0);
  start.set(new TextEncoder().encode(hex(sum)), sumAt);
  return parts;
}

const fix = 'Remove this file to resume from an older checkpoint, or start again with --overwrite.';
const refuse = (what: string, where: string): never => fail({ what, where, fix });

/**
 * The state in a checkpoint. Throws an InputError if the file is not a complete checkpoint, and a ForeignCheckpoint that names the
 * difference if it is one of another run.
 */
export function readCheckpoint(source: CheckpointSource, identity: RunIdentity, where = 'checkpoint'): TrainingState {
  const { header, start } = headerOf(source, where);
  const { __metadata__: metadata, ...described } = header;
  if (metadata?.format !== format) refuse('it is not a checkpoint', where);
  if (metadata.formatVersion !== formatVersion || metadata.run === undefined) {
    refuse('it is not a checkpoint of an embedding that this version of chainrule reads', where);
  }
  let sum = crc32(start);
  let at = 0;
  const tables: Record<string, Float32Array> = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(
    described as Record<string, TableHeader>,
  )) {
    const isWhole = dtype === 'F32' && offsets[0] === at && offsets[1] === at + 4 * shape[0];
    if (!isWhole || start.length + offsets[1] > source.size) refuse('it is incomplete', where);
    const table = new Float32Array(shape[0]);
    source.read(start.length + at, bytesOf(table));
    sum = crc32(bytesOf(table), sum);
    tables[name] = table;
    at = offsets[1];
  }
  if (start.length + at !== source.size || hex(sum) !== metadata.checksum) {
    refuse('its checksum is wrong: the file is incomplete or was changed', where);
  }
  checkIdentity(JSON.parse(metadata.run) as RunIdentity, identity, where);
  return { position: Number(metadata.position), tables };
}

interface Header {
  readonly __metadata__: Readonly<Record<string, string>>;
}

/** The header, and the bytes before the tables with the checksum blanked. */
function headerOf(
  { size, read }: CheckpointSource,
  where: string,
): { readonly header: Header; readonly start: Uint8Array } {
  const first = new Uint8Array(8);
  if (size < 8) refuse('it is incomplete', where);
  read(0, first);
  const length = Number(new DataView(first.buffer).getBigUint64(0, true));
  if (length > Math.min(maxHeaderBytes, size - 8)) refuse('it is incomplete, or not a checkpoint', where);
  const start = new Uint8Array(8 + length);
  read(0, start);
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(start.subarray(8))) as Header;
  } catch {
    return refuse('its header is not JSON', where);
  }
  start.set(new TextEncoder().encode(unsummed), sumAt);
  return { header, start };
}

/** Throws a ForeignCheckpoint that names the first difference. */
function checkIdentity(found: RunIdentity, own: RunIdentity, where: string): void {
  for (const name of new Set([...Object.keys(own), ...Object.keys(found)])) {
    if (found[name] === own[name]) continue;
    const values = name.startsWith('the ')
      ? `${name} is another one`
      : `${name} is ${clip(found[name] ?? 'not set')} there and ${clip(own[name] ?? 'not set')} in this run`;
    throw new ForeignCheckpoint({
      what: `it belongs to another run: ${values}`,
      where,
      fix: 'Resume with the edges and the options of that run, or start again with --overwrite.',
    });
  }
}
