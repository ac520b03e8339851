import { z } from 'zod';
import { InvalidBrokerOptionsError } from './errors.ts';
import { quoteName, quoteQualifiedName } from './identifiers.ts';
import { type SqlParameter, type SqlParameters, sqlParameter } from './parameters.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';

/** Which dialog to begin. Names are those of database objects and compared byte by byte. */
export interface DialogOptions {
  /** Service of this side, which gets the answers. */
  readonly fromService: string;
  /** Service of the other side. Not checked until a message is sent. */
  readonly toService: string;
  readonly contract: string;
  /** Seconds that the dialog may live. Without it a dialog that nobody ends stays forever. */
  readonly lifetimeSeconds?: number;
  /** Handle of a dialog whose conversation group the new one joins: both are received under one lock. */
  readonly relatedConversation?: string;
  /** Encryption between instances, which needs certificates; within one instance nothing is encrypted. @default false */
  readonly encryption?: boolean;
}

/** A message to send. */
export interface OutgoingMessage {
  readonly messageType: string;
  /** Text goes as UTF-16LE without BOM, as nvarchar does; absent or null for a message type without body. */
  readonly body?: Uint8Array | string | null;
}

/** How a conversation ends, other than plainly. */
export interface EndConversationOptions {
  /** Tells the other side that something went wrong: code from 1, description up to 3000 characters. */
  readonly error?: { readonly code: number; readonly description: string };
  /** Removes this side without telling the other one: for conversations whose other side is gone for good. */
  readonly cleanup?: boolean;
  /** Lets a conversation be that is unknown (8426) or has ended on this side already (8427). @default false: an error */
  readonly ignoreEnded?: boolean;
}

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: SqlParameters;
}

/**
 * Numbers of messages that are sent in one request. Each is a text with a plan of its own, so they are few; more than 100
 * statements take long to compile and save no more time on the way.
 */
const requestSizes = [100, 50, 10, 5, 2, 1] as const;

/** How many of `count` messages the next request takes; none of none. */
export function requestSize(count: number): number {
  return requestSizes.find((size) => size <= count) ?? 0;
}

/** BEGIN DIALOG, and the messages that are sent on it in the same round trip; gives the handle. */
export function beginDialogStatement(dialog: DialogOptions, messages: readonly OutgoingMessage[] = []): Statement {
  const { fromService, toService, contract, lifetimeSeconds, relatedConversation, encryption = false } = dialog;
  const options = [
    ...(relatedConversation === undefined ? [] : ['RELATED_CONVERSATION = @RelatedConversation']),
    ...(lifetimeSeconds === undefined ? [] : [`LIFETIME = ${wholeSeconds('lifetimeSeconds', lifetimeSeconds)}`]),
    `ENCRYPTION = ${encryption ? 'ON' : 'OFF'}`,
  ];
  const sends = sendStatements('@Handle', messages);
  return {
    sql: [
      'DECLARE @Handle uniqueidentifier;',
      `BEGIN DIALOG CONVERSATION @Handle FROM SERVICE ${quoteName(fromService)} TO SERVICE @ToService`,
      `  ON CONTRACT ${quoteName(contract)} WITH ${options.join(', ')};`,
      ...sends.lines,
      'SELECT @Handle AS [conversationHandle];',
    ].join('\n'),
    parameters: {
      ToService: toService,
      ...(relatedConversation === undefined
        ? {}
        : { RelatedConversation: sqlParameter.uniqueidentifier(relatedConversation) }),
      ...sends.parameters,
    },
  };
}

/** SEND for each message, in order. */
export function sendStatement(conversationHandle: string, messages: readonly OutgoingMessage[]): Statement {
  const sends = sendStatements('@Handle', messages);
  return {
    sql: sends.lines.join('\n'),
    parameters: { Handle: sqlParameter.uniqueidentifier(conversationHandle), ...sends.parameters },
  };
}

/**
 * END CONVERSATION for any number of conversations in one round trip. The text is always the same, so it has one plan
 * whatever the number: the handles travel as one text and are cut into pieces there.
 *
 * @param procedure does it for logins that may not, where the end is a plain one
 */
export function endConversationsStatement(
  handles: readonly string[],
  options: EndConversationOptions = {},
  procedure?: string,
): Statement {
  const { error, cleanup = false, ignoreEnded = false } = options;
  if (error !== undefined && cleanup) {
    throw new InvalidBrokerOptionsError(['a conversation ends with an error or with cleanup, not both']);
  }
  const how = cleanup ? ' WITH CLEANUP' : error === undefined ? '' : ' WITH ERROR = @Code DESCRIPTION = @Description';
  const unique = [...new Set(handles.map((handle) => handle.toUpperCase()))];
  const malformed = unique.filter((handle) => !/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(handle));
  if (malformed.length > 0) throw new InvalidBrokerOptionsError([`${malformed.join(', ')}: no conversation handle`]);
  const called = how === '' && procedure !== undefined ? quoteQualifiedName(procedure) : undefined;
  if (called !== undefined && !ignoreEnded) {
    return {
      sql: `EXEC ${called} @Handles = @Handles;`,
      parameters: { Handles: sqlParameter.nvarchar(unique.join('')) },
    };
  }
  const endOne = called === undefined ? `END CONVERSATION @Handle${how};` : `EXEC ${called} @Handles = @Text;`;
  return {
    sql: [
      'DECLARE @Handle uniqueidentifier, @Text nvarchar(36), @Position int = 1;',
      'WHILE @Position < DATALENGTH(@Handles) / 2',
      'BEGIN',
      '  SET @Text = SUBSTRING(@Handles, @Position, 36);',
      '  SET @Handle = CONVERT(uniqueidentifier, @Text);',
      ...(ignoreEnded
        ? [
            `  BEGIN TRY ${endOne} END TRY`,
            '  BEGIN CATCH IF ERROR_NUMBER() NOT IN (8426, 8427) OR XACT_STATE() = -1 THROW; END CATCH;',
          ]
        : [`  ${endOne}`]),
      '  SET @Position = @Position + 36;',
      'END;',
    ].join('\n'),
    parameters: {
      Handles: sqlParameter.nvarchar(unique.join('')),
      ...(error === undefined
        ? {}
        : {
            Code: sqlParameter.int(error.code),
            Description: sqlParameter.nvarchar(error.description.slice(0, 3_000)),
          }),
    },
  };
}

