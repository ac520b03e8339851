import { quoteName, type SqlSession, SqlStatementError } from '@hartonomous/broker-client';
import { z } from 'zod';
import { BrokerIdentifierTakenError, DatabaseNotOnlineError } from '../errors.ts';

/** SQL Server's number for: another database has the same broker identifier. */
const brokerIdentifierTakenNumber = 9772;

/** What the server reports about a database. */
export interface DatabaseState {
  readonly isBrokerEnabled: boolean;
  readonly compatibilityLevel: number;
}

const row = z.object({ state: z.string(), isBrokerEnabled: z.boolean(), compatibilityLevel: z.number() });

/**
 * Looks for a database.
 *
 * @param master a connection to the database master
 * @returns undefined when there is none of that name
 * @throws DatabaseNotOnlineError when it is there but can't be used
 */
export async function databaseState(
  master: SqlSession,
  database: string,
  signal?: AbortSignal,
): Promise<DatabaseState | undefined> {
  const [found] = await master.query(
    `SELECT d.[state_desc] AS [state], d.[is_broker_enabled] AS [isBrokerEnabled],
       d.[compatibility_level] AS [compatibilityLevel]
     FROM sys.databases AS d
     WHERE d.[name] = @Name;`,
    { Name: database },
    row,
    { signal, context: { operation: `looking for database ${database}` } },
  );
  if (found !== undefined && found.state !== 'ONLINE') throw new DatabaseNotOnlineError(database, found.state);
  return found;
}

/**
 * Creates a database with the server's defaults but one: READ_COMMITTED_SNAPSHOT is on, so that readers don't wait for an
 * ingestion that writes.
 */
export async function createDatabase(master: SqlSession, database: string, signal?: AbortSignal): Promise<void> {
  await master.runBatch(`CREATE DATABASE ${quoteName(database)};`, {
    signal,
    context: { operation: `creating database ${database}` },
  });
  await master.runBatch(readCommittedSnapshotStatement(database), {
    signal,
    context: { operation: `setting READ_COMMITTED_SNAPSHOT of ${database}` },
  });
}

/** Switches row versions for readers on. It needs the database for itself. */
export function readCommittedSnapshotStatement(database: string): string {
  return `ALTER DATABASE ${quoteName(database)} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;`;
}

/**
 * Enables Service Broker. It needs the database for itself: transactions of others in it are rolled back.
 *
 * @throws BrokerIdentifierTakenError when it is a copy of another database of the server
 */
export async function enableBroker(master: SqlSession, database: string, signal?: AbortSignal): Promise<void> {
  try {
    await master.runBatch(`ALTER DATABASE ${quoteName(database)} SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;`, {
      signal,
      context: { operation: `enabling Service Broker in ${database}` },
    });
  } catch (error) {
    if (error instanceof SqlStatementError && error.number === brokerIdentifierTakenNumber) {
      throw new BrokerIdentifierTakenError(database, error);
    }
    throw error;
  }
}
