import { BrokerTimeoutError } from '@hartonomous/broker-client';
import {
  GraphStatementError,
  GraphTransientError,
  GraphUnavailableError,
  InvalidGraphOptionsError,
} from '@hartonomous/graph-sync';
import { expect, test } from 'vitest';
import { graphDependency } from './graph-dependency.ts';

const uri = 'bolt://localhost:7687';

test.each([
  [new GraphTransientError(uri, 'Neo.TransientError.Transaction.DeadlockDetected', null), 'transient'],
  [new GraphUnavailableError(uri, 'ServiceUnavailable', null), 'outage'],
  [new GraphStatementError(uri, 'Neo.DatabaseError.General.UnknownError', null), 'outage'],
  [new InvalidGraphOptionsError(['uri: none'], null), 'fatal'],
  [new BrokerTimeoutError('No answer.'), undefined],
  [new TypeError('x is undefined'), undefined],
])('%s is %s of Neo4j', (error, kind) => {
  expect(graphDependency.classify(error)).toBe(kind);
});
