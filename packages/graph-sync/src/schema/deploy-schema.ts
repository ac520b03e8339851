import type { GraphSchema } from '@hartonomous/provenance-schema';
import type { GraphConnection } from '../connect.ts';
import { parseWriterOptions } from '../options.ts';
import { translateError } from '../translate-error.ts';
import { writeTransaction } from '../write-transaction.ts';
import { applyMigrations, type MigrationProgress } from './apply-migrations.ts';
import { awaitIndexesSeconds, createItems, type ItemCreation } from './create-items.ts';
import { readMigrations } from './migration-records.ts';
import { backupGraphSchema } from './schema-backup.ts';
import { MigrationChangedError } from './schema-errors.ts';
import { constraintItems, indexItems, referenceNodeStatement } from './schema-items.ts';
import type { SchemaReport } from './schema-report.ts';
import { missingReferenceNodes, verifyGraphSchema } from './verify-schema.ts';

/** The steps of a deployment, in their order; the operators' runbook (R5) numbers them 1 to 6. */
export const deploySteps = [
  'connection',
  'backup',
  'constraints',
  'indexes',
  'referenceNodes',
  'verification',
] as const;

/** A step of a deployment; they run in the order of {@link deploySteps}. */
export type DeployStep = (typeof deploySteps)[number];

/** Told before and after each step, and while migrations are applied (before the verification). */
export type DeployEvent =
  | { readonly step: DeployStep; readonly number: number; readonly state: 'started' }
  | ({
      readonly step: DeployStep;
      readonly number: number;
      /** `skipped`: no backup file was asked for. */
      readonly state: 'done' | 'skipped';
    } & ItemCreation)
  | { readonly step: 'migrations'; readonly state: 'progress'; readonly progress: MigrationProgress };

/** How to deploy. */
export interface DeployGraphSchemaOptions {
  readonly schema: GraphSchema;
  /** File for the statements that create what was there before; `null` makes no backup. */
  readonly backupFile: string | null;
  /** Name and version of the program, for the records of migrations. @default 'graph-sync' */
  readonly appliedBy?: string | undefined;
  readonly onStep?: ((event: DeployEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The comparison after a deployment, and what it has changed. */
export interface SchemaDeployment extends SchemaReport {
  /** Names of constraints, indexes and reference nodes that were missing, supporting ones included. */
  readonly created: readonly string[];
  /** Versions of the migrations that were applied. */
  readonly migrated: readonly string[];
}

type StepResult = ItemCreation & { readonly skipped?: boolean };

const nothing: ItemCreation = { count: 0, total: 0, created: [], leftOut: [], search: { count: 0, total: 0 } };

/**
 * Creates constraints, indexes and reference nodes that are missing, applies migrations that the graph hasn't had, and
 * compares the result with the schema. Repeating it changes nothing; it never drops anything, except what a migration
 * says.
 *
 * @returns the comparison; `complete` is false when something is there in another shape
 * @throws SchemaItemRefusedError, MigrationChangedError (before anything is changed), MigrationFailedError and other
 * GraphSyncErrors; the reason of `signal` when aborted
 */
export async function deployGraphSchema(
  connection: GraphConnection,
  options: DeployGraphSchemaOptions,
): Promise<SchemaDeployment> {
  const { schema, backupFile, onStep, signal } = options;
  const { driver, database } = connection;
  const created: string[] = [];
  const migrated: string[] = [];
  let report: SchemaReport | undefined;

  const steps: Readonly<Record<DeployStep, () => Promise<StepResult>>> = {
    connection: async () => {
      await driver.verifyConnectivity({ database });
      const { changed } = await readMigrations(connection, schema.migrations);
      if (changed.length > 0) throw new MigrationChangedError(changed.map(({ version }) => version));
      return nothing;
    },
    backup: async () => {
      if (backupFile === null) return { ...nothing, skipped: true };
      const count = await backupGraphSchema(connection, backupFile);
      return { ...nothing, count, total: count };
    },
    constraints: () => createItems(connection, constraintItems(schema), signal),
    indexes: async () => {
      const result = await createItems(connection, indexItems(schema), signal);
      await driver.executeQuery('CALL db.awaitIndexes($seconds)', { seconds: awaitIndexesSeconds }, { database });
      return result;
    },
    referenceNodes: async () => {
      const missing = await missingReferenceNodes(connection, schema.referenceNodes);
      // Under the writer lock: a sync may create the same node as the missing end of an edge.
      if (missing.length > 0) {
        await writeTransaction(connection, { ...parseWriterOptions({}), signal }, async (run) => {
          for (const node of missing) {
            await run(referenceNodeStatement(node), { value: node.key.value, properties: node.properties });
          }
        });
      }
      const total = schema.referenceNodes.length;
      return { ...nothing, count: total, total, created: missing.map(({ label, key }) => `${label} ${key.value}`) };
    },
    verification: async () => {
      report = await verifyGraphSchema(connection, schema);
      const { items } = report;
      return { ...nothing, count: items.filter(({ state }) => state === 'found').length, total: items.length };
    },
  };

  const migrate = async () => {
    await applyMigrations(connection, {
      migrations: schema.migrations,
      appliedBy: options.appliedBy ?? 'graph-sync',
      onProgress: (progress) => {
        if (progress.state === 'applied') migrated.push(progress.version);
        onStep?.({ step: 'migrations', state: 'progress', progress });
      },
      signal,
    });
  };

  try {
    for (const [position, step] of deploySteps.entries()) {
      signal?.throwIfAborted();
      // Whatever a migration needs is there by then, and what it leaves is verified.
      if (step === 'verification') await migrate();
      const number = position + 1;
      onStep?.({ step, number, state: 'started' });
      const { skipped = false, ...result } = await steps[step]();
      created.push(...result.created);
      onStep?.({ step, number, state: skipped ? 'skipped' : 'done', ...result });
    }
  } catch (error) {
    throw translateError(error, connection);
  }
  if (report === undefined) throw new Error('The verification step gave no report.');
  return { ...report, created, migrated };
}
