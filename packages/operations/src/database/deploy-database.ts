import type { SqlSession } from '@hartonomous/broker-client';
import { parseSqlConnectionString, type SqlConnectionSettings } from '@hartonomous/config-loader';
import { type DatabaseProject, databaseProject } from '@hartonomous/provenance-schema';
import { nameAndVersion } from '../app-version.ts';
import { DatabaseDriftError, DatabaseNameMissingError, type DriftDetail } from '../errors.ts';
import { longStatementMs, openSqlServer } from '../servers/sql-server.ts';
import { carryOut } from './carry-out.ts';
import { readDatabaseSettings } from './database-settings.ts';
import { createDatabase, databaseState, enableBroker } from './database-state.ts';
import { requireSupportedServer } from './engine-edition.ts';
import { type MigrationProgress, migrationProgress, migrationsOf } from './migrations/apply-migrations.ts';
import { baselineOf } from './migrations/baseline.ts';
import { deploymentLock, takeDeploymentLock } from './migrations/deployment-lock.ts';
import type { ObjectName } from './object-name.ts';
import { nameOf, type ObjectAction, type PlannedObject } from './plan-deployment.ts';
import { type LoadedProject, type ProjectMigration, readProject } from './read-project.ts';
import { checkCompatibilityLevel, type SettingFact, settingFacts } from './setting-facts.ts';
import { checkMigrations, type DatabaseSurvey, surveyDatabase, surveyNothing } from './survey-database.ts';

/** What happens during a deployment, as it happens; in a dry run, what would. */
export type DatabaseProgress =
  /** Another deployment of the database is under way; this one goes on when it has ended. */
  | { readonly type: 'waiting'; readonly database: string }
  | { readonly type: 'database'; readonly database: string; readonly action: 'create' | 'unchanged' }
  | { readonly type: 'broker'; readonly database: string; readonly action: 'enable' | 'unchanged' }
  | {
      readonly type: 'object';
      readonly object: ObjectName;
      readonly action: ObjectAction;
      /** What a table gets that it lacked, for example `column AtomicValue`; empty for all but `extend`. */
      readonly additions: readonly string[];
      /** Counts from 1. */
      readonly position: number;
      readonly total: number;
    }
  | MigrationProgress
  | { readonly type: 'postDeployment'; readonly path: string }
  /** A setting of server or database that is wrong or worth knowing; a deployment doesn't change it. */
  | { readonly type: 'warning'; readonly fact: SettingFact };

/** Options of {@link deployDatabase}. */
export interface DatabaseDeploymentOptions {
  /** An ADO.NET connection string, or one that is parsed already. It must name a database. */
  readonly connection: string | SqlConnectionSettings;
  /** @default the project of @hartonomous/provenance-schema */
  readonly project?: DatabaseProject;
  /** Only checks and reports what it would do. @default false */
  readonly dryRun?: boolean;
  /** Goes on where existing objects differ, and leaves those as they are. @default false */
  readonly allowDrift?: boolean;
  readonly onProgress?: (progress: DatabaseProgress) => void;
  /** Ends the deployment after the statement that runs; run it again to complete it. */
  readonly signal?: AbortSignal;
}

/** What a deployment did; in a dry run, what it would do. */
export interface DatabaseDeployment {
  readonly database: string;
  readonly dryRun: boolean;
  readonly databaseCreated: boolean;
  readonly brokerEnabled: boolean;
  readonly created: readonly ObjectName[];
  readonly altered: readonly ObjectName[];
  /** Tables that lacked something, with what they got. */
  readonly extended: readonly (ObjectName & { readonly additions: readonly string[] })[];
  /** Tables and other objects that migrations changed. */
  readonly migrated: readonly ObjectName[];
  readonly unchanged: readonly ObjectName[];
  readonly migrations: DeployedMigrations;
  /** Only with `allowDrift` or `dryRun`; otherwise it is an error. */
  readonly drift: readonly DriftDetail[];
  /** Columns that tables have besides the project's and that are in nobody's way; they are left alone. */
  readonly own: readonly (ObjectName & { readonly columns: readonly string[] })[];
  /** CHECKs and DEFAULTs of which the login may not see whether they are the project's. */
  readonly notCompared: readonly string[];
  /** Scripts that ran after the objects; they do so every time and change nothing the second time. */
  readonly postDeployment: readonly string[];
  /**
   * Settings of server and database that are wrong or worth knowing, and that a deployment leaves to the administrator. Empty in
   * a dry run for a database that isn't there.
   */
  readonly warnings: readonly SettingFact[];
}

