import type { Route, Service } from './broker-objects.ts';
import type { BrokerState } from './broker-state.ts';
import { type ConversationError, conversationErrors, statusTexts } from './errors.ts';

export type RoutingResult =
  | { readonly kind: 'found'; readonly state: BrokerState; readonly service: Service }
  | { readonly kind: 'stuck'; readonly status: string }
  | { readonly kind: 'error'; readonly error: ConversationError };

/**
 * Finds the service that a dialog is for. Names compare byte by byte. A broker guid pins the database; without one a
 * route must match, and a LOCAL one looks in the sender's database first, then in the others.
 */
export function findTarget(from: BrokerState, serviceName: string, brokerGuid: string | undefined): RoutingResult {
  const states = [from, ...[...from.instance.states.values()].filter((state) => state !== from)];
  if (brokerGuid !== undefined) {
    const state = states.find((candidate) => candidate.guid === brokerGuid);
    if (state === undefined) return { kind: 'stuck', status: statusTexts.serviceNotFound };
    if (!state.enabled) return { kind: 'stuck', status: statusTexts.brokerDisabledInTarget };
    const service = state.services.get(serviceName);
    if (service === undefined) return { kind: 'error', error: conversationErrors.remoteServiceMissing(serviceName) };
    return { kind: 'found', state, service };
  }
  const route = matchingRoute(from, serviceName);
  if (route === undefined) return { kind: 'stuck', status: statusTexts.noRoute };
  const candidates =
    route.brokerInstance === undefined ? states : states.filter((state) => state.guid === route.brokerInstance);
  let disabled = false;
  for (const state of candidates) {
    const service = state.services.get(serviceName);
    if (service === undefined) continue;
    if (state.enabled) return { kind: 'found', state, service };
    disabled = true;
  }
  return { kind: 'stuck', status: disabled ? statusTexts.brokerDisabledInTarget : statusTexts.noLocalService };
}

/** The route that names the service, else one for any service; expired ones do not count. */
function matchingRoute(state: BrokerState, serviceName: string): Route | undefined {
  const now = state.instance.clock.now();
  let any: Route | undefined;
  for (const route of state.routes.values()) {
    if (route.expiresAt !== undefined && route.expiresAt <= now) continue;
    if (route.serviceName === serviceName) return route;
    if (route.serviceName === undefined) any ??= route;
  }
  return any;
}
