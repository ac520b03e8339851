import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableOf, temporaryFolder } from '../../../test/support/storage-fixture.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { bigintType, intType, nvarcharMaxType, uniqueidentifierType } from '../types/type-info.ts';
import { DatabaseStore } from './database-store.ts';
import { DurableTable } from './durable-table.ts';
import type { TableStore } from './table-store.ts';
import { type Transaction, TransactionConflict } from './transaction.ts';
import { TransactionManager } from './transaction-manager.ts';

const keyed = tableOf(
  [
    ['id', intType],
    ['name', { name: 'nvarchar', length: 50 }],
  ],
  [
    { name: 'PK_t', kind: 'primaryKey', columns: [0] },
    { name: 'ix_name', kind: 'uniqueIndex', columns: [1] },
  ],
);
const [primaryKey, nameIndex] = keyed.indexes;

function start(definition = keyed, store = new DatabaseStore({ location: ':memory:' })) {
  const manager = new TransactionManager(store);
  const begin = (sessionId = 51): Transaction => manager.beginTransaction(sessionId);
  const setup = begin();
  const table = DurableTable.create(setup, { store, storageName: '1', database: 'd', definition });
  setup.commit(store);
  return { store, begin, table, [Symbol.dispose]: () => store[Symbol.dispose]() };
}

const rows = (table: TableStore, transaction?: Transaction): SqlRow[] =>
  [...table.scan(transaction)].map((row) => row.values).sort((a, b) => Number(a[0]) - Number(b[0]));

const idOf = (table: TableStore, key: SqlValue, transaction?: Transaction): number =>
  [...table.scan(transaction, { index: primaryKey!, equal: [key] })].find((row) => row.values[0] === key)!.id;

