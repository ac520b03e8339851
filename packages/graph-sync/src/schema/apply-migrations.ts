import type { GraphMigration, MigrationStatement } from '@hartonomous/provenance-schema';
import type { GraphConnection } from '../connect.ts';
import { GraphStatementError } from '../errors.ts';
import { parseWriterOptions } from '../options.ts';
import { translateError } from '../translate-error.ts';
import { type WriteTransactionOptions, writeTransaction } from '../write-transaction.ts';
import { awaitIndexesSeconds } from './create-items.ts';
import { isNewGraph } from './is-new-graph.ts';
import { withMigrationLock } from './migration-lock.ts';
import { type MigrationReport, migrationChecksum, migrationConstraint, readMigrations } from './migration-records.ts';
import { MigrationChangedError, MigrationFailedError } from './schema-errors.ts';

/** Told while migrations are applied. */
export type MigrationProgress =
  /** Another deployment applies migrations; this one goes on when it has ended. */
  | { readonly state: 'waiting' }
  | { readonly state: 'started'; readonly version: string; readonly description: string }
  /** After each transaction of a statement in batches. */
  | { readonly state: 'batch'; readonly version: string; readonly changed: number }
  | { readonly state: 'applied'; readonly version: string; readonly durationMs: number };

/** How to apply migrations. */
export interface ApplyMigrationsOptions {
  readonly migrations: readonly GraphMigration[];
  /** Name and version of the program, for the record. */
  readonly appliedBy: string;
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Nodes per transaction of a statement in batches. Sync writers wait meanwhile, so more would hold them up for longer;
 * fewer cost a round trip each.
 */
const batchSize = 5_000n;

const writeRecordStatement =
  `MERGE (m:${migrationConstraint.label} {version: $version}) ` +
  'SET m.checksum = $checksum, m.description = $description, m.appliedAt = datetime(), m.appliedBy = $appliedBy, ' +
  'm.durationMs = $durationMs';

/**
 * Applies the migrations that the graph hasn't had, in their order, and records each in a node `SchemaMigration`. Of
 * several deployments at a time one applies them, the others wait and find them applied. One that is interrupted begins
 * the migration that was under way anew the next time; those before it stay applied. The constraints of the schema must
 * be there ({@link deployGraphSchema} creates them first): without them two may get the lock. In a graph that nothing was ever
 * written to, they are recorded as applied and not run: there is nothing of an older version in it.
 *
 * @returns the comparison as it was before, under the lock; what it calls pending has been run
 * @throws MigrationChangedError before anything is applied; MigrationFailedError; other GraphSyncErrors; the reason of
 * `signal` when aborted
 */
export async function applyMigrations(
  connection: GraphConnection,
  options: ApplyMigrationsOptions,
): Promise<MigrationReport> {
  const { migrations, onProgress, signal } = options;
  const before = await checkedMigrations(connection, migrations);
  if (before.pending.length === 0) return before;
  const onWaiting = () => onProgress?.({ state: 'waiting' });
  return withMigrationLock(connection, { onWaiting, signal }, async () => {
    const report = await checkedMigrations(connection, migrations);
    if (!(await isNewGraph(connection, report))) {
      for (const migration of report.pending) await applyOne(connection, migration, options);
      return report;
    }
    for (const migration of report.pending) await record(connection, migration, { ...options, durationMs: 0 });
    return await checkedMigrations(connection, migrations);
  });
}

async function checkedMigrations(connection: GraphConnection, migrations: readonly GraphMigration[]) {
  const report = await readMigrations(connection, migrations);
  if (report.changed.length > 0) throw new MigrationChangedError(report.changed.map(({ version }) => version));
  return report;
}

async function applyOne(
  connection: GraphConnection,
  migration: GraphMigration,
  { appliedBy, onProgress, signal }: ApplyMigrationsOptions,
): Promise<void> {
  const { version, description, statements } = migration;
  onProgress?.({ state: 'started', version, description });
  const start = performance.now();
  const writer = { ...parseWriterOptions({}), signal };
  let found: Readonly<Record<string, unknown>> = {};
  for (const [position, statement] of statements.entries()) {
    const fail = (reason: string, cause?: unknown) => new MigrationFailedError(version, position + 1, reason, cause);
    try {
      if (statement.kind === 'schema') await changeSchema(connection, statement, signal);
      else if (statement.kind === 'read')
        found = { ...found, ...(await readOnce(connection, statement, signal, fail)) };
      else if (statement.kind === 'data')
        await writeTransaction(connection, writer, (run) => run(statement.cypher, found));
      else {
        for await (const changed of inBatches(connection, statement, found, writer, fail)) {
          onProgress?.({ state: 'batch', version, changed });
        }
      }
    } catch (error) {
      throw error instanceof GraphStatementError ? fail(error.message, error) : error;
    }
  }
  const durationMs = Math.round(performance.now() - start);
  await record(connection, migration, { appliedBy, durationMs, signal });
  onProgress?.({ state: 'applied', version, durationMs });
}

async function record(
  connection: GraphConnection,
  migration: GraphMigration,
  { appliedBy, durationMs, signal }: Pick<ApplyMigrationsOptions, 'appliedBy' | 'signal'> & { durationMs: number },
): Promise<void> {
  const { version, description } = migration;
  const parameters = { version, checksum: migrationChecksum(migration), description, appliedBy };
  await writeTransaction(connection, { ...parseWriterOptions({}), signal }, (run) =>
    run(writeRecordStatement, { ...parameters, durationMs: BigInt(durationMs) }),
  );
}

async function changeSchema(
  connection: GraphConnection,
  { cypher }: MigrationStatement,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const { driver, database } = connection;
  try {
    await driver.executeQuery(cypher, {}, { database });
    // The next statement may be slow without the index, and the verification would find it still being filled.
    await driver.executeQuery('CALL db.awaitIndexes($seconds)', { seconds: awaitIndexesSeconds }, { database });
  } catch (error) {
    throw translateError(error, connection);
  }
}

/** The one record of a statement that may take as long as it takes, without the writers' lock. */
async function readOnce(
  connection: GraphConnection,
  { cypher }: MigrationStatement,
  signal: AbortSignal | undefined,
  fail: (reason: string) => MigrationFailedError,
): Promise<Readonly<Record<string, unknown>>> {
  signal?.throwIfAborted();
  await using session = connection.driver.session({ database: connection.database });
  // Closing the session resets its connection, which ends the statement.
  const onAbort = () => void session.close().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const { records } = await session.run(cypher, {}, { timeout: 0 });
    const [record] = records;
    if (record === undefined || records.length > 1) throw fail('it does not return one record');
    return record.toObject();
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, connection);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Yields how many it has changed so far, after each transaction that has changed any. */
async function* inBatches(
  connection: GraphConnection,
  { cypher }: MigrationStatement,
  found: Readonly<Record<string, unknown>>,
  writer: WriteTransactionOptions,
  fail: (reason: string) => MigrationFailedError,
): AsyncGenerator<number> {
  for (let total = 0; ; ) {
    const { records } = await writeTransaction(connection, writer, (run) => run(cypher, { ...found, batchSize }));
    const changed = records[0]?.changed;
    if (records.length !== 1 || typeof changed !== 'bigint')
      throw fail('it does not end with RETURN count(...) AS changed');
    if (changed === 0n) return;
    total += Number(changed);
    yield total;
  }
}
