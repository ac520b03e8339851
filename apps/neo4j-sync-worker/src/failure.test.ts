import { BrokerTimeoutError, PermissionDeniedError, TransientSqlError } from '@hartonomous/broker-client';
import { GraphStatementError, GraphTransientError, GraphUnavailableError } from '@hartonomous/graph-sync';
import { expect, test } from 'vitest';
import { classifyFailure } from './failure.ts';

const uri = 'bolt://localhost:7687';

test.each([
  [new TransientSqlError('Lock request time out.', { number: 1222 }), 'transient', 'sql-server'],
  [new BrokerTimeoutError('No answer.'), 'outage', 'sql-server'],
  [new PermissionDeniedError('EXECUTE was denied.'), 'outage', 'sql-server'],
  [new GraphTransientError(uri, 'Neo.TransientError.Transaction.DeadlockDetected', null), 'transient', 'neo4j'],
  [new GraphUnavailableError(uri, 'ServiceUnavailable', null), 'outage', 'neo4j'],
  [new GraphStatementError(uri, 'Neo.DatabaseError.General.UnknownError', null), 'outage', 'neo4j'],
])('%s is %s of %s', (error, kind, dependency) => {
  expect(classifyFailure(error)).toEqual({ kind, dependency, error });
});

test('a defect is fatal', () => {
  expect(classifyFailure(new TypeError('x is undefined'))).toMatchObject({ kind: 'fatal' });
});

test('a failed rollback does not hide why there was one', () => {
  const suppressed = new GraphUnavailableError(uri, 'ServiceUnavailable', null);
  expect(classifyFailure(new SuppressedError(new Error('rollback failed'), suppressed))).toMatchObject({
    kind: 'outage',
    dependency: 'neo4j',
  });
});
