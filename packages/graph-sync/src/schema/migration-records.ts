import { createHash } from 'node:crypto';
import type { GraphMigration } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';

/** Constraint behind the records of migrations; a supporting item of the graph schema that is this package's own. */
export const migrationConstraint = {
  name: 'schema_migration_version_unique',
  label: 'SchemaMigration',
  property: 'version',
} as const;

/** What a graph knows of a migration that was applied to it. */
export interface MigrationRecord {
  readonly version: string;
  readonly checksum: string;
  readonly appliedAt: string;
  readonly appliedBy: string;
}

/** Migrations of the schema, compared with what the graph has had. */
export interface MigrationReport {
  /** Applied, and the same as in this schema. */
  readonly applied: readonly MigrationRecord[];
  /** Not applied yet, in the order in which they will be. */
  readonly pending: readonly GraphMigration[];
  /** Applied, but this schema has other statements under the version; a deployment refuses to go on. */
  readonly changed: readonly MigrationRecord[];
  /** Applied by another schema, usually a newer one; no reason to stop. */
  readonly unknown: readonly MigrationRecord[];
}

const shownRecord = z.object({
  version: z.string(),
  checksum: z.string(),
  appliedAt: z.string(),
  appliedBy: z.string(),
});

const readRecordsStatement =
  `MATCH (m:${migrationConstraint.label}) RETURN m.version AS version, m.checksum AS checksum, ` +
  'toString(m.appliedAt) AS appliedAt, m.appliedBy AS appliedBy ORDER BY version';

/** SHA-256 of what a migration does: statements and their kinds, not the description. Hexadecimal. */
export function migrationChecksum({ statements }: GraphMigration): string {
  const content = JSON.stringify(statements.map(({ kind, cypher }) => [kind, cypher]));
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Compares the migrations of a schema with the records in the graph; changes nothing.
 *
 * @throws GraphSyncError
 */
export async function readMigrations(
  connection: GraphConnection,
  migrations: readonly GraphMigration[],
): Promise<MigrationReport> {
  const { driver, database } = connection;
  try {
    const { records } = await driver.executeQuery(readRecordsStatement, {}, { database });
    return compareMigrations(
      migrations,
      records.map((record) => shownRecord.parse(record.toObject())),
    );
  } catch (error) {
    throw translateError(error, connection);
  }
}

/** The comparison of {@link readMigrations}. */
export function compareMigrations(
  migrations: readonly GraphMigration[],
  records: readonly MigrationRecord[],
): MigrationReport {
  const checksums = new Map(migrations.map((migration) => [migration.version, migrationChecksum(migration)]));
  const recorded = new Set(records.map(({ version }) => version));
  const ofKind = (chosen: (own: string | undefined, checksum: string) => boolean) =>
    records.filter(({ version, checksum }) => chosen(checksums.get(version), checksum));
  return {
    applied: ofKind((own, checksum) => own === checksum),
    pending: migrations.filter(({ version }) => !recorded.has(version)),
    changed: ofKind((own, checksum) => own !== undefined && own !== checksum),
    unknown: ofKind((own) => own === undefined),
  };
}
