import type { ReceivedMessage } from '@hartonomous/broker-client';
import { encodeSyncRequest, type SyncRequest, syncQueue } from '@hartonomous/provenance-schema';
import type { DecodedMessage } from '../src/decode-messages.ts';

let received = 0n;

/** A message as the queue gives it. */
function messageWith(body: Uint8Array | null, messageTypeName = syncQueue.messageType): ReceivedMessage {
  received += 1n;
  return {
    conversationHandle: '0AB1C2D3-0000-0000-0000-000000000001',
    conversationGroupId: '0AB1C2D3-0000-0000-0000-000000000002',
    sequenceNumber: received,
    queuingOrder: received,
    attempts: 0,
    messageTypeName,
    contractName: syncQueue.contract,
    serviceName: syncQueue.service,
    body: body === null ? null : Buffer.from(body),
    enqueuedAt: null,
  };
}

/** What a message asks for, with what the test cares about. */
function requestOf(given: Partial<SyncRequest> = {}): SyncRequest {
  return {
    entityType: 'Atom',
    entityId: 1n,
    syncType: 'CREATE',
    tenantId: 0,
    enqueuedAt: null,
    traceParent: null,
    ...given,
  };
}

/** A message that was read. */
export function decodedOf(given: Partial<SyncRequest> = {}): DecodedMessage {
  const request = requestOf(given);
  return { request, message: messageWith(encodeSyncRequest(request)) };
}

/** A row of dbo.Atom as the driver gives it. */
export function atomRow(id: number, tenantId: number, text = 'text'): Record<string, unknown> {
  return {
    AtomId: String(id),
    TenantId: tenantId,
    AtomType: 'generic',
    ContentType: null,
    ContentHash: null,
    CanonicalText: text,
    Metadata: null,
    CreatedAt: new Date(0),
    Classification: null,
    Embedding: null,
  };
}
