import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { type DatabaseProject, databaseProject } from '@hartonomous/provenance-schema';
import { nameAndVersion } from '../../app-version.ts';
import { DatabaseNameMissingError } from '../../errors.ts';
import { longStatementMs, openSqlServer } from '../../servers/sql-server.ts';
import { type MigrationName, parsedConnection } from '../deploy-database.ts';
import { applyMigrations, type MigrationProgress, migrationProgress } from '../migrations/apply-migrations.ts';
import { deploymentLock, takeDeploymentLock } from '../migrations/deployment-lock.ts';
import { type ProjectMigration, readProject } from '../read-project.ts';
import { checkMigrations, type DatabaseSurvey, surveyDatabase } from '../survey-database.ts';
import { DatabaseBehindError, OlderOutcomesError, OlderProgramsError } from './errors.ts';
import { knowsWorkersOfOutcomes, type OlderOutcomes, olderOutcomes } from './older-outcomes.ts';
import { olderSessions } from './older-sessions.ts';
import type { SeenSession } from './seen-session.ts';

/** What happens, as it happens; in a dry run, what would. */
export type ContractProgress =
  | { readonly type: 'waiting'; readonly database: string }
  /** Sessions of the database are looked at for so many milliseconds. */
  | { readonly type: 'watching'; readonly milliseconds: number }
  | MigrationProgress;

/** Options of {@link contractDatabase}. */
export interface ContractOptions {
  /** An ADO.NET connection string, or one that is parsed already. It must name a database. */
  readonly connection: string | SqlConnectionSettings;
  /** @default the project of @hartonomous/provenance-schema */
  readonly project?: DatabaseProject;
  /** Only checks and reports what it would do, and what is in the way. @default false */
  readonly dryRun?: boolean;
  /** Application names of programs that are known not to use what is taken away. */
  readonly allowedPrograms?: readonly string[];
  /**
   * How long sessions are looked at, in milliseconds. Too short: a worker that has just lost its connection isn't seen; too long:
   * nobody waits for it. @default 30000
   */
  readonly watchMs?: number;
  /**
   * For how many minutes no older worker may have logged an outcome. Too short: one that is only stopped, or has lost its connection, isn't
   * noticed; too long: nobody waits for it. 0: not looked for. @default 60
   */
  readonly quietMinutes?: number;
  readonly onProgress?: (progress: ContractProgress) => void;
  readonly signal?: AbortSignal;
}

/** What was done; in a dry run, what would be. */
export interface Contraction {
  readonly database: string;
  readonly dryRun: boolean;
  /** Migrations that were applied, or would be. */
  readonly migrations: readonly MigrationName[];
  /** Sessions that are in the way; only in a dry run, otherwise they are an error. */
  readonly olderSessions: readonly SeenSession[];
  /** What older workers have done lately, which is in the way too; only in a dry run. */
  readonly olderOutcomes: OlderOutcomes | null;
}

/**
 * Takes away what only programs of the versions before used: applies the migrations of class `contract` that the database hasn't had.
 * First it makes sure that no such program is connected: every program of Hartonomous says in its application name which
 * migrations it knows of. A session whose name says nothing counts as one of an older program. Then it looks for what workers have logged
 * that don't report themselves, because one without a connection has no session.
 *
 * @throws DatabaseBehindError, SessionsNotSeenError, OlderProgramsError, OlderOutcomesError; nothing is changed then
 * @throws DatabaseNewerError, MigrationChangedError, MigrationFailedError, DeploymentLockedError, DatabaseNameMissingError
 * @throws BrokerError (of broker-client) when the server can't be reached or refuses something
 */
export async function contractDatabase(options: ContractOptions): Promise<Contraction> {
  const { dryRun = false, allowedPrograms = [], watchMs = 30_000, quietMinutes = 60, signal } = options;
  const { onProgress = () => undefined } = options;
  const settings = parsedConnection(options.connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  const project = await readProject(options.project ?? databaseProject);
  await using connection = await openSqlServer(settings, {
    ...{ singleSession: true, requestTimeoutMs: longStatementMs, signal },
  });
  if (!dryRun) {
    const onWaiting = () => onProgress({ type: 'waiting', database });
    await takeDeploymentLock(connection, deploymentLock, { onWaiting, signal });
  }
  const survey = await surveyDatabase(connection, project, signal);
  checkMigrations(database, project, survey.migrations);
  checkDeployed(database, survey);
  const pending = survey.migrations.pending.filter((migration) => migration.class === 'contract');
  const result = { database, dryRun, migrations: pending.map(({ number, name }) => ({ number, name })) };
  if (pending.length === 0) return { ...result, olderSessions: [], olderOutcomes: null };
  if (!(await knowsWorkersOfOutcomes(connection, signal))) {
    throw new DatabaseBehindError(database, 'dbo.Neo4jSyncLog has no column WorkerInstanceId');
  }

  onProgress({ type: 'watching', milliseconds: watchMs });
  const watch = { schema: lastNumber(pending), allowed: allowedPrograms, watchMs, signal };
  const sessions = await olderSessions(connection, database, watch);
  const outcomes = quietMinutes === 0 ? null : await olderOutcomes(connection, quietMinutes, signal);
  if (dryRun) {
    for (const migration of pending) onProgress(migrationProgress(migration, 'pending'));
    return { ...result, olderSessions: sessions, olderOutcomes: outcomes };
  }
  if (sessions.length > 0) throw new OlderProgramsError(database, sessions);
  if (outcomes !== null) throw new OlderOutcomesError(database, outcomes);
  await applyMigrations(connection, pending, { appliedBy: nameAndVersion(), onProgress, signal });
  return { ...result, olderSessions: [], olderOutcomes: null };
}

/** Migrations that add come first: what is taken away may be copied by one of them. */
function checkDeployed(database: string, { migrations, isFresh }: DatabaseSurvey): void {
  if (isFresh) throw new DatabaseBehindError(database, 'it has none of its tables');
  const [missing] = migrations.pending.filter((migration) => migration.class === 'expand');
  if (missing === undefined) return;
  throw new DatabaseBehindError(database, `migration ${missing.number} (${missing.name}) is not applied`);
}

function lastNumber(migrations: readonly ProjectMigration[]): number {
  return Math.max(...migrations.map(({ number }) => number));
}
