import { sqlParameter } from './parameters.ts';
import type { ReceivedMessage } from './received-message.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';
import { sqlTime } from './sql-time.ts';

/** Where dead letters go: a procedure of the application's database that takes them all as one JSON array. */
export interface DeadLetterTarget {
  /** For example `dbo.sp_DeadLetterNeo4jSync`. */
  readonly procedure: string;
  /** Name of its nvarchar(max) parameter, without `@`. @default Entries */
  readonly parameter?: string;
}

/** A message that can't be processed, and why. */
export interface DeadLetter {
  readonly message: ReceivedMessage;
  /** Stable and short, for statistics and filters. */
  readonly reasonCode: string;
  /** For people. */
  readonly reasonText: string;
  /** What the application knows besides, for example the entity; its names must not be those of {@link deadLetterEntry}. */
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * One element of the JSON array: `reasonCode`, `reasonText`, `messageBody` (hexadecimal digits), `messageTypeName`,
 * `contractName`, `serviceName`, `conversationHandle`, `messageSequenceNumber` (as text: bigint), `enqueuedAt` and
 * `receivedAt` (ISO 8601, UTC), and the letter's own `fields`.
 */
export function deadLetterEntry(letter: DeadLetter, receivedAt: Date): Readonly<Record<string, unknown>> {
  const { message, reasonCode, reasonText, fields } = letter;
  return {
    ...fields,
    reasonCode,
    reasonText,
    messageBody: message.body === null ? null : message.body.toString('hex'),
    messageTypeName: message.messageTypeName,
    contractName: message.contractName,
    serviceName: message.serviceName,
    conversationHandle: message.conversationHandle,
    messageSequenceNumber: message.sequenceNumber.toString(),
    ...(message.enqueuedAt === null ? {} : { enqueuedAt: sqlTime(message.enqueuedAt) }),
    receivedAt: sqlTime(receivedAt),
  };
}

/** Puts dead letters away, all in one round trip, in the session's transaction. */
export async function putDeadLetters(
  session: SqlSession,
  target: DeadLetterTarget,
  letters: readonly DeadLetter[],
  receivedAt: Date,
  options: CallOptions = {},
): Promise<void> {
  if (letters.length === 0) return;
  const entries = JSON.stringify(letters.map((letter) => deadLetterEntry(letter, receivedAt)));
  await session.execute(target.procedure, { [target.parameter ?? 'Entries']: sqlParameter.nvarchar(entries) }, options);
}
