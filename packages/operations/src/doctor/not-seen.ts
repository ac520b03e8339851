import { BrokerUnavailableError, PermissionDeniedError } from '@hartonomous/broker-client';
import { type Finding, findingOf, warning } from './finding.ts';

/**
 * A part that could not be looked at. What the login may not see is a warning: the worker may do without it, too.
 *
 * @throws the error itself when it is about more than this part: the server is away, or nobody expected it
 */
export function notSeen(id: string, error: unknown): Finding {
  if (error instanceof PermissionDeniedError) {
    const message = `This could not be looked at: ${error.message}`;
    return warning(id, message, "Ask as an administrator, or as the worker's user.");
  }
  const finding = error instanceof BrokerUnavailableError ? undefined : findingOf(id, error, null);
  if (finding === undefined) throw error;
  return finding;
}
