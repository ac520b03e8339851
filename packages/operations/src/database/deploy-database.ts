import { parseSqlConnectionString, type SqlConnectionSettings } from '@hartonomous/config-loader';
import { type DatabaseProject, databaseProject } from '@hartonomous/provenance-schema';
import { DatabaseDriftError, DatabaseNameMissingError, type DriftDetail } from '../errors.ts';
import { createDatabase, databaseState, enableBroker } from './database-state.ts';
import { describeObject, type ObjectName } from './object-name.ts';
import { type ObjectAction, type PlannedObject, planDeployment } from './plan-deployment.ts';
import { type Catalog, readCatalog } from './read-catalog.ts';
import { type ProjectScript, readProject } from './read-project.ts';
import type { SqlBatch } from './split-batches.ts';
import { SqlConnection } from './sql-connection.ts';

/** What happens during a deployment, as it happens; in a dry run, what would. */
export type DatabaseProgress =
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
  | { readonly type: 'postDeployment'; readonly path: string };

/** Options of {@link deployDatabase}. */
export interface DatabaseDeploymentOptions {
  /** An ADO.NET connection string, or one that is parsed already. It must name a database. */
  readonly connection: string | SqlConnectionSettings;
  /** @default the project of @hartonomous/provenance-schema */
  readonly project?: DatabaseProject;
  /** Only looks and tells what it would do. @default false */
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
  readonly unchanged: readonly ObjectName[];
  /** Only with `allowDrift` or `dryRun`; otherwise it is an error. */
  readonly drift: readonly DriftDetail[];
  /** Scripts that ran after the objects; they do so every time and change nothing the second time. */
  readonly postDeployment: readonly string[];
}

/** Whether a deployment had anything to do. */
export function hasChanges(deployment: DatabaseDeployment): boolean {
  const { databaseCreated, brokerEnabled, created, altered, extended } = deployment;
  return databaseCreated || brokerEnabled || created.length + altered.length + extended.length > 0;
}

/**
 * Brings a database to what the SQL project has: creates the database where it is missing, enables Service Broker where
 * it is off, creates missing objects, rewrites procedures whose text differs, adds to tables what they lack and can get
 * without a value for the rows that are there, runs the post-deployment scripts. It never drops or changes anything that
 * holds data, and running it again changes nothing.
 *
 * @throws DatabaseDriftError when existing objects differ otherwise; nothing is changed then
 * @throws BrokerError (of broker-client) when the server can't be reached or refuses something
 * @throws ConnectionStringError, DatabaseNameMissingError, DatabaseNotOnlineError, ProjectFileError, SqlScriptError
 */
export async function deployDatabase(options: DatabaseDeploymentOptions): Promise<DatabaseDeployment> {
  const { dryRun = false, allowDrift = false, onProgress = () => undefined, signal } = options;
  const settings = parsedConnection(options.connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  const project = await readProject(options.project ?? databaseProject);

  await using master = await SqlConnection.open(settings, 'master', signal);
  const state = await databaseState(master, database, signal);
  const catalog = state === undefined ? undefined : await catalogOf(settings, database, signal);
  const plan = planDeployment(project.objects, catalog ?? new Map());
  const drift = plan.flatMap((planned) => planned.drift);
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

  const report = reporter(plan, onProgress);
  if (dryRun) {
    for (const planned of plan) report(planned);
    for (const { path } of project.postDeployment) onProgress({ type: 'postDeployment', path });
  } else {
    await using connection = await SqlConnection.open(settings, database, signal);
    for (const planned of plan) {
      await runBatches(connection, planned.batches, operationOf(planned), signal);
      report(planned);
    }
    for (const script of project.postDeployment) await runScript(connection, script, onProgress, signal);
  }
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
    unchanged: withAction('unchanged'),
    drift,
    postDeployment: project.postDeployment.map(({ path }) => path),
  };
}

/** @throws ConnectionStringError */
export function parsedConnection(connection: string | SqlConnectionSettings): SqlConnectionSettings {
  return typeof connection === 'string' ? parseSqlConnectionString(connection) : connection;
}

async function catalogOf(settings: SqlConnectionSettings, database: string, signal?: AbortSignal): Promise<Catalog> {
  // Closed before the deployment begins, because enabling the broker rolls back every other session.
  await using connection = await SqlConnection.open(settings, database, signal);
  return await readCatalog(connection, signal);
}

function reporter(plan: readonly PlannedObject[], onProgress: (progress: DatabaseProgress) => void) {
  let position = 0;
  return (planned: PlannedObject): void => {
    position += 1;
    const { action, additions } = planned;
    onProgress({ type: 'object', object: nameOf(planned), action, additions, position, total: plan.length });
  };
}

function operationOf({ action, object }: PlannedObject): string {
  const verbs: Partial<Record<ObjectAction, string>> = { alter: 'altering', extend: 'extending' };
  return `${verbs[action] ?? 'creating'} ${describeObject(object)} (${object.path})`;
}

async function runScript(
  connection: SqlConnection,
  { path, batches }: ProjectScript,
  onProgress: (progress: DatabaseProgress) => void,
  signal?: AbortSignal,
): Promise<void> {
  await runBatches(connection, batches, `running ${path}`, signal);
  onProgress({ type: 'postDeployment', path });
}

async function runBatches(
  connection: SqlConnection,
  batches: readonly SqlBatch[],
  operation: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const { text, line, count } of batches) {
    for (let run = 0; run < count; run += 1) {
      await connection.batch(text, { operation: `${operation}, batch at line ${line}`, signal });
    }
  }
}

function nameOf({ object: { kind, schema, name } }: PlannedObject): ObjectName {
  return { kind, schema, name };
}
