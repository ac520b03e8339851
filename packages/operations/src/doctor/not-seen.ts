import { BrokerUnavailableError, PermissionDeniedError } from '@hartonomous/broker-client';
import { type Finding, findingOf, warning } from './finding.ts';

/**
 * A part that could not be looked at. What the login may not see is a warning, never a good answer: the worker may do without
 * it, too.
 *
 * @throws the error itself when it is about more than this part: the server is away, or nobody expected it
 */
export function notSeen(id: string, error: unknown): Finding {
  if (error instanceof PermissionDeniedError) {
    return warning(id, `Not seen: ${error.message}`, 'Grant it, or ask as an administrator: hartonomous doctor.');
  }
  const finding = error instanceof BrokerUnavailableError ? undefined : findingOf(id, error, null);
  if (finding === undefined) throw error;
  return finding;
}
