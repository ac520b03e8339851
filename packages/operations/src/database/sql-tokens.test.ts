import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameOf, sqlTokens } from './sql-tokens.ts';

const kinds = (text: string) => [...sqlTokens(text)].filter(({ kind }) => kind !== 'space').map(({ kind }) => kind);

test('the tokens joined are the text, whatever the text is', () => {
  const pieces = fc.constantFrom(
    "'",
    '"',
    '[',
    ']',
    '/*',
    '*/',
    '--',
    '\n',
    '\r\n',
    'GO',
    ' ',
    '0x1F',
    '1.5e3',
    'é',
    '😀',
  );
  const text = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 40 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (script) => {
      expect([...sqlTokens(script)].map((token) => token.text).join('')).toBe(script);
    }),
    { numRuns: 500 },
  );
});

test('block comments nest, and a quote in them opens nothing', () => {
  expect(kinds("/* a /* 'b */ */ SELECT")).toEqual(['comment', 'word']);
});

test('doubled quotes stay inside', () => {
  expect(kinds('\'it\'\'s\' [a]]b] "c""d"')).toEqual(['string', 'quotedName', 'quotedName']);
  expect([...sqlTokens('[a]]b]')].map(nameOf)).toEqual(['a]b']);
});

test('a token knows the line on which it begins', () => {
  const word = [...sqlTokens("'one\ntwo'\r\n/* three\n*/ four")].find(({ text }) => text === 'four');
  expect(word?.line).toBe(4);
});
