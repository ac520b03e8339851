import { Neo4jError } from 'neo4j-driver';
import {
  authenticationRateLimit,
  GraphAuthError,
  GraphDatabaseNotFoundError,
  GraphStatementError,
  GraphSyncError,
  GraphTransientError,
  GraphUnavailableError,
} from './errors.ts';

/** Where an error happened, for its message. */
export interface ErrorPlace {
  readonly uri: string;
  readonly database: string;
}

// The driver's own codes for a server that isn't there, and the server's for one that goes or isn't up yet. N/A is what
// the driver says for itself, without the server: no connection to be had in time, or a pool that was given up. It is
// never the fault of data, so nothing may be dead-lettered for it.
const unavailableCodes = new Set([
  'N/A',
  'ServiceUnavailable',
  'SessionExpired',
  'Neo.TransientError.General.DatabaseUnavailable',
  'Neo.TransientError.Database.DatabaseUnavailable',
  'Neo.TransientError.Network.CommunicationError',
  authenticationRateLimit,
]);

const transientPrefix = 'Neo.TransientError.';

// A transaction that reached its time limit, or whose node went away under it (another writer than graph-sync deleted
// it between finding and locking): not called transient by the server, but a new transaction sees a new state.
const otherTransientCodes = new Set([
  'Neo.ClientError.Transaction.TransactionTimedOut',
  'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration',
  'Neo.ClientError.Statement.EntityNotFound',
]);

// Called transient by the server, but they mean that someone ended it on purpose.
const endedOnPurposeCodes = new Set([
  'Neo.TransientError.Transaction.Terminated',
  'Neo.TransientError.Transaction.LockClientStopped',
]);

/** What a Neo4j status code means for who gets it. */
export type ErrorKind = 'auth' | 'unavailable' | 'transient' | 'database' | 'statement';

/** Sorts a code of the driver or the server; by the code alone, never by text. */
export function errorKind(neo4jCode: string): ErrorKind {
  if (unavailableCodes.has(neo4jCode)) return 'unavailable';
  if (neo4jCode.startsWith('Neo.ClientError.Security.')) return 'auth';
  if (neo4jCode === 'Neo.ClientError.Database.DatabaseNotFound') return 'database';
  if (endedOnPurposeCodes.has(neo4jCode)) return 'statement';
  if (neo4jCode.startsWith(transientPrefix) || otherTransientCodes.has(neo4jCode)) return 'transient';
  return 'statement';
}

/** Turns an error of neo4j-driver into one of this package; anything else comes back as it is. */
export function translateError(error: unknown, place: ErrorPlace): unknown {
  if (error instanceof GraphSyncError || !(error instanceof Neo4jError)) return error;
  const kinds = {
    auth: () => new GraphAuthError(place.uri, error.code, error),
    unavailable: () => new GraphUnavailableError(place.uri, error.code, error),
    transient: () => new GraphTransientError(place.uri, error.code, error),
    database: () => new GraphDatabaseNotFoundError(place.uri, place.database, error),
    statement: () => new GraphStatementError(place.uri, error.code, error),
  };
  return kinds[errorKind(error.code)]();
}
