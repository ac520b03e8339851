import type { MessageDecodeErrorCode } from './errors.ts';

/**
 * The outcome of an entity of a batch. SYNCED: the graph has the row's state. DELETED: the row was gone and so is the
 * node or edge. STALE: a later batch had been there. DEAD_LETTERED: see `dbo.Neo4jSyncDeadLetterQueue`. The last two are
 * written by procedures, about the queue itself.
 */
export const syncOutcomes = [
  'SYNCED',
  'DELETED',
  'STALE',
  'DEAD_LETTERED',
  'ACTIVATION_REFUSED',
  'DIALOG_ERROR',
] as const;

/** One of {@link syncOutcomes}. */
export type SyncOutcome = (typeof syncOutcomes)[number];

/** One row of `dbo.Neo4jSyncLog`. */
export interface SyncLogEntry {
  readonly outcome: SyncOutcome;
  readonly entityType: string | null;
  readonly entityId: bigint | null;
  readonly tenantId: number | null;
  readonly syncType: string | null;
  /** The batch's fencing number. */
  readonly syncSequence: bigint | null;
  /** How many messages the batch had coalesced into this outcome. */
  readonly messageCount: number;
  readonly enqueuedAt: Date | null;
  readonly detail: string | null;
}

/** One row of `dbo.Neo4jSyncDeadLetterQueue`. */
export interface DeadLetterEntry {
  /** Stable code of the error. */
  readonly reasonCode: MessageDecodeErrorCode | (string & {});
  readonly reasonText: string;
  readonly messageBody: Uint8Array | null;
  readonly messageTypeName: string;
  readonly conversationHandle: string;
  readonly messageSequenceNumber: bigint | null;
  readonly entityType: string | null;
  readonly entityId: bigint | null;
  readonly tenantId: number | null;
  readonly syncType: string | null;
  readonly enqueuedAt: Date | null;
  readonly receivedAt: Date;
}

/** Procedure that writes {@link SyncLogEntry}s: `@Entries NVARCHAR(MAX)`, and `@WorkerInstanceId INT` of dbo.WorkerInstance, or NULL. */
export const syncLogProcedure = 'dbo.sp_LogNeo4jSync';

/**
 * The parameter of {@link syncLogProcedure}: a list per entry, in the order of the interface. Lists and not objects because
 * every batch writes one per entity, and the names would be most of the text that both sides read and write.
 */
export function syncLogParameter(entries: readonly SyncLogEntry[]): string {
  // There are few different names and details, and as many entries as a batch has entities.
  const known = new Map<string, string>();
  const text = (value: string | null): string => {
    if (value === null) return 'null';
    const written = known.get(value) ?? JSON.stringify(value);
    known.set(value, written);
    return written;
  };
  return `[${entries.map((entry) => syncLogRow(entry, text)).join(',')}]`;
}

function syncLogRow(entry: SyncLogEntry, text: (value: string | null) => string): string {
  const { outcome, entityType, entityId, tenantId, syncType, syncSequence, messageCount, enqueuedAt, detail } = entry;
  // Integers digit by digit: OPENJSON converts them to BIGINT without a loss, a JavaScript number would lose some.
  return `[${text(outcome)},${text(entityType)},${entityId},${tenantId},${text(syncType)},${syncSequence},${messageCount},${time(enqueuedAt)},${text(detail)}]`;
}

function time(value: Date | null): string {
  return value === null ? 'null' : `"${value.toISOString()}"`;
}

/** The parameter of `syncQueue.deadLetters.procedure`, `@Entries NVARCHAR(MAX)`; bodies as hexadecimal digits. */
export function deadLetterParameter(entries: readonly DeadLetterEntry[]): string {
  return JSON.stringify(
    entries.map((entry) => ({
      ...entry,
      messageBody: entry.messageBody === null ? null : Buffer.from(entry.messageBody).toString('hex'),
    })),
    plainValue,
  );
}

// OPENJSON converts text to BIGINT without a loss; a JSON number would have gone through a double here.
function plainValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
