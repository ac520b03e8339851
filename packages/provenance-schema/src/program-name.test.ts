import { expect, test } from 'vitest';
import { databaseMigrations } from './database-migration.ts';
import { programName, schemaOfProgram } from './program-name.ts';

test('the name of a program says which migrations it knows of, and no other name does', () => {
  expect(schemaOfProgram(programName('neo4j-sync-worker'))).toBe(databaseMigrations.length);
  expect(schemaOfProgram('Hartonomous ces-consumer (schema 12)')).toBe(12);
  // What mssql says by default, a person's name for it, and names that only look like ours.
  for (const other of ['node-mssql', 'Billing', '', 'Hartonomous (schema 9)', 'My Hartonomous x (schema 9)']) {
    expect(schemaOfProgram(other)).toBeNull();
  }
});
