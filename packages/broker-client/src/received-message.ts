import { z } from 'zod';

/** A message of an application. */
export interface ReceivedMessage {
  /** Handle of this side of the conversation: answers and END CONVERSATION go by it. */
  readonly conversationHandle: string;
  readonly conversationGroupId: string;
  /** Position in its conversation, from 0. */
  readonly sequenceNumber: bigint;
  /** Position in the queue. */
  readonly queuingOrder: bigint;
  readonly messageTypeName: string;
  readonly contractName: string | null;
  /** The service that the message was sent to. */
  readonly serviceName: string;
  /** Bytes as sent: nvarchar is UTF-16LE without BOM, xml with BOM. */
  readonly body: Buffer | null;
  /** Bytes of the whole body where it is longer than the receiver allows: `body` is then its beginning. */
  readonly cutFrom?: number;
  /** When it came into the queue. */
  readonly enqueuedAt: Date | null;
  /** Failed tries that the message itself may be blamed for; 0 when it comes from the queue. */
  readonly attempts: number;
}

/** What the broker itself has to say about a conversation. */
export interface SystemMessage extends ReceivedMessage {
  /** `end-dialog`: the other side has ended. `error`: the conversation failed. `dialog-timer`: its timer fired. */
  readonly kind: 'end-dialog' | 'error' | 'dialog-timer';
  /**
   * For `error`: code greater than 0 from END CONVERSATION WITH ERROR, less than 0 the negated number of a broker
   * error. Null when the body can't be read.
   */
  readonly error: { readonly code: number; readonly description: string } | null;
}

const systemTypes: ReadonlyMap<string, SystemMessage['kind']> = new Map([
  ['http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog', 'end-dialog'],
  ['http://schemas.microsoft.com/SQL/ServiceBroker/Error', 'error'],
  ['http://schemas.microsoft.com/SQL/ServiceBroker/DialogTimer', 'dialog-timer'],
]);

const bigintColumn = z.union([z.string().regex(/^-?\d+$/), z.number(), z.bigint()]).transform((value) => BigInt(value));

/** The result sets of the receive statement. */
export const receivedSetsSchema = z.tuple([
  z.array(
    z.object({
      origin: z.int(),
      conversation_group_id: z.string(),
      conversation_handle: z.string(),
      service_name: z.string(),
      service_contract_name: z.string().nullable(),
      message_type_name: z.string(),
    }),
  ),
  z.array(
    z.object({
      origin: z.int(),
      queuing_order: bigintColumn,
      message_sequence_number: bigintColumn,
      message_body: z.instanceof(Buffer).nullable(),
      cut_from: bigintColumn.nullable(),
      message_enqueue_time: z.date().nullable(),
    }),
  ),
]);

/**
 * The messages of a batch in the order of the queue, those of one conversation by sequence number. SQL Server promises no more than
 * the latter, and says nowhere that both agree. Messages of the broker itself stay where they were queued.
 *
 * @returns undefined when a row names an origin that isn't there
 */
export function receivedMessages([origins, rows]: z.output<typeof receivedSetsSchema>): ReceivedMessage[] | undefined {
  const byNumber = new Map(origins.map((origin) => [origin.origin, origin]));
  const messages: ReceivedMessage[] = [];
  // What was sent together came in at the same time: one object for all of them.
  let enqueuedAt = rows[0]?.message_enqueue_time ?? null;
  for (const row of rows) {
    const origin = byNumber.get(row.origin);
    if (origin === undefined) return undefined;
    if (enqueuedAt?.getTime() !== row.message_enqueue_time?.getTime()) enqueuedAt = row.message_enqueue_time;
    messages.push({
      conversationHandle: origin.conversation_handle,
      conversationGroupId: origin.conversation_group_id,
      sequenceNumber: row.message_sequence_number,
      queuingOrder: row.queuing_order,
      messageTypeName: origin.message_type_name,
      contractName: origin.service_contract_name,
      serviceName: origin.service_name,
      body: row.message_body,
      ...(row.cut_from === null ? {} : { cutFrom: Number(row.cut_from) }),
      enqueuedAt,
      attempts: 0,
    });
  }
  sortConversations(messages);
  return messages;
}

/** Puts the messages of each conversation that are out of sequence into their order, in the places that they have together. */
function sortConversations(messages: ReceivedMessage[]): void {
  const latest = new Map<string, bigint>();
  const disordered = new Set<string>();
  for (const { conversationHandle, sequenceNumber, messageTypeName } of messages) {
    if (systemTypes.has(messageTypeName)) continue;
    const before = latest.get(conversationHandle);
    if (before !== undefined && sequenceNumber < before) disordered.add(conversationHandle);
    latest.set(conversationHandle, sequenceNumber);
  }
  for (const conversation of disordered) {
    const places = messages.flatMap(({ conversationHandle, messageTypeName }, place) =>
      conversationHandle === conversation && !systemTypes.has(messageTypeName) ? [place] : [],
    );
    const sorted = places
      .flatMap((place) => messages[place] ?? [])
      .sort((a, b) => Number(a.sequenceNumber - b.sequenceNumber));
    for (const [index, place] of places.entries()) {
      const message = sorted[index];
      if (message !== undefined) messages[place] = message;
    }
  }
}

/** The broker's own message types may come on any conversation, whatever its contract says. */
export function asSystemMessage(message: ReceivedMessage): SystemMessage | undefined {
  const kind = systemTypes.get(message.messageTypeName);
  if (kind === undefined) return undefined;
  return { ...message, kind, error: kind === 'error' ? parseErrorBody(message.body) : null };
}

/**
 * Reads `<Error xmlns="..."><Code>-8489</Code><Description>...</Description></Error>`, in UTF-16LE with or without BOM.
 * @returns null when it isn't that
 */
export function parseErrorBody(body: Buffer | null): SystemMessage['error'] {
  if (body === null) return null;
  const text = body.toString('utf16le');
  const code = /<Code>\s*(-?\d{1,10})\s*<\/Code>/.exec(text)?.[1];
  const description = /<Description>([^<]*)<\/Description>/.exec(text)?.[1] ?? '';
  return code === undefined ? null : { code: Number(code), description: decodeEntities(description) };
}

const namedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return namedEntities[String(name).toLowerCase()] ?? whole;
    const point = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
