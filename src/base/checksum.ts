/** CRC-32, as in gzip and PNG: detects that a file is incomplete or was changed. Source: ISO 3309; RFC 1952, section 8. */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let code = byte;
  for (let bit = 0; bit < 8; bit++) code = code & 1 ? (code >>> 1) ^ 0xedb88320 : code >>> 1;
  return code;
});

/** The checksum of bytes that follow others with the checksum `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let code = ~before;
  for (const byte of bytes) code = (code >>> 8) ^ table[(code ^ byte) & 0xff];
  return ~code >>> 0;
}
