import { bracketed } from './bracketed.ts';
import type { FailureKind } from './outcome.ts';

/** Base of every error that this package raises itself. `message` says what happened and why, `action` what to do. */
export abstract class DeployError extends Error {
  abstract readonly code: string;
  readonly kind: FailureKind = 'failed';
  readonly action: string;
  constructor(message: string, action: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.action = action;
  }
  /** Whether the same call may succeed later without a change: what it needs was away. */
  get retryable(): boolean {
    return this.kind === 'unreachable';
  }
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the text of a script can't be taken apart. */
export class SqlScriptError extends DeployError {
  readonly code = 'SQL_SCRIPT_INVALID';
  readonly source: string;
  readonly line: number;
  constructor(source: string, line: number, problem: string, action: string) {
    super(`${source}, line ${line}: ${problem}.`, action);
    this.source = source;
    this.line = line;
  }
}

/** Thrown when a file of the SQL project can't be read. */
export class ProjectFileError extends DeployError {
  readonly code = 'PROJECT_FILE_UNREADABLE';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(
      `The SQL project's file ${path} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Install @hartonomous/provenance-schema again: its database folder is not complete.',
      cause,
    );
    this.path = path;
  }
}

/** Thrown when the connection string names no database. */
export class DatabaseNameMissingError extends DeployError {
  readonly code = 'DATABASE_NAME_MISSING';
  override readonly kind = 'usage';
  constructor() {
    super('The connection string names no database.', 'Add Database=Hartonomous to it.');
  }
}

/** Thrown when the database is there but not usable. */
export class DatabaseNotOnlineError extends DeployError {
  readonly code = 'DATABASE_NOT_ONLINE';
  override readonly kind = 'unreachable';
  readonly database: string;
  readonly state: string;
  constructor(database: string, state: string) {
    super(
      `The database ${database} is ${state}.`,
      `Bring it online (for example ALTER DATABASE ${bracketed(database)} SET ONLINE) and run the command again.`,
    );
    this.database = database;
    this.state = state;
  }
}

/** One way in which an object of the database is not as the SQL project has it. */
export interface DriftDetail {
  /** For example `table dbo.Atom`. */
  readonly object: string;
  /** For example `column SyncType`. */
  readonly what: string;
  /** As in the SQL project; null where it has no such thing. */
  readonly expected: string | null;
  /** As in the database; null where it is missing there. */
  readonly found: string | null;
  /** A migration of the project about this very part. `applied`: it was changed again since. */
  readonly migration: { readonly number: number; readonly name: string; readonly state: 'pending' | 'applied' } | null;
  /** Statements that make it equal and lose nothing; null where only a person can tell. */
  readonly remedy: string | null;
}

/** One line about a drift, for people, and one with the statements that fix it where there are any. */
export function describeDrift({ object, what, expected, found, migration, remedy }: DriftDetail): string {
  const fix = remedy === null ? '' : `\n      ${remedy}`;
  return `${object}: ${differenceText(what, expected, found)}${migrationText(migration)}${fix}`;
}

function differenceText(what: string, expected: string | null, found: string | null): string {
  if (found === null) return `${what} is missing, expected ${expected}`;
  if (expected === null) return `${what} (${found}) is not in the SQL project`;
  return `${what} is ${found}, expected ${expected}`;
}

function migrationText(migration: DriftDetail['migration']): string {
  if (migration === null) return '';
  const name = `migration ${migration.number} (${migration.name})`;
  return migration.state === 'pending' ? `; ${name} changes it` : `; ${name} has been applied, so it was changed since`;
}

/** Thrown when objects that can't be altered without risk are not as the SQL project has them. Nothing was changed. */
export class DatabaseDriftError extends DeployError {
  readonly code = 'DATABASE_DRIFT';
  readonly drift: readonly DriftDetail[];
  constructor(database: string, drift: readonly DriftDetail[], isMigrated = false) {
    super(
      `The database ${database} differs from the SQL project in ${drift.length === 1 ? 'a point' : `${drift.length} points`} ` +
        `that a deployment does not change by itself; ${isMigrated ? 'migrations were applied, nothing else' : 'nothing'} was changed:\n${drift.map((detail) => `  - ${describeDrift(detail)}`).join('\n')}`,
      `${drift.some(({ remedy }) => remedy !== null) ? 'Run the statements above, change' : 'Change'} these objects by hand ` +
        'to what is expected (or drop them where they hold nothing), or run the command with --allow-drift to deploy ' +
        'everything else.',
    );
    this.drift = drift;
  }
}

/** Thrown when a newer version has deployed the database. Nothing was changed. */
export class DatabaseNewerError extends DeployError {
  readonly code = 'DATABASE_NEWER';
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly appliedBy: string }[];
  constructor(database: string, known: number, migrations: DatabaseNewerError['migrations']) {
    const names = migrations.map(({ number, name, appliedBy }) => `${number} (${name}, by ${appliedBy})`).join(', ');
    super(
      `The database ${database} is newer than this program, which knows ${known} migrations: it has had ${names}. Nothing was changed.`,
      'Deploy with the version that is named there, or a newer one.',
    );
    this.migrations = migrations;
  }
}

/** Thrown when a migration isn't the same any more as when the database had it. Nothing was changed. */
export class MigrationChangedError extends DeployError {
  readonly code = 'MIGRATION_CHANGED';
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly appliedBy: string }[];
  constructor(database: string, migrations: MigrationChangedError['migrations']) {
    const names = migrations.map(({ number, name, appliedBy }) => `${number} (${name}, by ${appliedBy})`).join(', ');
    super(
      `The database ${database} has had migrations with another text than this program has: ${names}. Nothing was changed.`,
      'Deploy with the version that is named there. Where the database is as the new text would leave it, delete the row of ' +
        'that number from dbo.SchemaMigration: the migration then runs again.',
    );
    this.migrations = migrations;
  }
}

/** Thrown when a migration can't be carried through. Those before it are applied and recorded. */
export class MigrationFailedError extends DeployError {
  readonly code = 'MIGRATION_FAILED';
  readonly number: number;
  readonly migration: string;
  constructor(number: number, name: string, reason: string, cause?: unknown) {
    super(
      `Migration ${number} (${name}) failed: ${reason}`,
      'Fix what SQL Server reports and deploy again: the migration starts over, those before it stay applied.',
      cause,
    );
    this.number = number;
    this.migration = name;
  }
}

/** Thrown when another deployment of the database doesn't end. */
export class DeploymentLockedError extends DeployError {
  readonly code = 'DEPLOYMENT_LOCKED';
  constructor(resource: string, minutes: number) {
    super(
      `Another deployment has held the lock ${resource} for ${minutes} minutes. Nothing was changed.`,
      "Wait until it has ended, or end it: sys.dm_tran_locks has its session (resource_type 'APPLICATION').",
    );
  }
}

/** Thrown for a server that has no Service Broker. */
export class AzureSqlDatabaseError extends DeployError {
  readonly code = 'AZURE_SQL_DATABASE';
  constructor() {
    super(
      'This server is Azure SQL Database, which has no Service Broker: the product cannot run there. Nothing was changed.',
      'Use SQL Server 2019 or newer, or Azure SQL Managed Instance.',
    );
  }
}

/** Thrown for a SQL Server before 2019. Nothing was changed. */
export class SqlServerTooOldError extends DeployError {
  readonly code = 'SQL_SERVER_TOO_OLD';
  readonly version: string;
  constructor(version: string) {
    super(
      `This server is version ${version}. SQL Server 2019 (15.0) is the oldest that is supported. Nothing was changed.`,
      'Use SQL Server 2019 or newer, or Azure SQL Managed Instance.',
    );
    this.version = version;
  }
}

/** Thrown when procedures and workers could not run in the database. Nothing was changed. */
export class CompatibilityLevelError extends DeployError {
  readonly code = 'COMPATIBILITY_LEVEL_TOO_LOW';
  readonly database: string;
  readonly level: number;
  constructor(database: string, level: number, action: string) {
    super(
      `The database ${database} has compatibility level ${level}, in which OPENJSON is unknown. Nothing was changed.`,
      action,
    );
    this.database = database;
    this.level = level;
  }
}

/** Thrown when a database has an enabled broker's twin on the same server, as after restoring a copy. */
export class BrokerIdentifierTakenError extends DeployError {
  readonly code = 'BROKER_IDENTIFIER_TAKEN';
  constructor(database: string, cause: unknown) {
    super(
      `Service Broker can't be enabled in ${database}: another database of this server has the same broker identifier, ` +
        'as a restored or attached copy has.',
      `Where ${database} is the copy: ALTER DATABASE ${bracketed(database)} SET NEW_BROKER WITH ROLLBACK IMMEDIATE; this removes the ` +
        'conversations and messages in it. Then run the command again.',
      cause,
    );
  }
}

