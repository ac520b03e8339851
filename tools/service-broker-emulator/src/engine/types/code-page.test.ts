import { describe, expect, test } from 'vitest';
import { codePage } from './code-page.ts';

describe('code pages of one byte', () => {
  test.each([874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258])('all 256 bytes of %i come back', (number) => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const page = codePage(number);
    expect(Buffer.from(page.encode(page.decode(all)))).toEqual(Buffer.from(all));
  });

  test.each([
    [1252, 'żółw Ωć ∞ ＡＢ', 'zólw Oc 8 AB'],
    [1252, 'Привет 🐢', '?????? ??'],
    [1251, 'Café Привет', 'Cafe Привет'],
    [1253, 'Γεια Ж', 'Γεια ?'],
    [1257, 'é Привет', 'é ??????'],
    [932, 'café 日本 ß 🐢', 'cafe 日本 s ??'],
    [936, '中文 À', '中文 à'],
  ])('%i keeps of %s: %s', (number, text, kept) => {
    expect(codePage(number).fit(text)).toBe(kept);
    expect(codePage(number).decode(codePage(number).encode(text))).toBe(kept);
  });
});

test.each([
  [932, 'こんにちは', '82b182f182c982bf82cd'],
  [936, '中文', 'd6d0cec4'],
  [949, '안녕', 'bec8b3e7'],
  [950, '中文', 'a4a4a4e5'],
  [65001, '中', 'e4b8ad'],
])('%i has %s as 0x%s', (number, text, hex) => {
  const page = codePage(number);
  expect(Buffer.from(page.encode(text)).toString('hex')).toBe(hex);
  expect(page.byteLength(text)).toBe(hex.length / 2);
  expect(page.decode(Buffer.from(hex, 'hex'))).toBe(text);
});

test('bytes that are not text are refused, not changed', () => {
  expect(() => codePage(936).decode(Uint8Array.of(0xd6))).toThrow(expect.objectContaining({ number: 40000 }));
  expect(() => codePage(65001).decode(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ number: 9833 }));
});
