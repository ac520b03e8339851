import { expect, test } from 'vitest';
import { type ErrorKind, errorKind } from './translate-error.ts';

// A change here changes what the worker retries, what it stops for and what it dead-letters: change it knowingly.
test.each<[string, ErrorKind]>([
  ['ServiceUnavailable', 'unavailable'],
  ['SessionExpired', 'unavailable'],
  ['Neo.TransientError.Database.DatabaseUnavailable', 'unavailable'],
  ['Neo.TransientError.General.DatabaseUnavailable', 'unavailable'],
  ['Neo.ClientError.Security.Unauthorized', 'auth'],
  ['Neo.ClientError.Security.Forbidden', 'auth'],
  ['Neo.ClientError.Security.AuthenticationRateLimit', 'unavailable'],
  ['Neo.ClientError.Database.DatabaseNotFound', 'database'],
  ['Neo.TransientError.Transaction.DeadlockDetected', 'transient'],
  ['Neo.TransientError.Transaction.LockAcquisitionTimeout', 'transient'],
  ['Neo.TransientError.General.MemoryPoolOutOfMemoryError', 'transient'],
  ['Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration', 'transient'],
  ['Neo.ClientError.Statement.EntityNotFound', 'transient'],
  ['Neo.TransientError.Transaction.Terminated', 'statement'],
  ['Neo.ClientError.Schema.ConstraintValidationFailed', 'statement'],
  ['Neo.ClientError.Statement.SyntaxError', 'statement'],
  ['N/A', 'unavailable'],
])('%s is %s', (code, kind) => {
  expect(errorKind(code)).toBe(kind);
});
