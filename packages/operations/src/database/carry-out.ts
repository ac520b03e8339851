import type { SqlSession } from '@hartonomous/broker-client';
import { DatabaseDriftError } from '../errors.ts';
import { applyMigrations, type MigrationProgress, migrationsOf } from './migrations/apply-migrations.ts';
import { baselineOf } from './migrations/baseline.ts';
import { recordMigration, recordTable } from './migrations/migration-records.ts';
import { describeObject, objectKey } from './object-name.ts';
import type { ObjectAction, PlannedObject } from './plan-deployment.ts';
import type { LoadedProject } from './read-project.ts';
import { runBatches } from './run-batches.ts';
import { type DatabaseSurvey, surveyDatabase } from './survey-database.ts';

/** What a deployment is to do in a database that is there. */
export interface CarryOutOptions {
  /** To the database; it holds the deployment lock. */
  readonly connection: SqlSession;
  readonly database: string;
  readonly project: LoadedProject;
  /** What has been found. */
  readonly survey: DatabaseSurvey;
  /** Name and version of the program, for records of migrations. */
  readonly appliedBy: string;
  readonly allowDrift: boolean;
  /** Told after each object. */
  readonly report: (planned: PlannedObject) => void;
  readonly onProgress: (
    progress: MigrationProgress | { readonly type: 'postDeployment'; readonly path: string },
  ) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Migrations, objects, migrations, scripts: everything that a deployment changes inside a database. It may end anywhere;
 * the next deployment then does what is left.
 *
 * @returns what was done with each object
 * @throws DatabaseDriftError when migrations leave a difference that a deployment doesn't change by itself
 */
export async function carryOut(options: CarryOutOptions): Promise<readonly PlannedObject[]> {
  const { connection, project, survey, report, onProgress, signal } = options;
  const plan = survey.isFresh ? survey.plan : await migrate(options);
  for (const planned of plan) {
    await runBatches(connection, planned.batches, operationOf(planned), signal);
    // At once: a database that gets its first tables later is then known to have been new.
    if (survey.isFresh && isRecordTable(planned)) await recordAll(options);
    report(planned);
  }
  if (!survey.isFresh) {
    await applyMigrations(connection, migrationsOf(survey.migrations.pending, 'after'), options);
    await checkMigrated(options);
  }
  for (const { path, batches } of project.postDeployment) {
    await runBatches(connection, batches, `running ${path}`, signal);
    onProgress({ type: 'postDeployment', path });
  }
  return plan;
}

/** Applies what comes before the objects, and plans them again: a migration may have changed what there is to do. */
async function migrate(options: CarryOutOptions): Promise<readonly PlannedObject[]> {
  const { connection, survey, signal } = options;
  const { plan, migrations } = survey;
  const records = plan.filter((planned) => isRecordTable(planned) && planned.action !== 'drift');
  for (const planned of records) {
    await runBatches(connection, planned.batches, operationOf(planned), signal);
  }
  const before = migrationsOf(migrations.pending, 'before');
  // What has been done to the record table must not be done again: a server refuses a constraint that is there.
  if (before.length === 0 && records.every(({ batches }) => batches.length === 0)) return plan;
  await applyMigrations(connection, before, options);
  const next = await resurvey(options);
  const first = new Map(plan.map((planned) => [objectKey(planned.object), planned]));
  return next.map((planned) => {
    const was = first.get(objectKey(planned.object));
    const isSettled = planned.action === 'unchanged' && was !== undefined;
    return isSettled ? { ...planned, action: was.action === 'drift' ? 'unchanged' : was.action } : planned;
  });
}

/** A migration that leaves the difference it is there for must not pass for a success. */
async function checkMigrated(options: CarryOutOptions): Promise<void> {
  const { pending } = options.survey.migrations;
  const settles = pending.some((migration) => migration.class === 'expand' && migration.settles.length > 0);
  if (settles) await resurvey(options);
}

async function resurvey({ connection, database, project, allowDrift, signal }: CarryOutOptions) {
  const { plan } = await surveyDatabase(connection, project, signal);
  const drift = plan.flatMap((planned) => planned.drift);
  if (drift.length > 0 && !allowDrift) throw new DatabaseDriftError(database, drift, true);
  return plan;
}

async function recordAll({ connection, project, appliedBy, signal }: CarryOutOptions): Promise<void> {
  for (const migration of baselineOf(project)) {
    await recordMigration(connection, migration, 'BASELINE', appliedBy, signal);
  }
}

function isRecordTable({ object }: PlannedObject): boolean {
  return objectKey(object) === objectKey(recordTable);
}

function operationOf({ action, object }: PlannedObject): string {
  const verbs: Partial<Record<ObjectAction, string>> = { alter: 'altering', extend: 'extending' };
  return `${verbs[action] ?? 'creating'} ${describeObject(object)} (${object.path})`;
}
