import { expect, test } from 'vitest';
import { cutToWidth } from './cut-to-width.ts';

test.each([
  ['plain', 3, 'pla'],
  ['plain', 5, 'plain'],
  ['plain', Number.POSITIVE_INFINITY, 'plain'],
  ['数据库一', 6, '数据库'],
  ['数据库一', 7, '数据库'],
  ['a数', 2, 'a'],
  ['e\u0301e\u0301e', 2, 'e\u0301e\u0301'],
  ['한글 ｆｕｌｌ', 6, '한글 '],
  ['✓😀x', 3, '✓😀'],
  ['a\tb', 8, 'a\t'],
  ['a\tb', 9, 'a\tb'],
  ['', 4, ''],
])('%j in %d columns', (line, columns, expected) => {
  expect(cutToWidth(line, columns)).toBe(expected);
});
