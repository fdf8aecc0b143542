import { expect, test } from 'vitest';
import { crc32 } from './checksum.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('CRC-32: the published check value, no bytes, and the same checksum in two parts as in one', () => {
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
  expect(crc32(bytes(''))).toBe(0);
  expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(0xcbf43926);
});
