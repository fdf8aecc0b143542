/**
 * Converts values of Parquet's types to cells of a table: 64-bit integers to their digits if a number would round them, and
 * times to ISO 8601. Source: LogicalTypes.md, at github.com/apache/parquet-format.
 */
import { torn } from '../budget.ts';
import { decimalCell } from '../decimals.ts';
import type { Cell } from '../read.ts';
import { dateText } from '../times.ts';
import { textOfBytes, unusable } from '../unusable.ts';
import type { ParquetColumn } from './file.ts';

/** Raw values: 64-bit integers are bigints if a number would round them; 96-bit integers and texts are bytes. */
export type Raw = number | bigint | boolean | Uint8Array;

/** Fields of the union of logical types. */
const logical = {
  decimal: 5,
  date: 6,
  timestamp: 8,
  integer: 10,
  bson: 13,
  uuid: 14,
  float16: 15,
  geometry: 17,
  geography: 18,
};
/** Converted types, which older files use instead. */
const converted = {
  decimal: 5,
  date: 6,
  millis: 9,
  micros: 10,
  uint32: 13,
  uint64: 14,
  json: 19,
  bson: 20,
  interval: 21,
};

/** The maximum number of bytes of a decimal: longer ones are beyond the range of a number. */
const maxDecimalBytes = 128;

/** An integer in two's complement, with the highest byte first. */
function wholeNumber(bytes: Uint8Array): bigint {
  if (bytes.length > maxDecimalBytes) torn(`a decimal has ${bytes.length} bytes`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** A 16-bit number of IEEE 754. */
export function float16(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Spark's and Impala's times: nanoseconds of the day, and the Julian day. */
function julian(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const nanoseconds = BigInt(view.getInt32(8, true) - 2440588) * 86_400_000_000_000n + view.getBigUint64(0, true);
  return dateText(Number(nanoseconds / 1_000_000n));
}

function json(bytes: Uint8Array): Cell {
  const text = textOfBytes(bytes);
  // lists and objects are not read, because they would take memory before the column is left out
  if (/^\s*[[{]/.test(text)) unusable('its cells are lists or structures in JSON');
  return (JSON.parse(text) as Cell) ?? undefined;
}

/** Why the cells of a column cannot be cells of a table, as the end of "left out: …"; undefined if they can. */
export function unreadable(column: ParquetColumn): string | undefined {
  if (column.isNested) return 'its cells are lists or structures';
  const { converted: code, logical: kind } = column;
  if (kind?.has(logical.geometry) || kind?.has(logical.geography)) return 'its cells are shapes on a map';
  if (code === converted.bson || kind?.has(logical.bson)) return 'its cells are BSON';
  if (code === converted.interval) return 'its cells are intervals of time';
  if (column.type !== 'fixed') return undefined;
  const isKnown =
    column.converted === converted.decimal ||
    kind?.has(logical.decimal) ||
    kind?.has(logical.uuid) ||
    kind?.has(logical.float16);
  return isKnown ? undefined : 'its cells are bytes';
}

/** A function from a column's raw values to cells. */
export function cellMaker({
  name,
  type,
  width,
  converted: code,
  logical: kind,
  scale,
}: ParquetColumn): (raw: Raw) => Cell {
  if (code === converted.decimal || kind?.has(logical.decimal)) {
    return (raw) => decimalCell(raw instanceof Uint8Array ? wholeNumber(raw) : (raw as number | bigint), scale);
  }
  if (type === 'int96') return (raw) => julian(raw as Uint8Array);
  if (code === converted.date || kind?.has(logical.date)) return (raw) => dateText(Number(raw) * 86_400_000);
  const unit = kind?.struct(logical.timestamp)?.struct(2);
  if (code === converted.micros || unit?.has(2)) {
    return (raw) => dateText(typeof raw === 'bigint' ? Number(raw / 1000n) : thousands(raw as number));
  }
  if (code === converted.millis || unit?.has(1)) return (raw) => dateText(Number(raw));
  if (unit?.has(3)) return (raw) => dateText(Number(BigInt(raw as number) / 1_000_000n));
  if (type === 'bytes') {
    if (code === converted.json) return (raw) => json(raw as Uint8Array);
    return (raw) => textOfBytes(raw as Uint8Array);
  }
  if (type === 'fixed') {
    if (width !== (kind?.has(logical.float16) ? 2 : 16)) torn(`values of column "${name}" have ${width} bytes`);
    if (kind?.has(logical.float16)) return (raw) => float16((raw as Uint8Array)[0] | ((raw as Uint8Array)[1] << 8));
    return (raw) => uuid(raw as Uint8Array);
  }
  const whole = kind?.struct(logical.integer);
  const isUnsigned = whole !== undefined && whole.boolean(2) === false;
  if (type === 'int32' && (code === converted.uint32 || (isUnsigned && whole.number(1) === 32))) {
    return (raw) => (raw as number) >>> 0;
  }
  if (type === 'int64') {
    if (code === converted.uint64 || (isUnsigned && whole.number(1) === 64)) {
      return (raw) =>
        (raw as number) >= 0 ? whole64(raw as number) : String(BigInt.asUintN(64, BigInt(raw as number)));
    }
    return (raw) => whole64(raw as number | bigint);
  }
  return (raw) => raw as number | boolean;
}

const whole64 = (raw: number | bigint): Cell => (typeof raw === 'bigint' ? String(raw) : raw);
/** An integer divided by a thousand, without the fraction. */
const thousands = (value: number) => (value - (value % 1000)) / 1000;

function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
