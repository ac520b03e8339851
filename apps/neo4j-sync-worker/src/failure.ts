import { classifyBrokerFailure, firstFailure, type ReceiveFailure } from '@hartonomous/broker-client';
import {
  GraphSyncError,
  GraphTransientError,
  InvalidGraphOptionsError,
  SequencePassedError,
} from '@hartonomous/graph-sync';
import { SequenceBehindError } from '@hartonomous/provenance-schema';

/** The servers that the worker can't do without. */
export type DependencyName = 'sql-server' | 'neo4j';

/**
 * Sorts an error of a batch by its class. What Neo4j refuses for good (a changed password, an unknown database) is an
 * outage too: the messages are not at fault, stay where they are, and are taken up when somebody has put it right. So is a
 * sequence that is behind the graph: it is SQL Server that has to be put right.
 */
export function classifyFailure(error: unknown): ReceiveFailure<DependencyName> {
  const first = firstFailure(error);
  if (first instanceof SequenceBehindError) return { kind: 'outage', dependency: 'sql-server', error: first };
  if (!(first instanceof GraphSyncError)) return classifyBrokerFailure(first, 'sql-server');
  if (first instanceof InvalidGraphOptionsError) return { kind: 'fatal', error: first };
  const isTransient = first instanceof GraphTransientError || first instanceof SequencePassedError;
  return { kind: isTransient ? 'transient' : 'outage', dependency: 'neo4j', error: first };
}
