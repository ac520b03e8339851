import { BrokerError, InvalidBrokerOptionsError, TransientSqlError } from '@hartonomous/broker-client';
import { GraphSyncError, GraphTransientError, InvalidGraphOptionsError } from '@hartonomous/graph-sync';

/** The servers that the worker can't do without. */
export type DependencyName = 'sql-server' | 'neo4j';

/**
 * What an error of a batch means for the loop. `transient`: this one batch met a deadlock, a lock time-out or the like;
 * try again. `outage`: no batch will succeed until something changes over there. `fatal`: a defect here.
 */
export type Failure =
  | { readonly kind: 'transient' | 'outage'; readonly dependency: DependencyName; readonly error: Error }
  | { readonly kind: 'fatal'; readonly error: unknown };

/**
 * Sorts an error by its class. What SQL Server or Neo4j refuses for good (a revoked permission, a changed password, a
 * missing procedure) is an outage too: the messages are not at fault, stay where they are, and are taken up when
 * somebody has put it right, without a restart.
 */
export function classifyFailure(error: unknown): Failure {
  // A batch that failed and whose rollback failed too: the first failure tells more.
  if (error instanceof SuppressedError) return classifyFailure(error.suppressed);
  if (error instanceof InvalidBrokerOptionsError || error instanceof InvalidGraphOptionsError) {
    return { kind: 'fatal', error };
  }
  if (error instanceof BrokerError) {
    return { kind: error instanceof TransientSqlError ? 'transient' : 'outage', dependency: 'sql-server', error };
  }
  if (error instanceof GraphSyncError) {
    return { kind: error instanceof GraphTransientError ? 'transient' : 'outage', dependency: 'neo4j', error };
  }
  return { kind: 'fatal', error };
}

/** An error in one line for health and logs: its stable code where it has one, and what it says. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
}
