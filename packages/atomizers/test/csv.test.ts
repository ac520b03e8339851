import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';

const rowsOf = async (csv: string, name = 'a.csv') => {
  const { drafts } = await atomize(bytesSource(name, Buffer.from(csv)));
  return drafts.map((draft) => [draft.atomType, draft.metadata?.values ?? null]);
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

test('a quote that is never closed is refused with its line', async () => {
  const failure = atomize(bytesSource('a.csv', Buffer.from('a,b\n1,2\n3,"x\n')));
  await expect(failure).rejects.toMatchObject({ code: 'FILE_BROKEN', format: 'CSV' });
  await expect(failure).rejects.toThrow('the row starts in line 3');
});
