import { expect, test } from 'vitest';
import { csvRowValues } from '../src/csv/csv-row-values.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize, atomizeWithNotes } from './atomize-support.ts';

const rowsOf = async (csv: string, name = 'a.csv') => {
  const { drafts } = await atomize(bytesSource(name, Buffer.from(csv)));
  return drafts.map((draft) => [draft.atomType, draft.values]);
};

test.each([';', '\t', '|', ','])('the delimiter %j is found', async (delimiter) => {
  const csv = [
    ['name', 'note'],
    ['"a,b;c|d"', '1'],
  ]
    .map((row) => row.join(delimiter))
    .join('\n');
  expect(await rowsOf(csv)).toEqual([
    ['csv-header', null],
    ['csv-row', { name: 'a,b;c|d', note: '1' }],
  ]);
});

test('a first row that does not read like names is a row; columns without name are counted', async () => {
  expect(await rowsOf('1,x\n\n2,y,z\n')).toEqual([
    ['csv-row', { 'column 1': '1', 'column 2': 'x' }],
    ['csv-blank', null],
    ['csv-row', { 'column 1': '2', 'column 2': 'y', 'column 3': 'z' }],
  ]);
});

test('a row with more fields than names keeps them all; a name of another world is just a name', async () => {
  expect(await rowsOf('__proto__,b\n1,2,3\n')).toEqual([
    ['csv-header', null],
    [
      'csv-row',
      Object.fromEntries([
        ['__proto__', '1'],
        ['b', '2'],
        ['column 3', '3'],
      ]),
    ],
  ]);
});

test('a quotation mark that is never closed is a character, and that is noted', async () => {
  const { drafts, notes } = await atomizeWithNotes(bytesSource('a.csv', Buffer.from('a,b\n1,2\n3,"x\n4,y\n')));
  expect(drafts.map((draft) => draft.values)).toEqual([
    null,
    { a: '1', b: '2' },
    { a: '3', b: '"x' },
    { a: '4', b: 'y' },
  ]);
  expect(notes).toEqual(['RECORDS_NOT_READ']);
});

test('rows of another length are noted', async () => {
  const { notes } = await atomizeWithNotes(bytesSource('a.csv', Buffer.from('a,b\n1,2\n3,4\n5\n')));
  expect(notes).toEqual(['ROWS_OF_ANOTHER_LENGTH']);
});

test.each([
  ['names and rows of words', 'name,city\nAnn,Oslo\n', [{ name: 'Ann', city: 'Oslo' }]],
  ['a row of words alone', 'a b,c d\n', []],
  [
    'numbers only',
    '1,2\n3,4\n',
    [
      { 'column 1': '1', 'column 2': '2' },
      { 'column 1': '3', 'column 2': '4' },
    ],
  ],
  [
    'years only',
    '2019,2020\n1,2\n',
    [
      { 'column 1': '2019', 'column 2': '2020' },
      { 'column 1': '1', 'column 2': '2' },
    ],
  ],
  [
    'equal words',
    'x,x\ny,y\n',
    [
      { 'column 1': 'x', 'column 2': 'x' },
      { 'column 1': 'y', 'column 2': 'y' },
    ],
  ],
  [
    'comments first',
    '# by Ann\n# 2026\nid;n\n1;2\n3;4\n',
    [
      { id: '1', n: '2' },
      { id: '3', n: '4' },
    ],
  ],
  ['one column', 'name\nAnn, Oslo\nBob\n', [{ name: 'Ann', 'column 2': ' Oslo' }, { name: 'Bob' }]],
  [
    'prices in euros',
    'item;price\ntea;1,50\nmilk, fresh;0,99\n',
    [
      { item: 'tea', price: '1,50' },
      { item: 'milk, fresh', price: '0,99' },
    ],
  ],
])('the header is distinguished from %s', async (_, csv, values) => {
  const rows = (await rowsOf(csv)).filter(([type]) => type === 'csv-row').map(([, each]) => each);
  expect(rows).toEqual(values);
});

test('Excel quotes fields of TSV, and they may have several lines', async () => {
  expect(await rowsOf('a\tb\n1\t"x ""y"""\n2\t"l1\nl2"\n3\tz\n', 'a.tsv')).toEqual([
    ['csv-header', null],
    ['csv-row', { a: '1', b: 'x "y"' }],
    ['csv-row', { a: '2', b: 'l1\nl2' }],
    ['csv-row', { a: '3', b: 'z' }],
  ]);
});

test('names of columns belong to the file: a row that two files have is one content, and is read by either header', async () => {
  const read = async (name: string, text: string) => {
    const file = await createDefaultRegistry().atomize(bytesSource(name, Buffer.from(text)));
    const drafts = [];
    for await (const draft of file.drafts) drafts.push(draft);
    return { row: drafts.at(-1), tables: file.reading().tables };
  };
  const first = await read('a.csv', 'name,city\nAnn,Oslo\n');
  const second = await read('b.csv', 'author,publisher\nAnn,Oslo\n');
  expect(first.row?.content).toEqual(second.row?.content);
  expect(JSON.stringify(first.row?.metadata)).toBe(JSON.stringify(second.row?.metadata));
  expect(second.tables).toEqual([
    { name: 'b.csv', delimiter: ',', quoting: 'doubled', columns: ['author', 'publisher'] },
  ]);
  expect(csvRowValues('Ann,Oslo\n', first.tables[0]!)).toEqual({ name: 'Ann', city: 'Oslo' });
  expect(csvRowValues('Ann,Oslo\n', second.tables[0]!)).toEqual({ author: 'Ann', publisher: 'Oslo' });
});
