/** Why a message body can't be read; stable, and what dead letters carry as their reason code. */
export type MessageDecodeErrorCode =
  | 'EMPTY_BODY'
  | 'BODY_TOO_LARGE'
  | 'INVALID_ENCODING'
  | 'MALFORMED_XML'
  | 'DTD_REFUSED'
  | 'UNEXPECTED_ROOT'
  | 'MISSING_ELEMENT'
  | 'UNKNOWN_ENTITY_TYPE'
  | 'INVALID_ENTITY_ID'
  | 'UNKNOWN_SYNC_TYPE'
  | 'INVALID_TENANT_ID';

/** What could be read of a message that as a whole can't; unchecked text where it isn't a number. */
export interface PartialMessage {
  readonly entityType: string | null;
  readonly entityId: bigint | null;
  readonly syncType: string | null;
  readonly tenantId: number | null;
}

/** What of a message that could be read when nothing could. */
const nothingRead: PartialMessage = { entityType: null, entityId: null, syncType: null, tenantId: null };

/**
 * The body of a message isn't what its message type says. Repeating it can't help: the message belongs in the dead
 * letters, with {@link MessageDecodeError.code} as reason code and the message text as reason.
 */
export class MessageDecodeError extends Error {
  readonly code: MessageDecodeErrorCode;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  readonly messageType: string;
  readonly partial: PartialMessage;

  constructor(
    code: MessageDecodeErrorCode,
    messageType: string,
    reason: string,
    options: { partial?: PartialMessage; cause?: unknown } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.messageType = messageType;
    this.partial = options.partial ?? nothingRead;
  }
}