/** Number and name of a migration. */
export interface MigrationName {
  readonly number: number;
  readonly name: string;
}

/** What a deployment did with the project's migrations; in a dry run, what it would do. */
export interface DeployedMigrations {
  readonly applied: readonly MigrationName[];
  /** Recorded without being run: the database is new and has nothing to change. */
  readonly baseline: readonly MigrationName[];
  /** Of class `contract` and not run yet: a deployment never takes anything away. */
  readonly contract: readonly MigrationName[];
}

/** Whether a deployment had anything to do. */
export function hasChanges(deployment: DatabaseDeployment): boolean {
  const { databaseCreated, brokerEnabled, created, altered, extended, migrations } = deployment;
  const changes = [created, altered, extended, migrations.applied].flat();
  return databaseCreated || brokerEnabled || changes.length > 0;
}

/**
 * Brings a database to what the SQL project has: creates the database where it is missing, enables Service Broker where
 * it is off, applies the migrations that the database hasn't had, creates missing objects, rewrites procedures whose text
 * differs, adds to tables what they lack and can get without a value for the rows that are there, runs the
 * post-deployment scripts. It never drops or changes anything that holds data, and running it again changes nothing.
 * Of several deployments of one database at a time, one runs and the others wait.
 *
 * @throws DatabaseDriftError when existing objects differ otherwise; nothing is changed then
 * @throws DatabaseNewerError, MigrationChangedError when the database has had migrations that this project doesn't know
 * as they were; nothing is changed then, also in a dry run
 * @throws MigrationFailedError when SQL Server refuses a statement of a migration
 * @throws DeploymentLockedError when another deployment doesn't end
 * @throws BrokerError (of broker-client) when the server can't be reached or refuses something
 * @throws AzureSqlDatabaseError, SqlServerTooOldError, CompatibilityLevelError, ConnectionStringError, DatabaseNameMissingError, DatabaseNotOnlineError, ProjectFileError, SqlScriptError
 */
