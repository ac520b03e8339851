import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomize, slicedSource, textOf } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const json = (text: string, name = 'a.json') => bytesSource(name, Buffer.from(text));

test('scalars have pointers, elements of the outermost array are records', async () => {
  const { atomizer, drafts } = await atomize(
    json('{"a/b": 12345678901234567890.10, "list": [{"x": [1, "\\u00e9"]}, [], true]}'),
  );
  expect(atomizer).toBe('json');
  expectInvariants(drafts);
  expect(drafts.map((draft) => [draft.atomType, draft.metadata?.pointer, textOf(draft), draft.parent])).toEqual([
    ['json-value', '/a~1b', '12345678901234567890.10', null],
    ['json-record', '/list/0', '{"x": [1, "\\u00e9"]}', null],
    ['json-value', '/list/0/x/0', '1', 1],
    ['json-value', '/list/0/x/1', '"\\u00e9"', 1],
    ['json-value', '/list/1', '[]', null],
    ['json-value', '/list/2', 'true', null],
  ]);
  expect(drafts[3]).toMatchObject({ canonicalText: 'é', startOffset: 52, endOffset: 60 });
});

/** Every scalar and empty container of a value, by pointer. */
function flatten(value: unknown, pointer = ''): [string, unknown][] {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return [[pointer, value]];
  return Object.entries(value).flatMap(([key, each]) =>
    flatten(each, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

// JSON.parse can't set it as a property, which says nothing about this package.
const jsonValue = fc
  .jsonValue({ maxDepth: 5, stringUnit: 'binary' })
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

test.each(['a.json', 'a.ndjson'])('property: the leaves of %s are the values, exactly', async (name) => {
  await fc.assert(
    fc.asyncProperty(
      jsonValue,
      fc.integer({ min: 0, max: name === 'a.json' ? 3 : 0 }),
      fc.integer({ min: 1, max: 30 }),
      async (value, indent, slice) => {
        const text = JSON.stringify(value, null, indent);
        const bytes = Buffer.from(text);
        const whole = await atomize(json(text, name), { limits: { maxSectionLength: 64 } });
        expectInvariants(whole.drafts);
        const leaves = whole.drafts.filter((draft) => draft.isLeaf);
        expect(leaves.map((draft) => [draft.metadata?.pointer, JSON.parse(textOf(draft))])).toEqual(
          flatten(JSON.parse(text)),
        );
        for (const draft of whole.drafts)
          expect(bytes.subarray(draft.startOffset!, draft.endOffset!)).toEqual(draft.content);
        expect(await atomize(slicedSource(name, bytes, [slice]), { limits: { maxSectionLength: 64 } })).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

test('values across the blocks that are read are whole, and records that are too long belong to the file', async () => {
  const rows = Array.from({ length: 4000 }, (_, id) => ({ id, text: `\\"é😀`.repeat(id % 13) }));
  const long = { id: -1, text: 'x'.repeat(300_000), more: [1, 2] };
  const { drafts } = await atomize(json(JSON.stringify({ rows: [...rows, long] })));
  const records = drafts.filter((draft) => draft.atomType === 'json-record');
  expect(records.map((draft) => JSON.parse(textOf(draft)))).toEqual(rows);
  expect(drafts.slice(-4).map((draft) => [draft.metadata?.pointer, draft.parent])).toEqual([
    ['/rows/4000/id', null],
    ['/rows/4000/text', null],
    ['/rows/4000/more/0', null],
    ['/rows/4000/more/1', null],
  ]);
});

test.each([
  ['{"a" 1}', 'NUMBER where colon should be'],
  ['{"a":1 "b":2}', 'STRING where end of value should be'],
  ['{1:2}', 'NUMBER where key should be'],
  ['[1', 'it ends before its value does'],
  ['[1]]', 'line 1, column 4: there is RIGHT_BRACKET where the end should be'],
  ['[1}', 'RIGHT_BRACE where end of value should be'],
  ['[1,\n nul]', "line 2, column 2: nul isn't JSON"],
  ['["a', 'or no end'],
  ['[01]', 'NUMBER where end of value should be'],
])('%s is refused: %s', async (text, message) => {
  const failure = atomize(json(text));
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toMatchObject({ code: 'FILE_BROKEN', format: 'JSON', retryable: false });
});

test('a broken line of NDJSON is named', async () => {
  await expect(atomize(json('{"a":1}\n\n{"a":\n', 'a.jsonl'))).rejects.toThrow('line 3');
});

test('JSON without extension is known by its text', async () => {
  expect((await atomize(json('{"a":[1]}', 'payload'))).atomizer).toBe('json');
  expect((await atomize(json('[section]\nkey=1', 'payload'))).atomizer).toBe('text');
});

test.each([
  ['100,000 levels', '['.repeat(100_000), 'NESTING_TOO_DEEP'],
  ['a string of 5 MB', `["${'x'.repeat(5_000_000)}"]`, 'VALUE_TOO_LARGE'],
  ['a number of 5 MB', '1'.repeat(5_000_000), 'VALUE_TOO_LARGE'],
])('%s is refused', async (_, text, code) => {
  await expect(atomize(json(text))).rejects.toMatchObject({ code });
});

test.each([
  ['records one a line', '{"a":1}\n{"a":2}\n', 'ndjson', ['1', '2']],
  ['values one after the other', '{"a":\n1} {"a":2}[3]', 'json', ['1', '2', '3']],
  ['a sequence of RFC 7464', '\u001e{"a":1}\n\u001e{"a":2}\n', 'ndjson', ['1', '2']],
  ['nothing', ' \n', 'json', []],
])('JSON may be %s', async (_, text, atomizer, values) => {
  const result = await atomize(json(text));
  expect(result.atomizer).toBe(atomizer);
  expect(result.drafts.filter(({ isLeaf }) => isLeaf).map((draft) => draft.canonicalText)).toEqual(values);
});

test.each(['{\n  // note\n  "a": 1\n}', '{"a": [1, 2,],}', '/* note */ {}'])(
  'settings with comments are code: %s',
  async (text) => {
    expect((await atomize(json(text))).atomizer).toBe('source-code');
  },
);

test('keys that add up to a long pointer are cut in it', async () => {
  const { drafts } = await atomize(json(`${`{"${'k'.repeat(1100)}":`.repeat(2)}[0]}}`));
  expect(drafts).toHaveLength(1);
  expect(String(drafts[0]!.metadata?.pointer)).toMatch(/^\/k{1100}\/k{900,950}…$/);
});
