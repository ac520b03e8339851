import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../test/support/storage-fixture.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { intType } from '../types/type-info.ts';
import { MemoryTable } from './memory-table.ts';
import { Transaction } from './transaction.ts';

const definition = tableOf(
  [
    ['id', intType],
    ['value', intType],
  ],
  [{ name: 'PK_t', kind: 'primaryKey', columns: [0] }],
);
const values = (table: MemoryTable): SqlRow[] => [...table.scan(undefined)].map((row) => row.values);

describe('a temp table', () => {
  test('loses what its transaction rolls back', () => {
    const table = new MemoryTable({ definition, transactional: true });
    const transaction = new Transaction(1n, 51);
    const { id } = table.insert(transaction, [1, 10]);
    transaction.endStatement();
    transaction.save('s');
    table.update(transaction, [{ id, values: [1, 11] }]);
    table.delete(transaction, [id]);
    transaction.rollbackToSavepoint('s');
    expect(values(table)).toEqual([[1, 10]]);
    table.truncate(transaction);
    transaction.rollback();
    expect(values(table)).toEqual([]);
  });

  test('refuses duplicate keys and finds rows by key among many', () => {
    const table = new MemoryTable({ definition, transactional: true });
    const transaction = new Transaction(1n, 51);
    for (let key = 1; key <= 100; key += 1) table.insert(transaction, [key, key]);
    expect(() => table.insert(transaction, [50, 0])).toThrow(expect.objectContaining({ number: 2627 }));
    const found = [...table.scan(transaction, { index: definition.indexes[0]!, equal: [50] })];
    expect(found.map((row) => row.values)).toEqual([[50, 50]]);
  });
});

describe('a table variable', () => {
  test('keeps its rows through a rollback', () => {
    const table = new MemoryTable({ definition, transactional: false });
    const transaction = new Transaction(1n, 51);
    table.insert(transaction, [1, 10]);
    transaction.endStatement();
    transaction.rollback();
    expect(values(table)).toEqual([[1, 10]]);
  });

  test('loses what a failed statement did to it, and nothing else', () => {
    const table = new MemoryTable({ definition, transactional: false });
    const transaction = new Transaction(1n, 51);
    table.insert(transaction, [1, 10]);
    transaction.endStatement();
    const mark = transaction.mark();
    table.insert(transaction, [2, 20]);
    expect(() => table.insert(transaction, [1, 0])).toThrow(expect.objectContaining({ number: 2627 }));
    transaction.rollbackTo(mark);
    transaction.endStatement();
    expect(values(table)).toEqual([[1, 10]]);
  });
});
