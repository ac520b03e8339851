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
  /** When it came into the queue. */
  readonly enqueuedAt: Date | null;
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

/** A row of the receive statement. */
export const receivedRowSchema = z.object({
  queuing_order: bigintColumn,
  conversation_group_id: z.string(),
  conversation_handle: z.string(),
  message_sequence_number: bigintColumn,
  service_name: z.string(),
  service_contract_name: z.string().nullable(),
  message_type_name: z.string(),
  message_body: z.instanceof(Buffer).nullable(),
  message_enqueue_time: z.date().nullable(),
});

/**
 * The messages of a batch, each text of theirs once. They come on few conversations of few services, but the driver makes
 * the texts anew for each row, and its GUIDs of twenty pieces each: a third of what a batch would keep in memory.
 */
export function receivedMessages(rows: readonly z.output<typeof receivedRowSchema>[]): ReceivedMessage[] {
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
  return rows.map((row) => ({
    conversationHandle: shared(row.conversation_handle),
    conversationGroupId: shared(row.conversation_group_id),
    sequenceNumber: row.message_sequence_number,
    queuingOrder: row.queuing_order,
    messageTypeName: shared(row.message_type_name),
    contractName: row.service_contract_name === null ? null : shared(row.service_contract_name),
    serviceName: shared(row.service_name),
    body: row.message_body,
    enqueuedAt: row.message_enqueue_time,
  }));
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
