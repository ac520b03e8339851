import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { databaseProject } from '@hartonomous/provenance-schema';
import { DatabaseNameMissingError, describeDrift } from '../errors.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { databaseState } from './database-state.ts';
import { parsedConnection } from './deploy-database.ts';
import { requireSupportedServer } from './engine-edition.ts';
import { describeObject } from './object-name.ts';
import type { PlannedObject } from './plan-deployment.ts';
import { readProject } from './read-project.ts';
import { surveyDatabase, surveyNothing } from './survey-database.ts';

/** How one object differs from the SQL project. */
export interface ObjectDiff {
  /** For example `table dbo.Atom`. */
  readonly object: string;
  /** `deploy`: a deployment makes it equal; `person`: it doesn't, and stops there. */
  readonly by: 'deploy' | 'migration' | 'person';
  /** In words, one for each difference. */
  readonly differences: readonly string[];
  /** T-SQL that makes it equal, each a batch of its own; empty where only a person can tell what happens to what is there. */
  readonly statements: readonly string[];
}

/** A database compared with the SQL project. */
export interface DatabaseDiff {
  readonly database: string;
  /** Whether the database is there at all. */
  readonly exists: boolean;
  readonly objects: readonly ObjectDiff[];
  /** CHECKs and DEFAULTs of which the login may not see whether they differ. */
  readonly notCompared: readonly string[];
}

/**
 * Compares a database with the SQL project and returns for each difference the T-SQL that fixes it; changes nothing.
 *
 * @throws BrokerError when the server can't be reached or refuses something; DatabaseNameMissingError, DatabaseNotOnlineError
 */
export async function diffDatabase(
  connection: string | SqlConnectionSettings,
  signal?: AbortSignal,
): Promise<DatabaseDiff> {
  const settings = parsedConnection(connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  const project = await readProject(databaseProject);
  await using master = await openSqlServer(settings, { database: 'master', signal });
  await requireSupportedServer(master, signal);
  const exists = (await databaseState(master, database, signal)) !== undefined;
  if (!exists) return { database, exists, objects: surveyNothing(project).plan.flatMap(diffOf), notCompared: [] };
  await using target = await openSqlServer(settings, { singleSession: true, signal });
  const { plan, notCompared } = await surveyDatabase(target, project, signal);
  return { database, exists, objects: plan.flatMap(diffOf), notCompared };
}

function diffOf({ object, action, additions, batches, drift, migrated }: PlannedObject): ObjectDiff[] {
  const name = describeObject(object);
  const statements = batches.map(({ text }) => text);
  const words = { create: 'is missing', alter: 'differs', extend: `lacks ${additions.join(', ')}` };
  switch (action) {
    case 'unchanged':
      return [];
    case 'create':
    case 'alter':
    case 'extend':
      return [{ object: name, by: 'deploy', differences: [words[action]], statements }];
    case 'migrate':
      return [{ object: name, by: 'migration', differences: migrated.map(withoutRemedy), statements: [] }];
    case 'drift': {
      const remedies = drift.flatMap(({ remedy }) => (remedy === null ? [] : [remedy]));
      return [{ object: name, by: 'person', differences: drift.map(withoutRemedy), statements: remedies }];
    }
  }
}

function withoutRemedy(detail: PlannedObject['drift'][number]): string {
  return describeDrift({ ...detail, remedy: null });
}
