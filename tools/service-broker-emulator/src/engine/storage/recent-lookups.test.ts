import { expect, test } from 'vitest';
import { tableOf } from '../../../test/support/storage-fixture.ts';
import { intType, nvarcharMaxType } from '../types/type-info.ts';
import { RecentLookups } from './recent-lookups.ts';

const definition = tableOf([['id', intType]]);
const statement = {};
const rows = [{ id: 1, values: [1] }];

test('what is asked a second time is kept, until the table is written to', () => {
  const recent = new RecentLookups(definition);
  recent.add(statement, 1, rows);
  expect(recent.get(statement, 1)).toBeUndefined();
  recent.add(statement, 1, rows);
  expect(recent.get(statement, 1)).toBe(rows);
  expect(recent.get({}, 1)).toBeUndefined();
  recent.clear();
  expect(recent.get(statement, 1)).toBeUndefined();
});

test('many keys that are asked once take no place of rows, and what was kept makes room for more', () => {
  const recent = new RecentLookups(definition);
  for (let round = 0; round < 2; round += 1) recent.add(statement, 0, rows);
  for (let key = 1; key < 256; key += 1) recent.add(statement, key, rows);
  expect(recent.get(statement, 0)).toBe(rows);
  expect(recent.get(statement, 255)).toBeUndefined();
  recent.add(statement, 256, rows);
  expect(recent.get(statement, 0)).toBeUndefined();
});

test('many rows and values of any size are not kept', () => {
  const recent = new RecentLookups(definition);
  const large = new RecentLookups(tableOf([['text', nvarcharMaxType]]));
  for (let round = 0; round < 2; round += 1) {
    recent.add(statement, 1, Array(5).fill(rows[0]));
    large.add(statement, 1, rows);
  }
  expect(recent.get(statement, 1)).toBeUndefined();
  expect(large.get(statement, 1)).toBeUndefined();
});
