import type { ReceivedBatch, ReceivedMessage } from '@hartonomous/broker-client';
import {
  decodeIngestionRequest,
  type IngestionRequest,
  ingestionQueue,
  isLastOfDialog,
  MESSAGE_RETRIES,
  type PartialIngestionRequest,
} from '@hartonomous/provenance-schema';
import { type Logger, reasonOf } from '@hartonomous/worker-host';
import { type IngestedFile, type IngestionContext, ingestFile } from './ingest-file.ts';
import type { Jobs, StartedJob } from './jobs.ts';
import { type Refusal, refusalOf } from './refusal.ts';

/** What {@link ingestMessage} needs. */
export interface MessageContext extends IngestionContext {
  readonly jobs: Jobs;
  readonly logger: Logger;
  /** Told of every file that has come to an end. */
  readonly onEnded?: (end: FileEnd) => void;
}

/** How a file came to an end. */
export interface FileEnd {
  readonly status: IngestedFile['status'] | 'DEAD_LETTERED';
  readonly file: IngestedFile | null;
  readonly reasonCode: string | null;
  readonly ms: number;
}

/**
 * Workers that may vanish over a file, one after the other, before it is dead-lettered. Fewer, and restarts of the machine
 * count against a file; more, and a file that makes workers crash holds up the others for long.
 */
const maxAttempts = 5;

/** Longest body that is looked into, in bytes: the largest that dbo.sp_EnqueueIngestion writes is a 64th of it. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Does the work of one message in the transaction that received it: its file is written and the message gone, or neither.
 * A file that can't be ingested is put among the dead letters; if some of it was written, after a rollback, when its
 * message comes again. So no file can hold up another.
 *
 * @param batch of at most one message
 * @throws BrokerError when a server is away; the message is back in the queue then
 */
export async function ingestMessage(batch: ReceivedBatch, context: MessageContext): Promise<void> {
  const { signal } = context;
  const over = batch.messages
    .filter(({ body }) => isLastOfDialog(body))
    .map(({ conversationHandle }) => conversationHandle);
  if (batch.systemMessages.length + over.length > 0) {
    await batch.keepErrors(MESSAGE_RETRIES, await batch.endFinishedConversations({ signal }, over), { signal });
  }
  const [message, ...more] = batch.messages;
  if (more.length > 0) throw new TypeError('A batch has more than one message: receive them one by one.');
  if (message === undefined) await batch.commit();
  else await new MessageIngestion(batch, message, context).run();
}

class MessageIngestion {
  readonly #batch: ReceivedBatch;
  readonly #message: ReceivedMessage;
  readonly #context: MessageContext;
  readonly #startedAt = performance.now();

  constructor(batch: ReceivedBatch, message: ReceivedMessage, context: MessageContext) {
    this.#batch = batch;
    this.#message = message;
    this.#context = context;
  }

  async run(): Promise<void> {
    const { messageTypeName, body } = this.#message;
    if (messageTypeName !== ingestionQueue.messageType) {
      const reasonText = `${messageTypeName} is not a message type of this queue. Send ${ingestionQueue.messageType}.`;
      return await this.#deadLetter({ reasonCode: 'UNEXPECTED_MESSAGE_TYPE', reasonText, defect: null }, null);
    }
    if (body !== null && body.length > maxBodyBytes) {
      const reasonText = `The message has ${body.length} bytes. Upload large files into dbo.IngestionFile.`;
      return await this.#deadLetter({ reasonCode: 'FILE_TOO_LARGE', reasonText, defect: null }, null);
    }
    const decoded = decodeIngestionRequest(body);
    if (decoded.ok) return await this.#ingest(decoded.request);
    const { code, message, partial } = decoded.error;
    return await this.#deadLetter({ reasonCode: code, reasonText: message, defect: null }, partial);
  }

