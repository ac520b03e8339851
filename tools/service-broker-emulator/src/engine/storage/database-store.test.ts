import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tableOf, temporaryFolder } from '../../../test/support/storage-fixture.ts';
import { intType } from '../types/type-info.ts';
import { DatabaseStore } from './database-store.ts';
import { DurableTable } from './durable-table.ts';
import { ObjectStore } from './object-store.ts';
import { Sequence } from './sequence.ts';
import { TransactionManager } from './transaction-manager.ts';

const sequenceDefinition = {
  type: { name: 'bigint' as const },
  start: 1n,
  increment: 1n,
  minimum: -(2n ** 63n),
  maximum: 2n ** 63n - 1n,
  cycle: false,
  cache: 50,
};

describe('the durable store', () => {
  test('keeps a second server out of its directory, with an error that says so', () => {
    using folder = temporaryFolder();
    using _first = new DatabaseStore({ location: folder.path });
    expect(() => new DatabaseStore({ location: folder.path })).toThrow(
      expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }),
    );
  });

  test('refuses a file that is not a database', () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'emulator.sqlite'), 'something else entirely, and long enough to be looked at');
    expect(() => new DatabaseStore({ location: folder.path })).toThrow(
      expect.objectContaining({ code: 'DATA_DIRECTORY_UNUSABLE' }),
    );
  });

  test('reports a full disk as error 1105 and keeps working', () => {
    using store = new DatabaseStore({ location: ':memory:', name: 'Hartonomous' });
    const manager = new TransactionManager(store);
    const setup = manager.beginTransaction(51);
    const definition = tableOf([['text', { name: 'nvarchar', length: 'max' }]]);
    const table = DurableTable.create(setup, { store, storageName: '1', database: 'd', definition });
    setup.commit(store);
    store.database.exec('PRAGMA max_page_count = 40');
    const big = manager.beginTransaction(51);
    for (let row = 0; row < 100; row += 1) table.insert(big, ['x'.repeat(4000)]);
    expect(() => big.commit(store)).toThrow(
      expect.objectContaining({ number: 1105, severity: 17, message: expect.stringContaining("'Hartonomous'") }),
    );
    expect(big.outcome).toBe('rolledBack');
    const small = manager.beginTransaction(51);
    table.insert(small, ['fits']);
    small.commit(store);
    expect([...table.scan(undefined)].map((row) => row.values)).toEqual([['fits']]);
  });

  test('takes no more than its limit, gives room back when rows go, and opens again when it is full', () => {
    using folder = temporaryFolder();
    const definition = tableOf([['text', { name: 'nvarchar', length: 'max' }]]);
    {
      using store = new DatabaseStore({ location: folder.path, maxDataMb: 1 });
      const manager = new TransactionManager(store);
      const insert = (rows: number) => {
        const transaction = manager.beginTransaction(51);
        for (let row = 0; row < rows; row += 1) table.insert(transaction, ['x'.repeat(4000)]);
        transaction.commit(store);
      };
      const setup = manager.beginTransaction(51);
      const table = DurableTable.create(setup, { store, storageName: '1', database: 'd', definition });
      setup.commit(store);
      insert(100);
      expect(() => insert(400)).toThrow(expect.objectContaining({ number: 1105 }));
      const emptying = manager.beginTransaction(51);
      table.delete(
        emptying,
        [...table.scan(emptying)].map(({ id }) => id),
      );
      emptying.commit(store);
      insert(150);
    }
    using reopened = new DatabaseStore({ location: folder.path, maxDataMb: 1 });
    expect(reopened.storageNames()).toEqual(['1']);
  });

  test('keeps definitions of committed objects, with bigint and bytes', () => {
    using store = new DatabaseStore({ location: ':memory:' });
    const objects = new ObjectStore(store);
    const manager = new TransactionManager(store);
    const definition = { start: 2n ** 63n - 1n, key: new Uint8Array([1, 2]), text: 'é', list: [{ n: 1n }] };
    const address = { database: 'd', kind: 'sequence', schema: 'dbo', name: 's' };
    const kept = manager.beginTransaction(51);
    objects.put(kept, { ...address, objectId: 7, definition });
    kept.commit(store);
    const undone = manager.beginTransaction(51);
    objects.remove(undone, address);
    undone.rollback();
    expect(objects.load()).toEqual([{ ...address, objectId: 7, definition }]);
  });

  test('drops row storage that no object of the catalog refers to', () => {
    using store = new DatabaseStore({ location: ':memory:' });
    const manager = new TransactionManager(store);
    const transaction = manager.beginTransaction(51);
    for (const storageName of ['used', 'unused']) {
      DurableTable.create(transaction, { store, storageName, database: 'd', definition: tableOf([['id', intType]]) });
    }
    transaction.commit(store);
    store.dropUnusedStorage(new Set(['used']));
    expect(store.storageNames()).toEqual(['used']);
  });
});