describe('a durable table', () => {
  test('shows a transaction its own changes, and others the committed rows until it commits', () => {
    using world = start();
    const { table, begin, store } = world;
    const writer = begin();
    table.insert(writer, [1, 'one']);
    expect(rows(table, writer)).toEqual([[1, 'one']]);
    expect(rows(table, begin())).toEqual([]);
    expect(rows(table)).toEqual([]);
    writer.commit(store);
    expect(rows(table)).toEqual([[1, 'one']]);
    expect(table.approximateRowCount).toBe(1);
  });

  test('what was looked up before is looked up anew once it was written to, and after a write that failed', () => {
    using world = start();
    const { table, begin, store } = world;
    const named = (name: string): SqlRow[] =>
      [...table.scan(undefined, { index: nameIndex!, equal: [name] })].map(({ values }) => values);
    const write = (work: (transaction: Transaction) => void, to: Pick<DatabaseStore, 'write'> = store): void => {
      const transaction = begin();
      work(transaction);
      transaction.commit(to);
    };
    expect(named('one')).toEqual([]);
    write((transaction) => table.insert(transaction, [1, 'one']));
    expect([named('ONE'), named('one'), named('two')]).toEqual([[[1, 'one']], [[1, 'one']], []]);
    write((transaction) => table.update(transaction, [{ id: idOf(table, 1), values: [1, 'two'] }]));
    expect([named('one'), named('two')]).toEqual([[], [[1, 'two']]]);
    const failing: Pick<DatabaseStore, 'write'> = {
      write: (work) =>
        store.write((database) => {
          work(database);
          expect(named('two')).toEqual([]);
          throw new Error('disk');
        }),
    };
    expect(() => write((transaction) => table.delete(transaction, [idOf(table, 1)]), failing)).toThrow('disk');
    expect(named('two')).toEqual([[1, 'two']]);
    write((transaction) => table.truncate(transaction));
    expect(named('two')).toEqual([]);
  });

  test('takes everything back to a savepoint, and all of it on rollback', () => {
    using world = start();
    const { table, begin, store } = world;
    const transaction = begin();
    table.insert(transaction, [1, 'one']);
    transaction.save('s');
    table.update(transaction, [{ id: idOf(table, 1, transaction), values: [1, 'changed'] }]);
    table.insert(transaction, [2, 'one']);
    transaction.rollbackToSavepoint('s');
    expect(rows(table, transaction)).toEqual([[1, 'one']]);
    transaction.rollback();
    const next = begin();
    expect(rows(table, next)).toEqual([]);
    table.insert(next, [2, 'one']);
    next.commit(store);
    expect(rows(table)).toEqual([[2, 'one']]);
  });

  test('refuses duplicate keys with the errors of the constraint and of the index', () => {
    using world = start();
    const { table, begin, store } = world;
    const transaction = begin();
    table.insert(transaction, [1, 'Name']);
    const fails = (values: SqlRow) => expect(() => table.insert(transaction, values));
    fails([1, 'x']).toThrow(
      expect.objectContaining({
        number: 2627,
        severity: 14,
        message:
          "Violation of PRIMARY KEY constraint 'PK_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).",
      }),
    );
    fails([2, 'NAME ']).toThrow(
      expect.objectContaining({
        number: 2601,
        message:
          "Cannot insert duplicate key row in object 'dbo.t' with unique index 'ix_name'. The duplicate key value is (NAME ).",
      }),
    );
    table.insert(transaction, [3, null]);
    fails([4, null]).toThrow('The duplicate key value is (<NULL>).');
    transaction.commit(store);
    const later = begin();
    expect(() => table.insert(later, [1, 'other'])).toThrow(expect.objectContaining({ number: 2627 }));
    expect(() => table.insert(later, [9, null])).toThrow(expect.objectContaining({ number: 2601 }));
  });

  test('lets one update exchange keys, and refuses it as a whole when two rows end with one key', () => {
    using world = start();
    const { table, begin, store } = world;
    const setup = begin();
    table.insert(setup, [1, 'a']);
    table.insert(setup, [2, 'b']);
    setup.commit(store);
    const [first, second] = [idOf(table, 1), idOf(table, 2)];
    const transaction = begin();
    table.update(transaction, [
      { id: first, values: [1, 'b'] },
      { id: second, values: [2, 'a'] },
    ]);
    expect(() =>
      table.update(transaction, [
        { id: first, values: [1, 'c'] },
        { id: second, values: [2, 'c'] },
      ]),
    ).toThrow(expect.objectContaining({ number: 2601 }));
    expect(rows(table, transaction)).toEqual([
      [1, 'b'],
      [2, 'a'],
    ]);
    transaction.commit(store);
    expect(rows(table)).toEqual([
      [1, 'b'],
      [2, 'a'],
    ]);
  });

  test('names the other transaction as blocker for its rows and its keys, until it ends', () => {
    using world = start();
    const { table, begin, store } = world;
    const setup = begin();
    table.insert(setup, [1, 'a']);
    setup.commit(store);
    const id = idOf(table, 1);
    const [holder, other] = [begin(51), begin(52)];
    table.update(holder, [{ id, values: [1, 'b'] }]);
    table.insert(holder, [2, 'new']);
    const blocked = (work: () => unknown) => expect(work).toThrow(new TransactionConflict(holder));
    blocked(() => table.update(other, [{ id, values: [1, 'z'] }]));
    blocked(() => table.delete(other, [id]));
    blocked(() => table.insert(other, [2, 'own']));
    blocked(() => table.insert(other, [3, 'a']));
    blocked(() => table.insert(other, [3, 'b']));
    blocked(() => table.truncate(other));
    holder.rollback();
    table.insert(other, [2, 'b']);
    table.update(other, [{ id, values: [1, 'z'] }]);
    other.commit(store);
    expect(rows(table)).toEqual([
      [1, 'z'],
      [2, 'b'],
    ]);
  });

  test('checks a filtered unique index only for rows that its condition takes in', () => {
    const definition = tableOf(
      [
        ['id', intType],
        ['active', intType],
      ],
      [{ name: 'ix', kind: 'uniqueIndex', columns: [1], filter: 'active = 1' }],
    );
    using store = new DatabaseStore({ location: ':memory:' });
    const transaction = new TransactionManager(store).beginTransaction(51);
    const filters = new Map([['ix', (values: SqlRow) => values[1] === 1]]);
    const table = DurableTable.create(transaction, { store, storageName: '1', database: 'd', definition, filters });
    table.insert(transaction, [1, 0]);
    table.insert(transaction, [2, 0]);
    table.insert(transaction, [3, 1]);
    expect(() => table.insert(transaction, [4, 1])).toThrow(expect.objectContaining({ number: 2601 }));
  });

  test('stays linear when a transaction inserts many rows and looks rows up in between', () => {
    using world = start();
    const { table, begin, store } = world;
    const transaction = begin();
    const count = 10_000;
    for (let key = 1; key <= count; key += 1) {
      table.insert(transaction, [key, `name ${key}`]);
      const found = [...table.scan(transaction, { index: nameIndex!, equal: [`NAME ${key}`] })];
      expect(found.some((row) => row.values[0] === key)).toBe(true);
      if (key > 100) expect(found.length).toBe(1);
    }
    transaction.commit(store);
    expect(table.approximateRowCount).toBe(count);
  }, 20_000);

  test('truncates for its own transaction at once and for all at commit; a rollback brings rows and identity back', () => {
    using world = start();
    const { table, begin, store } = world;
    const setup = begin();
    for (let key = 1; key <= 3; key += 1) table.insert(setup, [Number(table.nextIdentity()), `n${key}`]);
    setup.commit(store);
    const undone = begin();
    table.update(undone, [{ id: idOf(table, 1), values: [1, 'changed'] }]);
    table.truncate(undone);
    table.insert(undone, [Number(table.nextIdentity()), 'again']);
    expect(rows(table, undone)).toEqual([[1, 'again']]);
    expect(() => rows(table)).toThrow(new TransactionConflict(undone));
    undone.rollback();
    expect(rows(table).length).toBe(3);
    expect(table.nextIdentity()).toBe(4n);
    const kept = begin();
    table.truncate(kept);
    table.insert(kept, [Number(table.nextIdentity()), 'n1']);
    kept.commit(store);
    expect(rows(table)).toEqual([[1, 'n1']]);
    expect(table.approximateRowCount).toBe(1);
  });

  test('rebuilds its rows in another shape, and forgets the new shape on rollback', () => {
    using world = start();
    const { table, begin, store } = world;
    const setup = begin();
    table.insert(setup, [1, 'a']);
    table.insert(setup, [2, null]);
    setup.commit(store);
    const wider = tableOf([
      ['id', intType],
      ['name', nvarcharMaxType],
      ['extra', bigintType],
    ]);
    const undone = begin();
    table.rebuild(undone, { storageName: '2', database: 'd', definition: wider }, (row) => [...row, 7n]);
    expect(store.storageNames()).toEqual(['1', '2']);
    undone.rollback();
    expect(store.storageNames()).toEqual(['1']);
    const kept = begin();
    const rebuilt = table.rebuild(kept, { storageName: '3', database: 'd', definition: wider }, (row) => [...row, 7n]);
    expect(() => table.insert(begin(), [5, 'x'])).toThrow(TransactionConflict);
    kept.commit(store);
    expect(store.storageNames()).toEqual(['3']);
    expect(rows(rebuilt)).toEqual([
      [1, 'a', 7n],
      [2, null, 7n],
    ]);
    const unique = tableOf([['id', intType]], [{ name: 'ux', kind: 'uniqueIndex', columns: [0] }]);
    expect(() => rebuilt.rebuild(begin(), { storageName: '4', database: 'd', definition: unique }, () => [1])).toThrow(
      expect.objectContaining({ number: 1505 }),
    );
    expect(store.storageNames()).toEqual(['3']);
  });

  test('keeps rows and identity values over a restart, and never gives an identity value twice', () => {
    using folder = temporaryFolder();
    {
      using world = start(keyed, new DatabaseStore({ location: folder.path }));
      const transaction = world.begin();
      world.table.insert(transaction, [Number(world.table.nextIdentity()), 'kept']);
      transaction.commit(world.store);
      const open = world.begin();
      world.table.insert(open, [Number(world.table.nextIdentity()), 'never committed']);
    }
    using store = new DatabaseStore({ location: folder.path });
    const table = DurableTable.open({ store, storageName: '1', database: 'd', definition: keyed });
    expect(rows(table)).toEqual([[1, 'kept']]);
    expect(table.approximateRowCount).toBe(1);
    expect(table.nextIdentity()).toBe(3n);
  });
});

