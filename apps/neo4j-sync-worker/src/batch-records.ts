import type { DeadLetter } from '@hartonomous/broker-client';
import { entityTypes, type SyncLogEntry } from '@hartonomous/provenance-schema';
import type { AppliedChange } from './apply-changes.ts';
import type { RefusedMessage } from './decode-messages.ts';
import type { RefusedRequest } from './plan-changes.ts';

/** Everything that a batch leaves in SQL Server besides its commit. */
export interface BatchRecords {
  readonly log: readonly SyncLogEntry[];
  readonly deadLetters: readonly DeadLetter[];
}

/** What a batch came to. */
export interface BatchResult {
  /** The batch's fencing number; `null` when no message could be read, so that none was taken. */
  readonly sequence: bigint | null;
  readonly applied: readonly AppliedChange[];
  readonly refusedRequests: readonly RefusedRequest[];
  readonly refusedMessages: readonly RefusedMessage[];
}

/** The rows for dbo.Neo4jSyncLog (one per entity) and for the dead letters (one per message). */
export function batchRecords(result: BatchResult): BatchRecords {
  const { sequence, applied, refusedRequests, refusedMessages } = result;
  return {
    log: [
      ...applied.map((change) => appliedEntry(change, sequence)),
      ...refusedRequests.map((refused) => refusedRequestEntry(refused, sequence)),
      ...refusedMessages.map((refused) => refusedMessageEntry(refused)),
    ],
    deadLetters: [...refusedRequests.flatMap(requestLetters), ...refusedMessages.map(messageLetter)],
  };
}

/** Whether a message calls an entity created or updated whose row isn't there. */
export function lacksRow({ change }: AppliedChange): boolean {
  return change.record === null && change.request.syncType !== 'DELETE';
}

function appliedEntry(applied: AppliedChange, syncSequence: bigint | null): SyncLogEntry {
  const { change, outcome } = applied;
  const { entity, entityId, tenantId, syncType, messages, enqueuedAt } = change.request;
  return {
    outcome,
    entityType: entity.name,
    entityId,
    tenantId,
    syncType,
    syncSequence,
    messageCount: messages.length,
    enqueuedAt,
    detail: detailOf(applied),
  };
}

function detailOf(applied: AppliedChange): string | null {
  if (applied.outcome !== 'DELETED') return null;
  if (applied.change.record !== null) return 'the row belongs to another tenant';
  return lacksRow(applied) ? 'row not found' : null;
}

function refusedRequestEntry({ request, error }: RefusedRequest, syncSequence: bigint | null): SyncLogEntry {
  const { entity, entityId, tenantId, syncType, messages, enqueuedAt } = request;
  return {
    outcome: 'DEAD_LETTERED',
    entityType: entity.name,
    entityId,
    tenantId,
    syncType,
    syncSequence,
    messageCount: messages.length,
    enqueuedAt,
    detail: `${error.reasonCode}: ${error.message}`,
  };
}

function refusedMessageEntry(refused: RefusedMessage): SyncLogEntry {
  const { message, reasonCode, reasonText, entityType, entityId, tenantId, syncType } = refused;
  return {
    outcome: 'DEAD_LETTERED',
    entityType,
    entityId,
    tenantId,
    syncType,
    syncSequence: null,
    messageCount: 1,
    enqueuedAt: message.enqueuedAt,
    detail: `${reasonCode}: ${reasonText}`,
  };
}

function requestLetters({ request, error }: RefusedRequest): DeadLetter[] {
  const { entity, entityId, tenantId } = request;
  return request.messages.map(({ message, request: { syncType } }) => ({
    message,
    reasonCode: error.reasonCode,
    reasonText: error.message,
    // As text: a bigint isn't JSON and a number loses digits; OPENJSON converts.
    fields: { entityType: entity.name, entityId: entityId.toString(), tenantId, syncType },
  }));
}

function messageLetter(refused: RefusedMessage): DeadLetter {
  const { message, reasonCode, reasonText, entityType, entityId, tenantId, syncType } = refused;
  return {
    message,
    reasonCode,
    reasonText,
    fields: { entityType, entityId: entityId?.toString() ?? null, tenantId, syncType },
  };
}

/** How many entities of a type had an outcome, for log lines. */
export interface TypeCounts {
  readonly entityType: string;
  readonly synced: number;
  readonly deleted: number;
  readonly stale: number;
}

/** Counts by entity type, in the order of the registry; types without any are left out. */
export function countsByType(applied: readonly AppliedChange[]): readonly TypeCounts[] {
  return entityTypes.flatMap((entityType) => {
    const ofType = applied.filter(({ change }) => change.request.entity.name === entityType);
    if (ofType.length === 0) return [];
    const count = (outcome: AppliedChange['outcome']) => ofType.filter((change) => change.outcome === outcome).length;
    return [{ entityType, synced: count('SYNCED'), deleted: count('DELETED'), stale: count('STALE') }];
  });
}
