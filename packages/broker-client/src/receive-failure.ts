import { BrokerError, InvalidBrokerOptionsError, PermissionDeniedError, TransientSqlError } from './errors.ts';

/**
 * What an error of a batch means for a receive loop. `transient`: this one batch met a deadlock, a lock time-out or the
 * like; try again. `outage`: no batch will succeed until something changes over there. `fatal`: a defect here, or a right that
 * this login lacks.
 */
export type ReceiveFailure<Dependency extends string> =
  | { readonly kind: 'transient' | 'outage'; readonly dependency: Dependency; readonly error: Error }
  | { readonly kind: 'fatal'; readonly error: unknown };

/**
 * Sorts an error of this package by its class; anything else is fatal. A missing permission is fatal: the server is not away,
 * it answers no, and will until the right that the error names is granted. What else it refuses (a changed password, a missing
 * procedure) is an outage: the messages are not at fault, stay where they are, and are taken up when somebody has put it
 * right, without a restart.
 *
 * @param dependency what the caller calls SQL Server
 */
export function classifyBrokerFailure<Dependency extends string>(
  error: unknown,
  dependency: Dependency,
): ReceiveFailure<Dependency> {
  const first = firstFailure(error);
  const isFatal = first instanceof InvalidBrokerOptionsError || first instanceof PermissionDeniedError;
  if (!(first instanceof BrokerError) || isFatal) {
    return { kind: 'fatal', error: first };
  }
  return { kind: first instanceof TransientSqlError ? 'transient' : 'outage', dependency, error: first };
}

/** A batch that failed and whose rollback failed too (`await using`): the first failure is more informative. */
export function firstFailure(error: unknown): unknown {
  // By its property: Node 22 has no SuppressedError, and what stands in for it is an Error with that name.
  return error instanceof Error && 'suppressed' in error ? firstFailure(error.suppressed) : error;
}