describe('values in a durable table', () => {
  const guid = fc.uuid().map((text) => text.toUpperCase());
  const ticks = fc.bigInt(0n, 3155378975999999999n);
  const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => new Uint8Array(array));
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a\u0000b', 'lone \uD800', '', ' x '));
  const cases: [SqlType, fc.Arbitrary<SqlValue>][] = [
    [{ name: 'bit' }, fc.constantFrom(0, 1)],
    [intType, fc.integer()],
    [bigintType, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)],
    [{ name: 'float', precision: 53 }, fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)],
    [{ name: 'money' }, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)],
    [
      { name: 'decimal', precision: 10, scale: 2 },
      fc.bigInt(-(10n ** 10n) + 1n, 10n ** 10n - 1n).map((unscaled) => ({ unscaled, scale: 2 })),
    ],
    [
      { name: 'decimal', precision: 38, scale: 5 },
      fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n).map((unscaled) => ({ unscaled, scale: 5 })),
    ],
    [{ name: 'nvarchar', length: 'max' }, text],
    [{ name: 'varbinary', length: 'max' }, bytes],
    [uniqueidentifierType, guid],
    [{ name: 'datetime2', scale: 7 }, ticks],
    [
      { name: 'datetimeoffset', scale: 7 },
      fc.record({ utcTicks: ticks, offsetMinutes: fc.integer({ min: -840, max: 840 }) }),
    ],
    [{ name: 'sql_variant' }, fc.bigInt(0n, 9n).map((value) => ({ baseType: bigintType, value }))],
  ];

  test.each(cases)('%o come back as they went in and are found through an index', (type, values) => {
    const definition = tableOf([['v', type]], [{ name: 'ix', kind: 'index', columns: [0] }]);
    using store = new DatabaseStore({ location: ':memory:' });
    const manager = new TransactionManager(store);
    const setup = manager.beginTransaction(51);
    const table = DurableTable.create(setup, { store, storageName: '1', database: 'd', definition });
    setup.commit(store);
    fc.assert(
      fc.property(values, (value) => {
        const transaction = manager.beginTransaction(51);
        const { id } = table.insert(transaction, [value]);
        transaction.commit(store);
        const found = [...table.scan(undefined, { index: definition.indexes[0]!, equal: [value] })];
        expect(found.find((row) => row.id === id)?.values).toEqual([value]);
        expect([...table.scan(undefined)].find((row) => row.id === id)?.values).toEqual([value]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['int', intType, [-5, 0, 3, 9]],
    [
      'decimal',
      { name: 'decimal', precision: 38, scale: 0 } as SqlType,
      [-(10n ** 30n), -1n, 0n, 10n ** 30n].map((unscaled) => ({ unscaled, scale: 0 })),
    ],
    [
      'uniqueidentifier',
      uniqueidentifierType,
      [
        'FF000000-0000-0000-0000-000000000001',
        '00000000-0000-0000-0000-000000000002',
        '00000000-0000-0000-0000-010000000000',
        '00000000-0000-0000-0000-FF0000000000',
      ],
    ],
  ])('ranges over %s follow the order of the type', (_name, type, ascending) => {
    const definition = tableOf([['v', type]], [{ name: 'ix', kind: 'index', columns: [0] }]);
    using store = new DatabaseStore({ location: ':memory:' });
    const transaction = new TransactionManager(store).beginTransaction(51);
    const table = DurableTable.create(transaction, { store, storageName: '1', database: 'd', definition });
    for (const value of ascending) table.insert(transaction, [value as SqlValue]);
    transaction.commit(store);
    const [, second, third] = ascending as SqlValue[];
    const found = table.scan(undefined, {
      index: definition.indexes[0]!,
      equal: [],
      low: { value: second!, inclusive: true },
      high: { value: third!, inclusive: true },
    });
    expect([...found].map((row) => row.values[0])).toEqual([second, third]);
  });
});
