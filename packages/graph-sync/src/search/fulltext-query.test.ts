import { expect, test } from 'vitest';
import { fulltextQuery } from './fulltext-query.ts';

test.each([
  ['service broker', '"service" AND "broker"'],
  ['  a\ta\nb ', '"a" AND "b"'],
  ['NOT wild* field:x (y', '"NOT" AND "wild*" AND "field:x" AND "(y"'],
  ['say "hi" \\o/', '"say" AND "\\"hi\\"" AND "\\\\o/"'],
  ['+ - && || !', ''],
  ['日本語 straße', '"日本語" AND "straße"'],
  ['', ''],
])('%j becomes %j', (text, query) => {
  expect(fulltextQuery(text)).toBe(query);
});
