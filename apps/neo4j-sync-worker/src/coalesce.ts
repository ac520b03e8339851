import { type AnyEntity, entities, entityOf, type SyncType } from '@hartonomous/provenance-schema';
import type { DecodedMessage } from './decode-messages.ts';

/** All that a batch's messages say about one entity. */
export interface CoalescedRequest {
  readonly entity: AnyEntity;
  readonly entityId: bigint;
  readonly tenantId: number;
  /** Of the last message; for people, because the row decides. */
  readonly syncType: SyncType;
  /** Of the oldest message; `null` when none says. */
  readonly enqueuedAt: Date | null;
  /** In the order of the queue; at least one. */
  readonly messages: readonly DecodedMessage[];
}

/**
 * Brings messages about the same entity together: a message says only *which* entity changed, so one look at the row
 * answers all of them. The tenant is part of what makes an entity the same, because it is part of its key in the graph.
 *
 * @returns each entity once, entities before those that refer to them, otherwise in the order of the queue
 */
export function coalesce(decoded: readonly DecodedMessage[]): readonly CoalescedRequest[] {
  const groups = new Map<string, DecodedMessage[]>();
  for (const item of decoded) {
    const { entityType, entityId, tenantId } = item.request;
    const key = `${entityType}/${entityId}/${tenantId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  const requests = [...groups.values()].flatMap(coalesced);
  return entities.flatMap((entity) => requests.filter((request) => request.entity === entity));
}

function coalesced(messages: readonly DecodedMessage[]): CoalescedRequest[] {
  const last = messages.at(-1);
  if (last === undefined) return [];
  const { entityType, entityId, tenantId, syncType } = last.request;
  let oldest: Date | null = null;
  for (const { message, request } of messages) {
    const time = request.enqueuedAt ?? message.enqueuedAt;
    if (time !== null && (oldest === null || time < oldest)) oldest = time;
  }
  return [{ entity: entityOf(entityType), entityId, tenantId, syncType, enqueuedAt: oldest, messages }];
}