export async function deployDatabase(options: DatabaseDeploymentOptions): Promise<DatabaseDeployment> {
  const { dryRun = false, allowDrift = false, onProgress = () => undefined, signal } = options;
  const settings = parsedConnection(options.connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  const project = await readProject(options.project ?? databaseProject);
  const onWaiting = () => onProgress({ type: 'waiting', database });

  await using master = await openScripting(settings, 'master', signal);
  await requireSupportedServer(master, signal);
  // In master: enabling the broker ends all other sessions of the database, and with them their locks.
  if (!dryRun) await takeDeploymentLock(master, `${deploymentLock}.${database.toLowerCase()}`, { onWaiting, signal });
  const state = await databaseState(master, database, signal);
  if (state !== undefined) checkCompatibilityLevel(database, state.compatibilityLevel);
  const survey = state === undefined ? surveyNothing(project) : await surveyOf(settings, database, project, signal);
  checkMigrations(database, project, survey.migrations);
  const drift = driftOf(survey);
  if (drift.length > 0 && !allowDrift && !dryRun) throw new DatabaseDriftError(database, drift);

  const databaseCreated = state === undefined;
  if (databaseCreated && !dryRun) await createDatabase(master, database, signal);
  onProgress({ type: 'database', database, action: databaseCreated ? 'create' : 'unchanged' });

  // A new database has it on already, unless somebody changed the server's model database.
  const isBrokerEnabled = databaseCreated
    ? dryRun || (await databaseState(master, database, signal))?.isBrokerEnabled === true
    : state.isBrokerEnabled;
  if (!isBrokerEnabled && !dryRun) await enableBroker(master, database, signal);
  onProgress({ type: 'broker', database, action: isBrokerEnabled ? 'unchanged' : 'enable' });

  const report = reporter(survey.plan.length, onProgress);
  let plan = survey.plan;
  let warnings: readonly SettingFact[] = [];
  if (dryRun) {
    const { pending } = survey.migrations;
    const toApply = survey.isFresh ? [] : pending.filter((migration) => migration.class === 'expand');
    for (const migration of toApply) onProgress(migrationProgress(migration, 'pending'));
    for (const planned of plan) report(planned);
    for (const { path } of project.postDeployment) onProgress({ type: 'postDeployment', path });
    if (state !== undefined) warnings = await warningsOf(settings, database, signal);
  } else {
    await using connection = await openScripting(settings, database, signal);
    await takeDeploymentLock(connection, deploymentLock, { onWaiting, signal });
    const appliedBy = nameAndVersion();
    plan = await carryOut({ connection, database, project, survey, appliedBy, allowDrift, report, onProgress, signal });
    warnings = await warningsIn(connection, signal);
  }
  for (const fact of warnings) onProgress({ type: 'warning', fact });
  const withAction = (action: ObjectAction) => plan.filter((planned) => planned.action === action).map(nameOf);
  return {
    database,
    dryRun,
    databaseCreated,
    brokerEnabled: !isBrokerEnabled,
    created: withAction('create'),
    altered: withAction('alter'),
    extended: plan.flatMap((planned) =>
      planned.action === 'extend' ? [{ ...nameOf(planned), additions: planned.additions }] : [],
    ),
    migrated: withAction('migrate'),
    unchanged: withAction('unchanged'),
    migrations: deployedMigrations(survey, project),
    drift,
    own: plan.flatMap((planned) => (planned.own.length === 0 ? [] : [{ ...nameOf(planned), columns: planned.own }])),
    notCompared: survey.notCompared,
    postDeployment: project.postDeployment.map(({ path }) => path),
    warnings,
  };
}

/** A session for scripts: SET options, temporary tables and the deployment's lock belong to it. */
function openScripting(settings: SqlConnectionSettings, database: string, signal?: AbortSignal) {
  return openSqlServer(settings, { database, singleSession: true, requestTimeoutMs: longStatementMs, signal });
}

/** @throws ConnectionStringError */
export function parsedConnection(connection: string | SqlConnectionSettings): SqlConnectionSettings {
  return typeof connection === 'string' ? parseSqlConnectionString(connection) : connection;
}

async function surveyOf(
  settings: SqlConnectionSettings,
  database: string,
  project: LoadedProject,
  signal?: AbortSignal,
): Promise<DatabaseSurvey> {
  // Closed before the deployment begins, because enabling the broker rolls back every other session.
  await using connection = await openScripting(settings, database, signal);
  return await surveyDatabase(connection, project, signal);
}

async function warningsOf(settings: SqlConnectionSettings, database: string, signal?: AbortSignal) {
  await using connection = await openScripting(settings, database, signal);
  return await warningsIn(connection, signal);
}

async function warningsIn(connection: SqlSession, signal?: AbortSignal): Promise<readonly SettingFact[]> {
  const facts = settingFacts(await readDatabaseSettings(connection, signal));
  return facts.filter(({ severity }) => severity !== 'ok');
}

function driftOf({ plan }: DatabaseSurvey): readonly DriftDetail[] {
  return plan.flatMap((planned) => planned.drift);
}

function deployedMigrations(
  { migrations: { pending }, isFresh }: DatabaseSurvey,
  project: LoadedProject,
): DeployedMigrations {
  const names = (migrations: readonly ProjectMigration[]) => migrations.map(({ number, name }) => ({ number, name }));
  const baseline = isFresh ? baselineOf(project) : [];
  return {
    applied: isFresh ? [] : names([...migrationsOf(pending, 'before'), ...migrationsOf(pending, 'after')]),
    baseline: names(baseline),
    contract: names(pending.filter((migration) => migration.class === 'contract' && !baseline.includes(migration))),
  };
}

function reporter(total: number, onProgress: (progress: DatabaseProgress) => void) {
  let position = 0;
  return (planned: PlannedObject): void => {
    position += 1;
    const { action, additions } = planned;
    onProgress({ type: 'object', object: nameOf(planned), action, additions, position, total });
  };
}
