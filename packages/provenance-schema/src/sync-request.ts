import type { EntityType } from './entity-registry.ts';
import { entityTypes, isEntityType } from './entity-registry.ts';
import type { MessageDecodeErrorCode } from './errors.ts';
import { MessageDecodeError } from './errors.ts';
import { bigintOf, intOf, quoted, traceParentOf, utcTimeOf } from './message-values.ts';
import { syncQueue } from './queues/sync-queue.ts';
import { readElements } from './sync-request-elements.ts';
import { ElementsError } from './xml-elements.ts';
import { decodeXmlText, encodeXmlText } from './xml-text.ts';

/** What the sender says happened to a row. The worker writes the row's present state whatever the type. */
export const syncTypes = ['CREATE', 'UPDATE', 'DELETE'] as const;

/** What the sender did to the entity. For people and logs: a sync reads the entity's present state whatever it says. */
export type SyncType = (typeof syncTypes)[number];

/** Longest body, in bytes: what the procedures write has less than 1 KB, and there is room for elements of newer senders. */
const maxSyncRequestBytes = 64 * 1024;

/** Says that an entity has changed; not what it changed to. */
export interface SyncRequest {
  readonly entityType: EntityType;
  readonly entityId: bigint;
  readonly syncType: SyncType;
  readonly tenantId: number;
  /** When it was sent, in milliseconds' resolution; `null` when the sender didn't say. */
  readonly enqueuedAt: Date | null;
  /** W3C `traceparent` of the sender; `null` when there was none. */
  readonly traceParent: string | null;
}

/** A request, or the error that its message is dead-lettered with. */
export type SyncRequestResult =
  | { readonly ok: true; readonly request: SyncRequest }
  | { readonly ok: false; readonly error: MessageDecodeError };

/**
 * Writes the body that `dbo.sp_EnqueueNeo4jSync` writes: UTF-16LE XML with byte order mark. An invalid `traceParent` is
 * dropped, as the procedure does: tracing must never hold up data.
 */
export function encodeSyncRequest(request: SyncRequest): Buffer {
  const { entityType, entityId, syncType, tenantId, enqueuedAt, traceParent } = request;
  const optional =
    (enqueuedAt === null ? '' : `<EnqueuedAt>${enqueuedAt.toISOString()}</EnqueuedAt>`) +
    (traceParentOf(traceParent) === null ? '' : `<TraceParent>${traceParent}</TraceParent>`);
  // Words from fixed lists, numbers, a time and hexadecimal digits: nothing to escape.
  return encodeXmlText(
    `<Neo4jSync><EntityType>${entityType}</EntityType><EntityId>${entityId}</EntityId>` +
      `<SyncType>${syncType}</SyncType><TenantId>${tenantId}</TenantId>${optional}</Neo4jSync>`,
  );
}

/**
 * Reads the body of a `Neo4jSyncRequest`. Bad bodies are an expected result and not thrown, because one bad message
 * must not end a batch. Unknown elements and attributes are ignored, so senders may be newer than readers; an
 * `EnqueuedAt` or `TraceParent` that can't be read counts as absent, because no data depends on it.
 *
 * @param body the message body; `null` when the message has none
 */
export function decodeSyncRequest(body: Uint8Array | null): SyncRequestResult {
  if (body === null || body.length === 0) {
    return failure('EMPTY_BODY', 'The message has no body. Send it through dbo.sp_EnqueueNeo4jSync.');
  }
  if (body.length > maxSyncRequestBytes) {
    const reason = `The body has ${body.length} bytes, more than ${maxSyncRequestBytes}. Send it through dbo.sp_EnqueueNeo4jSync.`;
    return failure('BODY_TOO_LARGE', reason);
  }
  let text: string;
  try {
    text = decodeXmlText(body);
  } catch (cause) {
    return failure('INVALID_ENCODING', 'The body is neither UTF-16LE nor UTF-8 text. Send XML.', { cause });
  }
  let elements: ReadonlyMap<string, string>;
  try {
    elements = readElements(text);
  } catch (cause) {
    if (!(cause instanceof ElementsError)) throw cause;
    return failure(cause.code, cause.message, { cause });
  }
  return interpret(elements);
}

function interpret(elements: ReadonlyMap<string, string>): SyncRequestResult {
  const entityType = elements.get('EntityType') ?? null;
  const idText = elements.get('EntityId') ?? null;
  const syncType = elements.get('SyncType') ?? null;
  const tenantText = elements.get('TenantId') ?? null;
  const entityId = bigintOf(idText);
  const tenantId = intOf(tenantText);
  const partial = { entityType, entityId, syncType, tenantId };
  const refuse = (code: MessageDecodeErrorCode, reason: string) => failure(code, reason, { partial });

  for (const name of ['EntityType', 'EntityId', 'SyncType', 'TenantId']) {
    if (!elements.has(name)) return refuse('MISSING_ELEMENT', `The body has no <${name}> element.`);
  }
  if (entityType === null || !isEntityType(entityType)) {
    return refuse(
      'UNKNOWN_ENTITY_TYPE',
      `Unknown entity type ${quoted(entityType)}; known: ${entityTypes.join(', ')}.`,
    );
  }
  if (entityId === null) {
    return refuse('INVALID_ENTITY_ID', `Entity id ${quoted(idText)} isn't an integer that a BIGINT column can hold.`);
  }
  const knownSyncType = syncTypes.find((known) => known === syncType);
  if (knownSyncType === undefined) {
    return refuse('UNKNOWN_SYNC_TYPE', `Unknown sync type ${quoted(syncType)}; known: ${syncTypes.join(', ')}.`);
  }
  if (tenantId === null) {
    return refuse('INVALID_TENANT_ID', `Tenant id ${quoted(tenantText)} isn't an integer that an INT column can hold.`);
  }
  return {
    ok: true,
    request: {
      entityType,
      entityId,
      syncType: knownSyncType,
      tenantId,
      enqueuedAt: utcTimeOf(elements.get('EnqueuedAt')),
      traceParent: traceParentOf(elements.get('TraceParent')),
    },
  };
}

function failure(
  code: MessageDecodeErrorCode,
  reason: string,
  options: ConstructorParameters<typeof MessageDecodeError>[3] = {},
): SyncRequestResult {
  return { ok: false, error: new MessageDecodeError(code, syncQueue.messageType, reason, options) };
}
