import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidBrokerOptionsError } from './errors.ts';
import { parseQualifiedName, quoteName, quoteQualifiedName } from './identifiers.ts';

test.each([
  ['Queue', '[dbo].[Queue]'],
  ['dbo.Queue', '[dbo].[Queue]'],
  ['[dbo].[Queue]', '[dbo].[Queue]'],
  ['sales.[My.Queue]', '[sales].[My.Queue]'],
  ['[a]]b].c', '[a]]b].[c]'],
])('%s is %s', (text, quoted) => {
  expect(quoteQualifiedName(text)).toBe(quoted);
});

test.each(['', 'a.b.c', 'dbo.', '.Queue', 'dbo.Queue; DROP TABLE x', '[dbo', 'dbo]', 'my queue'])(
  '%j is refused',
  (text) => {
    expect(() => quoteQualifiedName(text)).toThrow(InvalidBrokerOptionsError);
  },
);

test.each(['', 'x'.repeat(129), 'a\0b'])('the name %j is refused', (name) => {
  expect(() => quoteName(name)).toThrow(InvalidBrokerOptionsError);
});

test('property: a quoted name is one bracketed token that gives the name back', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(']', '[', "'", '.', ';', 'a', ' ') }),
      (name) => {
        const quoted = quoteName(name);
        expect(quoted).toMatch(/^\[(?:[^\]]|\]\])+\]$/);
        expect(parseQualifiedName(quoted)).toEqual({ schema: 'dbo', name });
        expect(parseQualifiedName(`${quoted}.${quoted}`)).toEqual({ schema: name, name });
      },
    ),
  );
});
