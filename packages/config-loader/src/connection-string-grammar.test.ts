import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatConnectionStringPairs, parseConnectionStringPairs } from './connection-string-grammar.ts';
import { ConnectionStringError } from './errors.ts';

const parse = (text: string) => parseConnectionStringPairs(text).map(({ keyword, value }) => [keyword, value]);

test.each([
  ['', []],
  [' ;; ; ', []],
  ['a=1', [['a', '1']]],
  ['a=1;', [['a', '1']]],
  [
    ';a=1;;b=2;',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    ' a b = 1 2 ; c = 3 ',
    [
      ['a b', '1 2'],
      ['c', '3'],
    ],
  ],
  ['a=', [['a', '']]],
  [
    'a=;b=2',
    [
      ['a', ''],
      ['b', '2'],
    ],
  ],
  ['a=x=y', [['a', 'x=y']]],
  ['a==b=1', [['a=b', '1']]],
  ['a="1;2"', [['a', '1;2']]],
  [
    "a='1;2' ; b=3",
    [
      ['a', '1;2'],
      ['b', '3'],
    ],
  ],
  ['a="say ""hi"""', [['a', 'say "hi"']]],
  ["a='it''s'", [['a', "it's"]]],
  ['a=" x "', [['a', ' x ']]],
  ['a=x"y', [['a', 'x"y']]],
  [
    'a={x;b=y}',
    [
      ['a', '{x'],
      ['b', 'y}'],
    ],
  ],
])('%j is %j', (text, expected) => {
  expect(parse(text)).toEqual(expected);
});

test.each([
  ['abc', 'position 1 has no "="'],
  ['a=1;hunter2;b=3', 'position 5 has no "="'],
  ['=x', 'no keyword'],
  ['a="x', 'no closing quote'],
  ['a="x"y', 'goes on after its closing quote'],
])('%j is refused: %s', (text, message) => {
  expect(() => parse(text)).toThrow(ConnectionStringError);
  expect(() => parse(text)).toThrow(message);
  // Any part may be a password whose quotes were forgotten.
  expect(() => parse(text)).not.toThrow('hunter2');
});

const keyword = fc.stringMatching(/^[A-Za-z=][A-Za-z=_ ]{0,10}[A-Za-z=]$/);
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(';', '=', '"', "'", ' ', 'a', '{', '}', '\\', ',') }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

test('property: what is formatted is read back unchanged', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ keyword, value })), (pairs) => {
      expect(parse(formatConnectionStringPairs(pairs))).toEqual(pairs.map((pair) => [pair.keyword, pair.value]));
    }),
    { numRuns: 1_000 },
  );
});

test('property: any text is either read or refused with a ConnectionStringError', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(';', '=', '"', "'", ' ', 'a', 'b') }), (text) => {
      try {
        for (const pair of parseConnectionStringPairs(text)) expect(pair.keyword).toBe(pair.keyword.trim());
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectionStringError);
      }
    }),
    { numRuns: 1_000 },
  );
});
