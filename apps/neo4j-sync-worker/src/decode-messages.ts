import type { ReceivedMessage } from '@hartonomous/broker-client';
import {
  decodeSyncRequest,
  isEntityType,
  type SyncRequest,
  syncQueue,
  syncTypes,
} from '@hartonomous/provenance-schema';

/** A message with what it asks for. */
export interface DecodedMessage {
  readonly message: ReceivedMessage;
  readonly request: SyncRequest;
}

/** A message that goes to the dead letters, and why. */
export interface RefusedMessage {
  readonly message: ReceivedMessage;
  /** Stable, for statistics and filters. */
  readonly reasonCode: string;
  /** For people. */
  readonly reasonText: string;
  /** As far as the message could be read; names only from the known lists. */
  readonly entityType: string | null;
  readonly entityId: bigint | null;
  readonly tenantId: number | null;
  readonly syncType: string | null;
}

/** The messages of a batch, read. */
export interface DecodedMessages {
  readonly decoded: readonly DecodedMessage[];
  readonly refused: readonly RefusedMessage[];
}

/** Reads the bodies of messages. A bad one is a result and no error: it must not end the batch. */
export function decodeMessages(messages: readonly ReceivedMessage[]): DecodedMessages {
  const decoded: DecodedMessage[] = [];
  const refused: RefusedMessage[] = [];
  for (const message of messages) {
    if (message.messageTypeName !== syncQueue.messageType) {
      refused.push(wrongType(message));
      continue;
    }
    if (message.cutFrom !== undefined) {
      refused.push(tooLong(message, message.cutFrom));
      continue;
    }
    const result = decodeSyncRequest(message.body);
    if (result.ok) {
      decoded.push({ message, request: result.request });
      continue;
    }
    const { code, message: reasonText, partial } = result.error;
    refused.push({
      message,
      reasonCode: code,
      reasonText,
      entityType: partial.entityType !== null && isEntityType(partial.entityType) ? partial.entityType : null,
      entityId: partial.entityId,
      tenantId: partial.tenantId,
      syncType: syncTypes.find((known) => known === partial.syncType) ?? null,
    });
  }
  return { decoded, refused };
}

/** Nothing of it was read. */
const unread = { entityType: null, entityId: null, tenantId: null, syncType: null } as const;

function wrongType(message: ReceivedMessage): RefusedMessage {
  const reasonText =
    `The message is of type ${message.messageTypeName}; this queue takes ${syncQueue.messageType}. ` +
    'Send through dbo.sp_EnqueueNeo4jSync.';
  return { message, reasonCode: 'UNEXPECTED_MESSAGE_TYPE', reasonText, ...unread };
}

function tooLong(message: ReceivedMessage, bytes: number): RefusedMessage {
  const reasonText = `The body has ${bytes} bytes, and only its beginning was received. Send through dbo.sp_EnqueueNeo4jSync.`;
  return { message, reasonCode: 'BODY_TOO_LARGE', reasonText, ...unread };
}