const handleRow = z.object({ conversationHandle: z.string() });

/** Begins a dialog, sends the messages on it, gives its handle; one round trip for each 100 messages or less. */
export async function beginDialog(
  session: SqlSession,
  dialog: DialogOptions,
  messages: readonly OutgoingMessage[],
  options: CallOptions,
): Promise<string> {
  const operation = `beginning a dialog from ${dialog.fromService} to ${dialog.toService}`;
  const first = requestSize(messages.length);
  const statement = beginDialogStatement(dialog, messages.slice(0, first));
  const [row] = await session.query(statement.sql, statement.parameters, handleRow, {
    ...options,
    context: { operation },
  });
  const handle = row?.conversationHandle ?? '';
  await sendOnDialog(session, handle, messages.slice(first), options);
  return handle;
}

/** Sends messages on a dialog, in order. */
export async function sendOnDialog(
  session: SqlSession,
  conversationHandle: string,
  messages: readonly OutgoingMessage[],
  options: CallOptions,
): Promise<void> {
  for (let start = 0, size = 0; start < messages.length; start += size) {
    size = requestSize(messages.length - start);
    const { sql, parameters } = sendStatement(conversationHandle, messages.slice(start, start + size));
    await session.run(sql, parameters, { ...options, context: { operation: 'sending on a dialog' } });
  }
}

/** Ends conversations in one round trip. */
export async function endConversations(
  session: SqlSession,
  handles: readonly string[],
  end: EndConversationOptions,
  options: CallOptions,
  procedure?: string,
): Promise<void> {
  if (handles.length === 0) return;
  const { sql, parameters } = endConversationsStatement(handles, end, procedure);
  const grant =
    procedure === undefined
      ? 'END CONVERSATION is for the owner of the service and db_owner: name a procedure for it (endProcedure), or ALTER ROLE [db_owner] ADD MEMBER [user];'
      : `GRANT EXECUTE ON ${quoteQualifiedName(procedure)} TO [user];`;
  await session.run(sql, parameters, { ...options, context: { operation: 'ending conversations', grant } });
}

/** Sets the timer of a conversation; the one before it is replaced. */
export async function setConversationTimer(
  session: SqlSession,
  conversationHandle: string,
  seconds: number,
  options: CallOptions,
): Promise<void> {
  await session.run(
    `BEGIN CONVERSATION TIMER (@Handle) TIMEOUT = ${wholeSeconds('seconds', seconds)};`,
    { Handle: sqlParameter.uniqueidentifier(conversationHandle) },
    { ...options, context: { operation: 'setting a conversation timer' } },
  );
}

/**
 * Sends a message on each of several dialogs that are used no more. One that has ended or failed (8426, 8427, 8429, 8462) is
 * let be: its reader ends it, or has. One round trip each, so that one that fails doesn't keep the others.
 */
export async function sendLastMessages(
  session: SqlSession,
  handles: readonly string[],
  message: OutgoingMessage,
  options: CallOptions,
): Promise<void> {
  for (const handle of handles) {
    const { sql, parameters } = sendStatement(handle, [message]);
    await session.run(
      [
        'BEGIN TRY',
        `  ${sql}`,
        'END TRY',
        'BEGIN CATCH',
        '  IF ERROR_NUMBER() NOT IN (8426, 8427, 8429, 8462) OR XACT_STATE() = -1 THROW;',
        'END CATCH;',
      ].join('\n'),
      parameters,
      { ...options, context: { operation: 'sending the last message of a dialog' } },
    );
  }
}

function sendStatements(handle: string, messages: readonly OutgoingMessage[]) {
  const parameters: Record<string, SqlParameter> = {};
  const lines = messages.map(({ messageType, body = null }, index) => {
    const send = `SEND ON CONVERSATION ${handle} MESSAGE TYPE ${quoteName(messageType)}`;
    if (body === null) return `${send};`;
    parameters[`Body${index}`] = sqlParameter.varbinary(typeof body === 'string' ? Buffer.from(body, 'utf16le') : body);
    return `${send} (@Body${index});`;
  });
  return { lines, parameters };
}

function wholeSeconds(option: string, seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 2_147_483_647) return seconds;
  throw new InvalidBrokerOptionsError([`${option} must be a whole number from 1 to 2147483647`]);
}
