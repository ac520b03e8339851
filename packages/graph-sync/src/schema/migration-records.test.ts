import type { GraphMigration } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { compareMigrations, migrationChecksum } from './migration-records.ts';

const migration = (version: string, cypher = 'MATCH (n) RETURN 1'): GraphMigration => ({
  version,
  description: 'for tests',
  statements: [{ kind: 'data', cypher }],
});
const recordOf = (applied: GraphMigration) => ({
  ...{ version: applied.version, checksum: migrationChecksum(applied) },
  ...{ appliedAt: '2026-01-02T03:04:05Z', appliedBy: 'test' },
});

test('applied, pending, changed and unknown are told apart', () => {
  const [one, two, three] = [migration('0001-one'), migration('0002-two'), migration('0003-three')];
  const other = recordOf(migration('0002-two', 'MATCH (n) RETURN 2'));
  const newer = recordOf(migration('0009-newer'));
  expect(compareMigrations([one, two, three], [recordOf(one), other, newer])).toEqual({
    applied: [recordOf(one)],
    pending: [three],
    changed: [other],
    unknown: [newer],
  });
});

test('the checksum covers the statements, their kinds and order, but not the description', () => {
  const one = migration('0001-one');
  const checksum = migrationChecksum(one);
  expect(migrationChecksum({ ...one, description: 'better words' })).toBe(checksum);
  const asBatches: GraphMigration = { ...one, statements: [{ kind: 'batches', cypher: 'MATCH (n) RETURN 1' }] };
  expect(migrationChecksum(asBatches)).not.toBe(checksum);
  const twice: GraphMigration = { ...one, statements: [...one.statements, ...one.statements] };
  expect(migrationChecksum(twice)).not.toBe(checksum);
});
