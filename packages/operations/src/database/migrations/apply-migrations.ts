import { type SqlSession, SqlStatementError } from '@hartonomous/broker-client';
import type { DatabaseMigrationPhase } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { MigrationFailedError } from '../../errors.ts';
import type { ProjectMigration } from '../read-project.ts';
import { runBatches } from '../run-batches.ts';
import { recordMigration } from './migration-records.ts';

/** Told while migrations are applied. */
export interface MigrationProgress {
  readonly type: 'migration';
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly class: ProjectMigration['class'];
  /** `pending`: a dry run would apply it now. */
  readonly state: 'started' | 'applied' | 'pending';
}

/** How to apply migrations. */
export interface ApplyMigrationsOptions {
  /** Name and version of the program, for the record. */
  readonly appliedBy: string;
  readonly onProgress: (progress: MigrationProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** The pending migrations that run in a phase of a deployment; never one that takes something away. */
export function migrationsOf(
  pending: readonly ProjectMigration[],
  phase: DatabaseMigrationPhase,
): readonly ProjectMigration[] {
  return pending.filter((migration) => migration.class === 'expand' && migration.phase === phase);
}

/**
 * Applies migrations in their order and records each when it is through. One that is interrupted is not recorded and
 * begins anew the next time, as its script allows; those before it stay applied.
 *
 * @throws MigrationFailedError when SQL Server refuses a statement; BrokerError (of broker-client) otherwise
 */
export async function applyMigrations(
  connection: SqlSession,
  migrations: readonly ProjectMigration[],
  { appliedBy, onProgress, signal }: ApplyMigrationsOptions,
): Promise<void> {
  for (const migration of migrations) {
    onProgress(migrationProgress(migration, 'started'));
    await runMigration(connection, migration, signal);
    await recordMigration(connection, migration, 'APPLIED', appliedBy, signal);
    onProgress(migrationProgress(migration, 'applied'));
  }
}

/** What is reported of a migration. */
export function migrationProgress(
  { number, name, description, class: kind }: ProjectMigration,
  state: MigrationProgress['state'],
): MigrationProgress {
  return { type: 'migration', number, name, description, class: kind, state };
}

async function runMigration(
  connection: SqlSession,
  migration: ProjectMigration,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { number, name, path, batches } = migration;
  try {
    await runBatches(connection, batches, `applying migration ${number} (${path})`, signal);
  } catch (error) {
    throw error instanceof SqlStatementError ? new MigrationFailedError(number, name, error.message, error) : error;
  }
  const [open] = await connection.query('SELECT @@TRANCOUNT AS [transactions];', {}, transactionsRow, {
    signal,
    context: { operation: `checking migration ${number}` },
  });
  if (open?.transactions === 0) return;
  await connection.runBatch('ROLLBACK TRANSACTION;', { context: { operation: `rolling back migration ${number}` } });
  throw new MigrationFailedError(number, name, 'its script left a transaction open, which was rolled back');
}

const transactionsRow = z.object({ transactions: z.number() });
