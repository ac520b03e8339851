import { BrokerError, InvalidBrokerOptionsError, TransientSqlError } from './errors.ts';

/**
 * What an error of a batch means for a receive loop. `transient`: this one batch met a deadlock, a lock time-out or the
 * like; try again. `outage`: no batch will succeed until something changes over there. `fatal`: a defect here.
 */
export type ReceiveFailure<Dependency extends string> =
  | { readonly kind: 'transient' | 'outage'; readonly dependency: Dependency; readonly error: Error }
  | { readonly kind: 'fatal'; readonly error: unknown };

/**
 * Sorts an error of this package by its class; anything else is fatal. What SQL Server refuses for good (a revoked
 * permission, a changed password, a missing procedure) is an outage too: the messages are not at fault, stay where they
 * are, and are taken up when somebody has put it right, without a restart.
 *
 * @param dependency what the caller calls SQL Server
 */
export function classifyBrokerFailure<Dependency extends string>(
  error: unknown,
  dependency: Dependency,
): ReceiveFailure<Dependency> {
  const first = firstFailure(error);
  if (!(first instanceof BrokerError) || first instanceof InvalidBrokerOptionsError) {
    return { kind: 'fatal', error: first };
  }
  return { kind: first instanceof TransientSqlError ? 'transient' : 'outage', dependency, error: first };
}

/** A batch that failed and whose rollback failed too (`await using`): the first failure tells more. */
export function firstFailure(error: unknown): unknown {
  return error instanceof SuppressedError ? firstFailure(error.suppressed) : error;
}
