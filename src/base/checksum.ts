/**
 * CRC-32, as in gzip and PNG: detects that a file is incomplete or was changed. Source: ISO 3309; RFC 1952, section 8.
 * Eight bytes at a time: Kounavis and Berry, "A systematic approach to building high performance, software-based, CRC generators"
 * (2005), "slicing by 8".
 */

/** Table k has the change by a byte that k bytes follow: entry 256·k + byte. */
const tables = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let code = byte;
  for (let bit = 0; bit < 8; bit++) code = code & 1 ? (code >>> 1) ^ 0xedb88320 : code >>> 1;
  tables[byte] = code;
}
for (let at = 256; at < tables.length; at++) {
  const before = tables[at - 256];
  tables[at] = (before >>> 8) ^ tables[before & 0xff];
}

/** The checksum of bytes that follow others with the checksum `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const { length } = bytes;
  let code = ~before;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    code ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    code =
      tables[0x700 | (code & 0xff)] ^
      tables[0x600 | ((code >>> 8) & 0xff)] ^
      tables[0x500 | ((code >>> 16) & 0xff)] ^
      tables[0x400 | (code >>> 24)] ^
      tables[0x300 | bytes[i + 4]] ^
      tables[0x200 | bytes[i + 5]] ^
      tables[0x100 | bytes[i + 6]] ^
      tables[bytes[i + 7]];
  }
  for (; i < length; i++) code = (code >>> 8) ^ tables[(code ^ bytes[i]) & 0xff];
  return ~code >>> 0;
}
