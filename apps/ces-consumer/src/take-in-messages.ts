import {
  type DeadLetter,
  type ReceivedBatch,
  type ReceivedMessage,
  sqlParameter,
  type TableParameterColumn,
} from '@hartonomous/broker-client';
import {
  decodeIngestionRequest,
  type IngestionRequest,
  ingestionQueue,
  isLastOfDialog,
  messageRetries,
  type PartialIngestionRequest,
} from '@hartonomous/provenance-schema';
import type { Logger } from '@hartonomous/worker-host';
import mssql from 'mssql';
import { shownAddress } from './sources/shown-address.ts';

/** What {@link takeInMessages} needs. */
export interface TakeInContext {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called when files are in dbo.IngestionJob. */
  readonly onTakenIn: () => void;
  /** Called with the reason of each message that went to the dead letters. */
  readonly onDeadLettered: (reasonCode: string) => void;
}

const columns: readonly TableParameterColumn[] = [
  { name: 'Ordinal', type: mssql.Int(), nullable: false },
  { name: 'IngestionJobId', type: mssql.BigInt() },
  { name: 'TenantId', type: mssql.Int(), nullable: false },
  { name: 'FileName', type: mssql.NVarChar(400), nullable: false },
  { name: 'SourceUri', type: mssql.NVarChar(2048) },
  { name: 'IngestionFileId', type: mssql.BigInt() },
  { name: 'ByteCount', type: mssql.BigInt() },
  { name: 'EnqueuedAt', type: mssql.DateTime2(7) },
  { name: 'ConversationHandle', type: mssql.UniqueIdentifier(), nullable: false },
  { name: 'MessageSequenceNumber', type: mssql.BigInt(), nullable: false },
  { name: 'MessageTypeName', type: mssql.NVarChar(256), nullable: false },
  { name: 'MessageBody', type: mssql.VarBinary(mssql.MAX), nullable: false },
];

/**
 * Puts the files of a batch among the jobs that wait for a worker, and what isn't a file among the dead letters; ends conversations;
 * commits. No file is looked into: a batch takes milliseconds, and nothing that was received goes back to the queue for a file's sake.
 *
 * @throws BrokerError when a server is away, or refuses
 */
export async function takeInMessages(batch: ReceivedBatch, context: TakeInContext): Promise<void> {
  const { signal, logger } = context;
  const over = batch.messages
    .filter(({ body }) => isLastOfDialog(body))
    .map(({ conversationHandle }) => conversationHandle);
  if (batch.systemMessages.length + over.length > 0) {
    await batch.keepErrors(messageRetries, await batch.endFinishedConversations({ signal }, over), { signal });
  }
  const rows: ReturnType<typeof cellsOf>[] = [];
  const letters: DeadLetter[] = [];
  for (const message of batch.messages) {
    const read = readMessage(message);
    if ('request' in read) rows.push(cellsOf(rows.length, message, read.body, read.request));
    else letters.push(letterOf(message, read));
  }
  if (letters.length > 0) await batch.deadLetter(ingestionQueue.deadLetters, letters, { signal });
  if (rows.length > 0) {
    const parameters = { Messages: sqlParameter.table('dbo.IngestionMessageList', columns, rows) };
    await batch.transaction.execute('dbo.sp_TakeInIngestion', parameters, { signal });
  }
  await batch.commit();
  for (const { reasonCode, reasonText, fields } of letters) {
    const name = typeof fields?.fileName === 'string' ? fields.fileName : 'A message';
    logger.warn({ reasonCode, ...fields }, `✗ ${name} was dead-lettered: ${reasonText}`);
    context.onDeadLettered(reasonCode);
  }
  if (rows.length === 0) return;
  logger.debug({ files: rows.length }, 'Took files off the queue');
  context.onTakenIn();
}

type Unreadable = {
  readonly reasonCode: string;
  readonly reasonText: string;
  readonly partial: PartialIngestionRequest | null;
};

function readMessage({
  messageTypeName,
  body,
  cutFrom,
}: ReceivedMessage): { readonly request: IngestionRequest; readonly body: Buffer } | Unreadable {
  if (messageTypeName !== ingestionQueue.messageType) {
    const reasonText = `${messageTypeName} is not a message type of this queue. Send ${ingestionQueue.messageType}.`;
    return { reasonCode: 'UNEXPECTED_MESSAGE_TYPE', reasonText, partial: null };
  }
  if (cutFrom !== undefined) {
    const reasonText = `The message has ${cutFrom} bytes, and only its beginning was received. Upload large files into dbo.IngestionFile.`;
    return { reasonCode: 'FILE_TOO_LARGE', reasonText, partial: null };
  }
  const decoded = decodeIngestionRequest(body);
  if (decoded.ok && body !== null) return { request: decoded.request, body };
  if (decoded.ok) throw new TypeError('A message without a body was decoded.');
  const { code, message, partial } = decoded.error;
  return { reasonCode: code, reasonText: message, partial };
}

function letterOf(message: ReceivedMessage, { reasonCode, reasonText, partial }: Unreadable): DeadLetter {
  const fields = {
    fileName: partial?.fileName ?? null,
    tenantId: partial?.tenantId ?? null,
    sourceUri: shownOrNull(partial?.sourceUri),
    ingestionFileId: partial?.ingestionFileId?.toString() ?? null,
    ingestionJobId: partial?.ingestionJobId?.toString() ?? null,
    notes: null,
  };
  return { message, reasonCode, reasonText, fields };
}

function cellsOf(ordinal: number, message: ReceivedMessage, body: Buffer, request: IngestionRequest) {
  const { ingestionJobId, tenantId, fileName, sourceUri, source, enqueuedAt } = request;
  return [
    ordinal,
    ingestionJobId,
    tenantId,
    fileName,
    shownOrNull(sourceUri),
    source.kind === 'upload' ? source.ingestionFileId : null,
    source.kind === 'inline' ? source.data.length : null,
    enqueuedAt ?? message.enqueuedAt,
    message.conversationHandle,
    message.sequenceNumber,
    message.messageTypeName,
    body,
  ];
}

function shownOrNull(uri: string | null | undefined): string | null {
  return uri === null || uri === undefined ? null : shownAddress(uri);
}