/** Thrown when the folder for the backup of the graph's schema can't be made. */
export class BackupFolderError extends DeployError {
  readonly code = 'BACKUP_FOLDER_UNUSABLE';
  readonly folder: string;
  constructor(folder: string, cause: unknown) {
    super(
      `The backup folder ${folder} can't be made: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give another folder with --backup-dir, or --skip-backup to do without.',
      cause,
    );
    this.folder = folder;
  }
}

/** Thrown when a folder can't take an export of the database. */
export class ExportFolderError extends DeployError {
  readonly code = 'EXPORT_FOLDER_UNUSABLE';
  override readonly kind = 'usage';
  readonly folder: string;
  constructor(folder: string, why: string, cause?: unknown) {
    const reason = cause === undefined ? '' : ` (${cause instanceof Error ? cause.message : String(cause)})`;
    super(
      `The database can't be exported to ${folder}: ${why}${reason}.`,
      'Give a new folder, or --force to overwrite files of the same names.',
      cause,
    );
    this.folder = folder;
  }
}

/** Thrown when a file can't be sent in; others go on. */
export class IngestFileError extends DeployError {
  readonly code:
    | 'NOT_A_FILE'
    | 'FILE_TOO_LARGE'
    | 'FILE_CHANGED'
    | 'FILE_UNREADABLE'
    | 'FILE_NOT_FOUND'
    | 'NAME_NOT_USABLE';
  readonly path: string;
  constructor(path: string, code: IngestFileError['code'], why: string, cause?: unknown) {
    super(`${path} was not enqueued: ${why}.`, 'The other files were; run the command again for this one.', cause);
    this.path = path;
    this.code = code;
  }
}

