import { expectLinear } from '@hartonomous/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonSource } from './json-source.ts';

const settings = (text: string) =>
  Object.fromEntries(parseJsonSource(text, 'a.json').entries.map((e) => [e.key, e.value]));

test('sections, lists, numbers, booleans, null and empty containers become flat text as in .NET', () => {
  const text = `{
    // a comment
    "Neo4j": { "Uri": "bolt://localhost:7687", "Enabled": true, "MaxSize": 1.50, },
    "Hosts": ["a", { "Port": 1 }],
    "Nothing": null, "EmptySection": {}, "EmptyList": [], /* trailing comma too */
  }`;
  expect(settings(text)).toEqual({
    'Neo4j:Uri': 'bolt://localhost:7687',
    'Neo4j:Enabled': 'True',
    'Neo4j:MaxSize': '1.50',
    'Hosts:0': 'a',
    'Hosts:1:Port': '1',
    Nothing: null,
    EmptySection: null,
    EmptyList: '',
  });
});

test('every value knows its line', () => {
  const { entries } = parseJsonSource('\uFEFF{\n  "A": 1,\n\n  "B": { "C": 2 }\n}', 'appsettings.json');
  expect(entries.map((entry) => entry.origin)).toEqual(['appsettings.json, line 2', 'appsettings.json, line 4']);
});

test('a key with colons is the same as sections, and two values for one key are a problem, whatever the case', () => {
  const { problems } = parseJsonSource('{\n "A": { "B": 1 },\n "a:b": 2\n}', 'a.json');
  expect(problems).toEqual([
    expect.objectContaining({
      kind: 'duplicate',
      key: 'a:b',
      source: 'a.json, line 3',
      expected: expect.stringContaining('a.json, line 2'),
    }),
  ]);
});

test.each([
  ['{ "A" 1 }', 'line 1, column 7', 'a colon'],
  ['{ "A": 1\n  "B": 2 }', 'line 2, column 3', 'a comma'],
  ['{ "A": 1', 'line 1', 'a closing }'],
  ['{ "A": "C:\\data" }', 'line 1', 'a valid escape'],
  ['{ A: 1 }', 'line 1', 'valid JSON'],
])('syntax error in %s is reported with its place', (text, place, expected) => {
  const { problems, entries } = parseJsonSource(text, 'a.json');
  expect(entries).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.source).toContain(place);
  expect(problems[0]?.expected).toContain(expected);
});

test.each(['', '[]', '"text"', '1'])('the root must be an object: %j', (text) => {
  expect(parseJsonSource(text, 'a.json').problems).toHaveLength(1);
});

test('property: every text value of any nested object is found under its path', () => {
  const name = fc.stringMatching(/^[A-Za-z]{1,5}$/);
  const tree = fc.letrec((tie) => ({
    node: fc.dictionary(name, fc.oneof(fc.string(), tie('node')), { minKeys: 1, maxKeys: 3, depthIdentifier: 'tree' }),
  })).node;
  fc.assert(
    fc.property(tree, (value) => {
      const expected = new Map<string, string>();
      const walk = (node: unknown, path: string[]): void => {
        for (const [key, child] of Object.entries(node as object)) {
          if (typeof child === 'string') expected.set([...path, key].join(':'), child);
          else walk(child, [...path, key]);
        }
      };
      walk(value, []);
      const { entries } = parseJsonSource(JSON.stringify(value), 'a.json');
      expect(new Map(entries.map((entry) => [entry.key, entry.value]))).toEqual(expected);
    }),
  );
});

test.each([
  ['many settings', (pieces: number) => `{${Array.from({ length: pieces }, (_, n) => `"a${n}":\n1`).join(',')}}`],
  ['many values of one key', (pieces: number) => `{${'"a":\n1,'.repeat(pieces)}}`],
  ['a long list', (pieces: number) => `{"a":[${'1,\n'.repeat(pieces)}]}`],
  ['brackets', (pieces: number) => '['.repeat(pieces)],
  ['comments', (pieces: number) => '/*'.repeat(pieces)],
  ['quotes', (pieces: number) => '"'.repeat(pieces)],
])('%s take time in proportion', (_, textOf) => {
  expectLinear(textOf, (text) => parseJsonSource(text, 'a.json'));
});
