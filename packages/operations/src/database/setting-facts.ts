import { quoteName } from '@hartonomous/broker-client';
import { CompatibilityLevelError } from '../errors.ts';
import { type Fix, sqlFix } from '../fix.ts';
import type { DatabaseSettings } from './database-settings.ts';
import { withoutSnapshotAction, withoutSnapshotMessage } from './read-committed-snapshot.ts';

/** One setting of server or database, in the words of every command that reports it. */
export interface SettingFact {
  /** Stable name, for scripts: `database.owner`. */
  readonly id: string;
  /** `problem`: something doesn't work because of it; `warning`: it works, and a person should know; `unseen`: this login can't tell. */
  readonly severity: 'ok' | 'warning' | 'problem' | 'unseen';
  readonly message: string;
  /** What to do; null where there is nothing to do. */
  readonly action: string | null;
  /** What fixes it and loses nothing. @default it needs a person */
  readonly fix?: Fix;
}

/** EngineEdition of the free edition, whose databases are limited in size. */
const expressEdition = 4;

/** OPENJSON is unknown below: every batch of the sync worker reads by it. */
const leastCompatibilityLevel = 130;

/** That of SQL Server 2019. Below, the optimizer takes every table variable for one row. */
const wantedCompatibilityLevel = 150;

/**
 * Refuses a database in which neither procedures nor workers could run.
 *
 * @throws CompatibilityLevelError
 */
export function checkCompatibilityLevel(database: string, level: number): void {
  if (level < leastCompatibilityLevel) {
    throw new CompatibilityLevelError(database, level, compatibilityLevelStatement(database));
  }
}

function compatibilityLevelStatement(database: string): string {
  return `ALTER DATABASE ${quoteName(database)} SET COMPATIBILITY_LEVEL = ${wantedCompatibilityLevel};`;
}

/** All settings that matter, each of them well, worth knowing, or wrong. */
export function settingFacts(settings: DatabaseSettings): SettingFact[] {
  return [
    serverFact(settings),
    ownerFact(settings),
    brokerUserFact(settings),
    identifierFact(settings),
    autoCloseFact(settings),
    compatibilityFact(settings),
    snapshotFact(settings),
  ];
}

function ok(id: string, message: string): SettingFact {
  return { id, severity: 'ok', message, action: null };
}

/** @param what in words that go on after "Not seen: " */
function unseen(id: string, what: string): SettingFact {
  return { id, severity: 'unseen', message: `Not seen: ${what}`, action: 'Ask as an administrator.' };
}

function serverFact({ engineEdition, edition, version }: DatabaseSettings): SettingFact {
  const id = 'server.version';
  const message = `The server is version ${version ?? 'unknown'}, ${edition ?? 'of an unknown edition'}.`;
  if (engineEdition !== expressEdition) return ok(id, message);
  return {
    id,
    severity: 'warning',
    message: `${message} Express limits the size of a database: 10 GB, or 50 GB from version 17 on.`,
    action: 'Watch the size of the database; when it is full, nothing can be enqueued.',
  };
}

function ownerFact(settings: DatabaseSettings): SettingFact {
  const { name, owner, impersonationRefusal: refusal } = settings;
  const id = 'database.owner';
  const cause = ownerCause(settings);
  // Where it was tried, that decides.
  if (refusal === null) return ok(id, `The database belongs to ${owner ?? 'a principal whose name is not seen'}.`);
  if (refusal === undefined && cause === null) {
    return unseen(
      id,
      `whether anything can run as dbo, which this login may not try. The database belongs to ${owner}.`,
    );
  }
  const why = [cause, refusal].filter((part) => part !== null && part !== undefined).join(' ');
  return {
    id,
    severity: 'problem',
    message:
      `Nothing can run as dbo: ${why} The product's own procedures run as HartonomousBroker and go on; EXECUTE AS OWNER and ` +
      'activation of others stop with error 15517 or 15404.',
    action: `As an administrator: ALTER AUTHORIZATION ON DATABASE::${quoteName(name)} TO [sa]; or to a disabled SQL login of its own.`,
  };
}

