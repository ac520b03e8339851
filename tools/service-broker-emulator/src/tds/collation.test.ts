import { expect, test } from 'vitest';
import { collationBytes } from '../engine/types/collation-bytes.ts';
import { decodeCharacters, encodeCharacters, isUtf8Collation } from './collation.ts';

test('the default collation has the bytes that SQL Server sends for it', () => {
  expect(collationBytes(undefined).toString('hex')).toBe('0904d00034');
  expect(collationBytes('SQL_Latin1_General_CP1_CI_AS')).toEqual(collationBytes(undefined));
});

test('comparison flags and version follow from the name', () => {
  expect(collationBytes('Latin1_General_BIN2').toString('hex')).toBe('0904000200');
  expect(collationBytes('Latin1_General_100_CS_AS_KS_WS').toString('hex')).toBe('0904002000');
  expect(isUtf8Collation(collationBytes('Latin1_General_100_CI_AS_SC_UTF8'))).toBe(true);
  expect(isUtf8Collation(collationBytes(undefined))).toBe(false);
});

test('all 256 bytes of code page 1252 survive decoding and encoding', () => {
  const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i));
  expect(decodeCharacters(all, false)).toContain('€');
  expect(encodeCharacters(decodeCharacters(all, false), false)).toEqual(all);
});
