import type { BrokerState } from './broker-state.ts';
import { defaultPriority } from './conversation.ts';

/**
 * Priority of a new endpoint: that of the conversation priority that fits best. A named contract weighs more than a
 * named local service, that more than a named remote service; what is not named fits everything.
 */
export function priorityOf(state: BrokerState, contract: string, localService: string, remoteService: string): number {
  let best = -1;
  let level = defaultPriority;
  for (const priority of state.priorities.values()) {
    const score =
      fit(priority.contractName, contract, 4) +
      fit(priority.localServiceName, localService, 2) +
      fit(priority.remoteServiceName, remoteService, 1);
    if (score > best) {
      best = score;
      level = priority.level;
    }
  }
  return level;
}

function fit(wanted: string | undefined, actual: string, weight: number): number {
  if (wanted === undefined) return 0;
  return wanted === actual ? weight : Number.NEGATIVE_INFINITY;
}
