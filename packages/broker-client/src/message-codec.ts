import { type BodyFormat, jsonBody } from './body-format.ts';
import type { OutgoingMessage } from './dialogs.ts';
import { InvalidBrokerOptionsError, MessageDecodeError, MessageEncodeError } from './errors.ts';
import type { ReceivedMessage } from './received-message.ts';
import { describeIssue, type StandardSchema } from './standard-schema.ts';

/** A message type with what its body holds; made with {@link defineMessage}. */
export interface MessageCodec<Type extends string, Input, Output> {
  readonly messageType: Type;
  /**
   * A message to send. The value is checked too: what receivers would refuse should fail at the sender.
   * @throws MessageEncodeError
   */
  encode(value: Input): OutgoingMessage;
  /**
   * The value in a message, as the schema gives it.
   * @throws MessageDecodeError for a message of another type, an unreadable or too long body, or a value that the schema refuses
   */
  decode(message: Pick<ReceivedMessage, 'messageTypeName' | 'body' | 'cutFrom'>): Output;
}

/** Any {@link MessageCodec}. */
export type AnyMessageCodec = Pick<MessageCodec<string, never, unknown>, 'messageType' | 'decode'>;

/**
 * Gives a message type a TypeScript type.
 *
 * @param messageType name of the database object, compared byte by byte
 * @param schema of the value in the body; one that transforms gets the value as sent. It must answer synchronously
 * @param format {@link jsonBody} unless told
 */
export function defineMessage<Type extends string, Input, Output>(
  messageType: Type,
  schema: StandardSchema<Input, Output>,
  format: BodyFormat = jsonBody,
): MessageCodec<Type, Input, Output> {
  const check = (value: unknown) => {
    const result = schema['~standard'].validate(value);
    if (!(result instanceof Promise)) return result;
    // The result is of no use; without this, a rejection of it would end the process.
    void result.catch(() => undefined);
    throw new InvalidBrokerOptionsError([`the schema of ${messageType} answers asynchronously`]);
  };
  return {
    messageType,
    encode(value) {
      const { issues } = check(value);
      if (issues !== undefined) throw new MessageEncodeError(messageType, issues.map(describeIssue));
      try {
        return { messageType, body: format.encode(value) };
      } catch (cause) {
        throw new MessageEncodeError(messageType, [reasonOf(cause)], { cause });
      }
    },
    decode(message) {
      const { messageTypeName, body, cutFrom } = message;
      if (messageTypeName !== messageType) {
        throw new MessageDecodeError(messageTypeName, [`it is not a ${messageType}`]);
      }
      if (cutFrom !== undefined) {
        throw new MessageDecodeError(messageType, [`its body has ${cutFrom} bytes, more than maxBodyBytes allows`]);
      }
      let value: unknown;
      try {
        value = format.decode(body);
      } catch (cause) {
        throw new MessageDecodeError(messageType, [reasonOf(cause)], { cause });
      }
      const result = check(value);
      if (result.issues !== undefined) throw new MessageDecodeError(messageType, result.issues.map(describeIssue));
      return result.value;
    },
  };
}

/** A message with its value; `type` names its codec. */
export type DecodedMessage<Codec> =
  Codec extends MessageCodec<infer Type, never, infer Output>
    ? { readonly type: Type; readonly value: Output; readonly message: ReceivedMessage }
    : never;

/** What {@link decodeMessages} gives. */
export interface DecodedMessages<Codec> {
  readonly decoded: readonly DecodedMessage<Codec>[];
  /** For dead letters: reading them again would fail again. */
  readonly failed: readonly { readonly message: ReceivedMessage; readonly error: MessageDecodeError }[];
}

/** Decodes a whole batch; both lists keep the order of the queue. A message type without codec is a failed message. */
export function decodeMessages<Codec extends AnyMessageCodec>(
  messages: readonly ReceivedMessage[],
  codecs: readonly Codec[],
): DecodedMessages<Codec> {
  const byType = new Map(codecs.map((codec) => [codec.messageType, codec]));
  const decoded: DecodedMessage<Codec>[] = [];
  const failed: { message: ReceivedMessage; error: MessageDecodeError }[] = [];
  for (const message of messages) {
    const codec = byType.get(message.messageTypeName);
    try {
      if (codec === undefined) throw new MessageDecodeError(message.messageTypeName, ['no codec is of this type']);
      const entry = { type: codec.messageType, value: codec.decode(message), message };
      // The map's key and the codec's own check make this the pair of the codec; TypeScript can't follow a map's key.
      decoded.push(entry as DecodedMessage<Codec>);
    } catch (error) {
      if (!(error instanceof MessageDecodeError)) throw error;
      failed.push({ message, error });
    }
  }
  return { decoded, failed };
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