/** What the catalog says against the owner, as a sentence. */
function ownerCause({ owner, isOwnerDbo }: DatabaseSettings): string | null {
  if (owner === null) {
    return 'the owner of the database has no login on this server, as after a restore from another server, or its login was dropped.';
  }
  if (isOwnerDbo === 1) return null;
  return `the database belongs to ${owner}, but dbo inside it is somebody else, as after ATTACH.`;
}

/** The owner of the broker objects has to end conversations, which takes db_owner. */
function brokerUserFact({ isBrokerUserOwner, seesRoles }: DatabaseSettings): SettingFact {
  const id = 'broker.owner';
  if (isBrokerUserOwner === 1) return ok(id, 'HartonomousBroker is a member of db_owner.');
  if (isBrokerUserOwner === null && seesRoles !== 1) {
    return unseen(id, 'whether HartonomousBroker is a member of db_owner. This login may not see members of roles.');
  }
  return {
    id,
    severity: 'problem',
    message:
      'HartonomousBroker is not a member of db_owner: procedures that end conversations or look at them are refused, and ' +
      'messages may stay in sys.transmission_queue.',
    action: 'Run: hartonomous database deploy',
    fix: sqlFix('ALTER ROLE [db_owner] ADD MEMBER [HartonomousBroker];'),
  };
}

function identifierFact({ name, isBrokerEnabled, twins, seesDatabases }: DatabaseSettings): SettingFact {
  const id = 'broker.identifier';
  const names = twins.map((twin) => twin.name).join(', ');
  if (twins.length === 0 && seesDatabases !== 1) {
    return unseen(id, 'whether another database has the same Service Broker identifier; that takes VIEW ANY DATABASE.');
  }
  if (twins.length === 0) return ok(id, 'No other database of the server has the same Service Broker identifier.');
  if (isBrokerEnabled) {
    return ok(id, `${names} has the same Service Broker identifier: a copy, whose broker can't be enabled as it is.`);
  }
  return {
    id,
    severity: twins.some((twin) => twin.isBrokerEnabled) ? 'problem' : 'warning',
    message: `${names} has the same Service Broker identifier: one of them is a copy of the other, and only one can have its broker enabled (error 9772).`,
    action:
      `Where ${name} is the copy: ALTER DATABASE ${quoteName(name)} SET NEW_BROKER WITH ROLLBACK IMMEDIATE; this removes the ` +
      'conversations and messages in it. Then run: hartonomous doctor, which finds ingestion jobs that lost their message, and ' +
      'hartonomous reconcile --repair',
  };
}

function autoCloseFact({ name, isAutoCloseOn }: DatabaseSettings): SettingFact {
  const id = 'database.auto-close';
  if (!isAutoCloseOn) return ok(id, 'AUTO_CLOSE is off.');
  return {
    id,
    severity: 'warning',
    message:
      'AUTO_CLOSE is on: when the last session ends, the database is closed, and activation, delivery and conversation timers ' +
      'stand still until somebody opens it.',
    action: `ALTER DATABASE ${quoteName(name)} SET AUTO_CLOSE OFF;`,
    fix: sqlFix(`ALTER DATABASE ${quoteName(name)} SET AUTO_CLOSE OFF;`),
  };
}

function compatibilityFact({ name, compatibilityLevel: level }: DatabaseSettings): SettingFact {
  const id = 'database.compatibility-level';
  if (level >= wantedCompatibilityLevel) return ok(id, `The compatibility level is ${level}.`);
  const isTooLow = level < leastCompatibilityLevel;
  return {
    id,
    severity: isTooLow ? 'problem' : 'warning',
    message: isTooLow
      ? `The compatibility level is ${level}, in which OPENJSON is unknown: workers can read nothing.`
      : `The compatibility level is ${level}, below that of SQL Server 2019 (${wantedCompatibilityLevel}): plans of large batches are worse.`,
    action: compatibilityLevelStatement(name),
  };
}

function snapshotFact({ name, isReadCommittedSnapshotOn }: DatabaseSettings): SettingFact {
  const id = 'database.read-committed-snapshot';
  if (isReadCommittedSnapshotOn) return ok(id, 'READ_COMMITTED_SNAPSHOT is on: readers do not wait for writers.');
  return { id, severity: 'warning', message: withoutSnapshotMessage(name), action: withoutSnapshotAction(name) };
}
