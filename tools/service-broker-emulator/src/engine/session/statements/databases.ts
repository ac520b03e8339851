import type { AlterDatabaseStatement, CreateDatabaseStatement } from '../../../tsql/ast/databases.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { unsupported } from '../../../unsupported.ts';
import { type Database, firstUserDatabaseId } from '../../server/database.ts';
import type { ResultSink } from '../../session-contract.ts';
import { collationOf } from '../../types/collation.ts';
import { codePageOf } from '../../types/collation-code-page.ts';
import { defaultCollation } from '../../types/type-info.ts';
import { useAlone, waitForTransactions } from '../database-use.ts';
import { alterDatabaseFailed, databaseHasItsOne, optionOfSystemDatabase } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { brokerIdentifierTaken, notInTransaction } from './errors/definition-errors.ts';

export function runCreateDatabase(run: Interpreter, statement: CreateDatabaseStatement): void {
  refuseInTransaction(run, 'CREATE DATABASE');
  const { server, identity } = run.session;
  server.databases.create(statement.name, identity.sid, databaseCollation(statement));
}

/**
 * The collation of a new database; undefined where it is the server's.
 *
 * @throws {SqlError} 448 for a name that isn't a collation, 459 for one without a code page, 40000 for one under which
 * names differ by case
 */
function databaseCollation({ collation: named, line }: CreateDatabaseStatement): string | undefined {
  if (named === undefined || /^DATABASE_DEFAULT$/i.test(named)) return undefined;
  const collation = collationOf(named);
  codePageOf(named);
  if (collation.caseSensitive) unsupported(`databases of the collation ${named}`, line);
  return collation.name.toUpperCase() === defaultCollation.toUpperCase() ? undefined : collation.name;
}

/** @throws {SqlError} 226 inside a user's transaction */
function refuseInTransaction(run: Interpreter, statement: string): void {
  if (run.session.transactions.explicit === undefined) return;
  throw notInTransaction(statement);
}

/** Options that change nothing here because the emulator always works that way, with the values that say so. */
const settled: Readonly<Record<string, readonly string[]>> = {
  READ_COMMITTED_SNAPSHOT: ['ON', 'OFF'],
  ALLOW_SNAPSHOT_ISOLATION: ['ON', 'OFF'],
  RECOVERY: ['SIMPLE', 'FULL', 'BULK_LOGGED'],
  TRUSTWORTHY: ['ON', 'OFF'],
  AUTO_CLOSE: ['OFF'],
  AUTO_SHRINK: ['OFF'],
  READ_WRITE: [''],
  ONLINE: [''],
  HONOR_BROKER_PRIORITY: ['ON', 'OFF'],
  COMPATIBILITY_LEVEL: ['130', '140', '150', '160', '170'],
  QUERY_STORE: ['ON', 'OFF'],
};

/** Options that need the database for the session alone. */
const exclusive = new Set([
  'ENABLE_BROKER',
  'DISABLE_BROKER',
  'NEW_BROKER',
  'ERROR_BROKER_CONVERSATIONS',
  'READ_COMMITTED_SNAPSHOT',
  'SINGLE_USER',
]);

/** @throws {SqlError} 5069 after 9772 when a database of the server, of which this one is a copy, has its broker enabled */
function refuseTakenIdentifier(run: Interpreter, database: Database, { line }: AlterDatabaseStatement): void {
  const { guid } = database.broker;
  const isTaken = ({ broker }: Database) => broker !== database.broker && broker.enabled && broker.guid === guid;
  if (!run.session.server.databases.all.some(isTaken)) return;
  run.sink.error(brokerIdentifierTaken(database.name, line));
  throw alterDatabaseFailed(line);
}

export async function runAlterDatabase(run: Interpreter, statement: AlterDatabaseStatement): Promise<void> {
  const { session } = run;
  const database = statement.name === undefined ? session.database : session.server.databases.require(statement.name);
  refuseInTransaction(run, 'ALTER DATABASE');
  if (exclusive.has(statement.option)) await useAlone(run, database, statement);
  else if (statement.option === 'ALLOW_SNAPSHOT_ISOLATION') await waitForTransactions(run, database);
  const transaction = session.transactionForWriting();
  switch (statement.option) {
    case 'ENABLE_BROKER':
      refuseTakenIdentifier(run, database, statement);
      database.broker.setEnabled(transaction, true);
      return;
    case 'DISABLE_BROKER':
      database.broker.setEnabled(transaction, false);
      return;
    case 'NEW_BROKER':
      database.broker.newBroker(transaction);
      return;
    case 'SINGLE_USER':
    case 'MULTI_USER':
      setUserAccess(run, database, statement);
      return;
    case 'ERROR_BROKER_CONVERSATIONS':
      database.broker.errorAllConversations(transaction);
      return;
    default: {
      const value = (statement.value ?? '').toUpperCase();
      if (settled[statement.option]?.includes(value) !== true) {
        throw unsupported(`ALTER DATABASE ... SET ${statement.option} ${value}`.trim(), statement.line);
      }
      session.server.databases.setOption(transaction, database, statement.option, value);
    }
  }
}

/** @throws {SqlError} 5069 after 5058 for a system database, after 5064 while another session has the database for itself */
function setUserAccess(run: Interpreter, database: Database, { option, line }: AlterDatabaseStatement): void {
  const { session } = run;
  const { server } = session;
  if (database.databaseId < firstUserDatabaseId) {
    run.sink.error(optionOfSystemDatabase(option, database.name, line));
    throw alterDatabaseFailed(line);
  }
  if (database.isForOne && server.sessionsIn(database).some(({ core }) => core !== session)) {
    run.sink.error(databaseHasItsOne(database.name, line));
    throw alterDatabaseFailed(line);
  }
  server.databases.setOption(session.transactionForWriting(), database, 'USER_ACCESS', option);
}

/** Tells the client of another current database, and of its collation where that is another, too. */
export function announceDatabase(sink: ResultSink, database: Database, before: Database): void {
  sink.environment({ kind: 'database', newValue: database.name, oldValue: before.name });
  if (database.collation === before.collation) return;
  sink.environment({ kind: 'collation', newValue: database.collation, oldValue: before.collation });
}

export function runUse(run: Interpreter, statement: Extract<Statement, { kind: 'use' }>, frame: ModuleFrame): void {
  const { session } = run;
  const database = session.server.databases.require(statement.database);
  const before = session.database;
  session.enter(database);
  announceDatabase(run.sink, database, before);
  run.sink.info({
    number: 5701,
    state: 1,
    severity: 0,
    text: `Changed database context to '${database.name}'.`,
    procedure: frame.procedure,
    line: statement.line,
  });
}
