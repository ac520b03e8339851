import { expect, test } from 'vitest';
import { collationBytes } from '../engine/types/collation-bytes.ts';
import { codePageOfCollation, collationOfClient } from './collation.ts';

test('the default collation has the bytes that SQL Server sends for it', () => {
  expect(collationBytes(undefined).toString('hex')).toBe('0904d00034');
  expect(collationBytes('SQL_Latin1_General_CP1_CI_AS')).toEqual(collationBytes(undefined));
});

test('language, comparison flags and version follow from the name', () => {
  expect(collationBytes('Latin1_General_BIN2').toString('hex')).toBe('0904000200');
  expect(collationBytes('Latin1_General_100_CS_AS_KS_WS').toString('hex')).toBe('0904002000');
  expect(collationBytes('Chinese_PRC_CI_AS').toString('hex')).toBe('0408d00000');
  expect(collationBytes('Chinese_Taiwan_Bopomofo_BIN').toString('hex')).toBe('0404030100');
});

test.each([
  [undefined, 1252],
  ['Latin1_General_100_CI_AS_SC_UTF8', 65001],
  ['Cyrillic_General_CI_AS', 1251],
  ['Japanese_Unicode_CI_AS', 932],
  ['Chinese_Traditional_Stroke_Order_100_CI_AS', 950],
  ['SQL_Polish_CP1250_CI_AS', 1250],
  ['SQL_Latin1_General_CP1_CS_AS', 1252],
  ['Thai_100_CS_AS', 874],
])('bytes of %s say code page %i', (name, number) => {
  expect(codePageOfCollation(collationBytes(name))).toBe(number);
  expect(codePageOfCollation(collationBytes(collationOfClient(number)))).toBe(number);
});
