import { dialogTimerType } from './broker-objects.ts';
import type { BrokerWork } from './broker-work.ts';
import type { Endpoint } from './conversation.ts';
import { enqueue, fail, removeEndpoint, setTimerAt } from './conversation-changes.ts';
import { conversationErrors } from './errors.ts';
import { timerUrgency } from './message.ts';

/** How long a target's closed endpoint stays, so that a late copy of its messages would not begin it anew. */
export const closedRetentionMs = 30 * 60 * 1000;

/** When something is next due for an endpoint: its timer, its lifetime, or the end of a closed row. */
export function nextDeadline(endpoint: Endpoint): number {
  if (endpoint.removed) return Number.POSITIVE_INFINITY;
  if (endpoint.state === 'CD') return (endpoint.closedAt ?? 0) + closedRetentionMs;
  const lifetime = endpoint.state === 'ER' ? Number.POSITIVE_INFINITY : endpoint.origin.expiresAt;
  return Math.min(endpoint.timerAt ?? Number.POSITIVE_INFINITY, lifetime);
}

/** Does what is due for an endpoint now. */
export function endpointDue(work: BrokerWork, endpoint: Endpoint): void {
  if (endpoint.removed) return;
  // A transaction is changing its state: when that ends, the deadline is set again.
  if (endpoint.stateOwner !== undefined) return;
  const now = work.instance.clock.now();
  work.touch(endpoint);
  if (endpoint.state === 'CD') {
    if ((endpoint.closedAt ?? 0) + closedRetentionMs <= now) removeEndpoint(work, endpoint);
    return;
  }
  if (endpoint.timerAt !== undefined && endpoint.timerAt <= now) {
    setTimerAt(work, endpoint, undefined);
    const type = work.state(endpoint).requireMessageType(dialogTimerType);
    enqueue(work, endpoint, { type, body: null, sequence: endpoint.receiveSequence, urgency: timerUrgency });
  }
  if (endpoint.origin.expiresAt <= now && endpoint.state !== 'ER') {
    fail(work, endpoint, conversationErrors.lifetimeExceeded());
  }
}
