import type { SqlSession } from '@hartonomous/broker-client';
import { DatabaseNewerError, MigrationChangedError } from '../errors.ts';
import {
  compareMigrations,
  type MigrationReport,
  readMigrationRecords,
  recordTable,
} from './migrations/migration-records.ts';
import { objectKey } from './object-name.ts';
import { type PlannedObject, planDeployment } from './plan-deployment.ts';
import { readCatalog } from './read-catalog.ts';
import type { LoadedProject } from './read-project.ts';
import { withRules } from './server-rules.ts';

/** A database compared with a project. */
export interface DatabaseSurvey {
  readonly plan: readonly PlannedObject[];
  readonly migrations: MigrationReport;
  /** CHECKs and DEFAULTs whose texts the login may not see: whether they are the project's isn't known. */
  readonly notCompared: readonly string[];
  /** Whether it has none of the project's tables: they are created as they are, and no migration has anything to do. */
  readonly isFresh: boolean;
}

/** What a database that isn't there yet would be found to be. */
export function surveyNothing({ objects, migrations }: LoadedProject): DatabaseSurvey {
  return {
    plan: planDeployment(objects, new Map()),
    migrations: compareMigrations(migrations, []),
    notCompared: [],
    isFresh: true,
  };
}

/** Compares a database with a project; changes nothing. */
export async function surveyDatabase(
  connection: SqlSession,
  project: LoadedProject,
  signal?: AbortSignal,
): Promise<DatabaseSurvey> {
  const { objects, catalog, notCompared } = await withRules(
    connection,
    project.objects,
    await readCatalog(connection, signal),
    signal,
  );
  const hasRecordTable = catalog.has(objectKey(recordTable));
  const records = hasRecordTable ? await readMigrationRecords(connection, signal) : [];
  const migrations = compareMigrations(project.migrations, records);
  const tables = objects.filter(({ object }) => object.kind === 'table' && object.name !== recordTable.name);
  const isFresh = tables.every(({ object }) => !catalog.has(objectKey(object)));
  const { pending } = migrations;
  const applied = project.migrations.filter((migration) => !pending.includes(migration));
  return { plan: planDeployment(objects, catalog, { pending, applied }), migrations, notCompared, isFresh };
}

/**
 * Refuses a database whose migrations this project doesn't know as they were applied.
 *
 * @throws DatabaseNewerError, MigrationChangedError
 */
export function checkMigrations(database: string, { migrations }: LoadedProject, report: MigrationReport): void {
  if (report.unknown.length > 0) throw new DatabaseNewerError(database, migrations.length, report.unknown);
  if (report.changed.length > 0) throw new MigrationChangedError(database, report.changed);
}