describe('a sequence', () => {
  test('goes on where it was after a clean end', () => {
    using folder = temporaryFolder();
    for (const expected of [1n, 2n, 3n]) {
      using store = new DatabaseStore({ location: folder.path });
      expect(Sequence.open(store, '1', 's', sequenceDefinition).next()).toBe(expected);
    }
  });

  test('cycles when it may, else ends with 11728; RESTART begins again', () => {
    using store = new DatabaseStore({ location: ':memory:' });
    const short = { ...sequenceDefinition, minimum: 0n, maximum: 2n };
    const cycling = Sequence.open(store, '1', 's', { ...short, cycle: true });
    expect([1, 2, 3, 4].map(() => cycling.next())).toEqual([1n, 2n, 0n, 1n]);
    const ending = Sequence.open(store, '2', 'dbo.s', short);
    expect([ending.next(), ending.next()]).toEqual([1n, 2n]);
    expect(() => ending.next()).toThrow(expect.objectContaining({ number: 11728 }));
    ending.restart(0n);
    expect(ending.next()).toBe(0n);
  });
});

/** Commits batches of 5 rows, one row per table side, and says after each commit how far it is. */
const writer = `
import { DatabaseStore } from './database-store.ts';
import { DurableTable } from './durable-table.ts';
import { Sequence } from './sequence.ts';
import { tableOf } from '../../../test/support/storage-fixture.ts';
import { TransactionManager } from './transaction-manager.ts';
const store = new DatabaseStore({ location: process.argv[1] });
const manager = new TransactionManager(store);
const definition = tableOf([['batch', { name: 'int' }]]);
const setup = manager.beginTransaction(51);
const tables = ['a', 'b'].map((storageName) => DurableTable.create(setup, { store, storageName, database: 'd', definition }));
setup.commit(store);
const sequence = Sequence.open(store, '1', 's', JSON.parse(process.argv[2], (key, value) => /^-?\\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value));
// An end far beyond the kill, so that it does not go on forever when the test itself was ended.
for (let batch = 1; batch < 20_000; batch += 1) {
  const transaction = manager.beginTransaction(51);
  for (const table of tables) for (let row = 0; row < 5; row += 1) table.insert(transaction, [batch]);
  const value = sequence.next();
  transaction.commit(store);
  process.stdout.write(batch + ' ' + value + '\\n');
}
`;

describe('a process killed with SIGKILL', () => {
  test('loses nothing it has committed, leaves nothing half done, repeats no sequence value', async () => {
    using folder = temporaryFolder();
    const definitionText = JSON.stringify(sequenceDefinition, (_key, value) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    const child = spawn(
      process.execPath,
      ['--conditions=@hartonomous/source', '--input-type=module-typescript', '-e', writer, folder.path, definitionText],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const closed = new Promise((resolve) => child.once('close', resolve));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > 2000) child.kill('SIGKILL');
    });
    await closed;
    const lines = output.slice(0, output.lastIndexOf('\n')).split('\n');
    const [batch = 0, value = 0] = (lines.at(-1) ?? '').split(' ').map(Number);
    expect(batch).toBeGreaterThan(100);

    using store = new DatabaseStore({ location: folder.path });
    for (const storageName of ['a', 'b']) {
      const table = DurableTable.open({ store, storageName, database: 'd', definition: tableOf([['batch', intType]]) });
      const counts = new Map<number, number>();
      for (const row of table.scan(undefined)) {
        const key = Number(row.values[0]);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      expect(counts.size).toBeGreaterThanOrEqual(batch);
      expect([...counts.values()].every((count) => count === 5)).toBe(true);
    }
    expect(Sequence.open(store, '1', 's', sequenceDefinition).next()).toBeGreaterThan(BigInt(value));
  });
});
