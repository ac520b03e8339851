import { BrokerUnavailableError, PermissionDeniedError } from '@hartonomous/broker-client';
import { type Finding, findingOf, unseen } from './finding.ts';

/**
 * A part that could not be checked. What the login may not see is called neither well nor wrong: the worker may do without
 * it, too, and what it can't do without has findings of its own.
 *
 * @throws the error itself when it is about more than this part: the server is away, or nobody expected it
 */
export function notSeen(id: string, error: unknown): Finding {
  if (error instanceof PermissionDeniedError) {
    return unseen(id, error.message, 'Grant it, or ask as an administrator: hartonomous doctor.');
  }
  const finding = error instanceof BrokerUnavailableError ? undefined : findingOf(id, error, null);
  if (finding === undefined) throw error;
  return finding;
}