  async #ingest(request: IngestionRequest): Promise<void> {
    const { jobs, logger, signal } = this.#context;
    const job = await jobs.start(request, this.#message, signal);
    logger.debug({ fileName: request.fileName, tenantId: request.tenantId, jobId: job.jobId }, 'Received a file');
    const refusal = refusalBefore(job, request);
    if (refusal !== null) return await this.#deadLetter(refusal, partOf(request, job.jobId));
    let file: IngestedFile;
    try {
      file = await ingestFile(this.#batch.transaction, request, this.#context);
      await jobs.finish(this.#batch.transaction, job.jobId, request, file, signal);
      await this.#batch.commit();
    } catch (error) {
      await this.#putBack(job.jobId, error);
      return;
    }
    this.#end(request, job.jobId, file);
  }

  /** Rolls back, and says in the job whether the file is to be tried again. @throws the error unless the file was at fault */
  async #putBack(jobId: bigint, error: unknown): Promise<void> {
    const { jobs, logger, signal } = this.#context;
    const refusal = refusalOf(error, signal);
    if (refusal?.defect) logger.error({ err: refusal.defect, jobId }, 'A file made the worker fail; it is put aside');
    if (this.#batch.transaction.state === 'open') await this.#batch.rollback();
    try {
      await jobs.release(jobId, refusal);
    } catch (releaseError) {
      // The job goes on saying RUNNING until the message comes again.
      logger.debug({ jobId, reason: reasonOf(releaseError) }, 'The job could not be released');
    }
    if (refusal === null) throw error;
  }

  async #deadLetter(refusal: Refusal, part: PartialIngestionRequest | null): Promise<void> {
    const { logger, signal, onEnded } = this.#context;
    const { reasonCode, reasonText } = refusal;
    const fields = {
      fileName: part?.fileName ?? null,
      tenantId: part?.tenantId ?? null,
      sourceUri: part?.sourceUri ?? null,
      ingestionFileId: part?.ingestionFileId?.toString() ?? null,
      ingestionJobId: part?.ingestionJobId?.toString() ?? null,
    };
    const letter = { message: this.#message, reasonCode, reasonText, fields };
    await this.#batch.deadLetter(ingestionQueue.deadLetters, [letter], { signal });
    await this.#batch.commit();
    logger.warn({ reasonCode, ...fields }, `✗ ${fields.fileName ?? 'A message'} was dead-lettered: ${reasonText}`);
    onEnded?.({ status: 'DEAD_LETTERED', file: null, reasonCode, ms: performance.now() - this.#startedAt });
  }

  #end({ fileName, tenantId }: IngestionRequest, jobId: bigint, file: IngestedFile): void {
    const { logger, onEnded } = this.#context;
    const ms = performance.now() - this.#startedAt;
    const { status, documentAtomId, bytes, atomizer, pieces, atoms, edges } = file;
    const counts = { jobId, tenantId, documentAtomId, bytes, atomizer, pieces, atoms, edges, ms: Math.round(ms) };
    logger.info(
      counts,
      status === 'UNCHANGED'
        ? `= ${fileName} is unchanged: it is atom ${documentAtomId} already`
        : `✓ ${fileName} ingested: ${atoms} new atoms`,
    );
    onEnded?.({ status, file, reasonCode: null, ms });
  }
}

function refusalBefore(job: StartedJob, { tenantId }: IngestionRequest): Refusal | null {
  if (job.refusal !== null) return { ...job.refusal, defect: null };
  if (job.attempts > maxAttempts) {
    const reasonText = `${job.attempts - 1} workers have ended while they had this file. Look at their logs before it is replayed.`;
    return { reasonCode: 'REPEATED_CRASH', reasonText, defect: null };
  }
  if (!job.tenantExists) {
    const reasonText = `There is no tenant ${tenantId}. Insert its row into dbo.Tenant, then replay.`;
    return { reasonCode: 'TENANT_UNKNOWN', reasonText, defect: null };
  }
  return null;
}

function partOf(request: IngestionRequest, ingestionJobId: bigint): PartialIngestionRequest {
  const { fileName, tenantId, sourceUri, source } = request;
  return {
    fileName,
    tenantId,
    sourceUri,
    ingestionFileId: source.kind === 'upload' ? source.ingestionFileId : null,
    ingestionJobId,
  };
}
