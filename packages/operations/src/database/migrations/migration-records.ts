import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { ProjectMigration } from '../read-project.ts';

/** The table with the records, an object of the project. */
export const recordTable = { kind: 'table', schema: 'dbo', name: 'SchemaMigration' } as const;

const recordRow = z.object({
  number: z.number(),
  name: z.string(),
  hash: z.string().toLowerCase(),
  outcome: z.enum(['APPLIED', 'BASELINE']),
  appliedAt: z.string(),
  appliedBy: z.string(),
});

/** What a database knows of a migration that it has had. */
export type MigrationRecord = z.output<typeof recordRow>;

/** The project's migrations, compared with what a database has had. */
export interface MigrationReport {
  /** Had, and the same as in the project. */
  readonly recorded: readonly MigrationRecord[];
  /** Not had yet, in the order in which they run; those of class `contract` are not for a deployment. */
  readonly pending: readonly ProjectMigration[];
  /** Had under the same number, but with another script. */
  readonly changed: readonly MigrationRecord[];
  /** Had, but unknown to the project: a newer version has deployed the database. */
  readonly unknown: readonly MigrationRecord[];
}

/** Reads the records of a database that has the table {@link recordTable}. */
export function readMigrationRecords(connection: SqlSession, signal?: AbortSignal): Promise<MigrationRecord[]> {
  return connection.query(
    `SELECT m.[MigrationNumber] AS [number], m.[Name] AS [name], CONVERT(VARCHAR(64), m.[TextHash], 2) AS [hash],
       m.[Outcome] AS [outcome], CONVERT(VARCHAR(33), m.[AppliedAt], 126) + 'Z' AS [appliedAt], m.[AppliedBy] AS [appliedBy]
     FROM [dbo].[SchemaMigration] AS m
     ORDER BY m.[MigrationNumber];`,
    {},
    recordRow,
    { signal, context: { operation: 'reading which migrations the database has had' } },
  );
}

/** Compares a project's migrations with the records of a database; an empty list for one without the table. */
export function compareMigrations(
  migrations: readonly ProjectMigration[],
  records: readonly MigrationRecord[],
): MigrationReport {
  const declared = new Map(migrations.map((migration) => [migration.number, migration]));
  const had = new Set(records.map(({ number }) => number));
  return {
    recorded: records.filter(({ number, hash }) => declared.get(number)?.hash === hash),
    pending: migrations.filter(({ number }) => !had.has(number)),
    changed: records.filter(({ number, hash }) => declared.has(number) && declared.get(number)?.hash !== hash),
    unknown: records.filter(({ number }) => !declared.has(number)),
  };
}

/** Records that a database has had a migration. Somebody else's record of the same number is left as it is. */
export async function recordMigration(
  connection: SqlSession,
  migration: ProjectMigration,
  outcome: MigrationRecord['outcome'],
  appliedBy: string,
  signal?: AbortSignal,
): Promise<void> {
  await connection.run(
    `INSERT INTO [dbo].[SchemaMigration] ([MigrationNumber], [Name], [Class], [TextHash], [Outcome], [AppliedBy])
     SELECT CONVERT(INT, @Number), @Name, @Class, CONVERT(VARBINARY(32), @Hash, 2), @Outcome, @AppliedBy
     WHERE NOT EXISTS (SELECT 1 FROM [dbo].[SchemaMigration] AS m WHERE m.[MigrationNumber] = CONVERT(INT, @Number));`,
    {
      Number: String(migration.number),
      Name: migration.name,
      Class: migration.class.toUpperCase(),
      Hash: migration.hash,
      Outcome: outcome,
      AppliedBy: appliedBy,
    },
    { signal, context: { operation: `recording migration ${migration.number} (${migration.name})` } },
  );
}