/** Thrown when an option of a service can't be written into its files. */
export class ServiceOptionError extends DeployError {
  readonly code = 'SERVICE_OPTION_INVALID';
  override readonly kind = 'usage';
  constructor(message: string) {
    super(message, 'Give another value. Nothing was changed.');
  }
}

/** Thrown when this machine has no service manager that could run the worker, or this account may not use it. */
export class ServiceManagerError extends DeployError {
  readonly code = 'SERVICE_MANAGER_UNUSABLE';
}

/** Thrown when a program that installs, removes or asks for a service fails. */
export class ServiceCommandError extends DeployError {
  readonly code = 'SERVICE_COMMAND_FAILED';
  /** As a person would type it. */
  readonly command: string;
  constructor(command: string, reason: string, action: string, cause: unknown) {
    super(`${command} failed: ${reason}`, action, cause);
    this.command = command;
  }
}

/** Thrown when a service isn't as it was asked for, after its installation or removal. */
export class ServiceStateError extends DeployError {
  readonly code = 'SERVICE_STATE_WRONG';
}

/** Thrown when statements of a person's own would change something, and only reading was asked for. */
export class StatementRefusedError extends DeployError {
  readonly code = 'STATEMENT_REFUSED';
  override readonly kind = 'usage';
  constructor(message: string) {
    super(
      message,
      'Add --write if that is what you want; a name that is a word of T-SQL goes into brackets. Nothing was run.',
    );
  }
}

/** Thrown when a tenant's number is taken. */
export class TenantExistsError extends DeployError {
  readonly code = 'TENANT_EXISTS';
  constructor(id: number, name: string) {
    super(`There is a tenant ${id} already: ${name}.`, 'Take another number; hartonomous tenant list shows all.');
  }
}
