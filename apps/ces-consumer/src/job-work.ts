import { setTimeout as pause } from 'node:timers/promises';
import { type FileReading, TemporaryFileError } from '@hartonomous/atomizers';
import { backOffMs, outageBackOff } from '@hartonomous/back-off';
import { classifyBrokerFailure, firstFailure } from '@hartonomous/broker-client';
import { decodeIngestionRequest, type IngestionRequest } from '@hartonomous/provenance-schema';
import { type DependencyReadiness, type Logger, reasonOf } from '@hartonomous/worker-host';
import type { ClaimedJob } from './claimed-job.ts';
import { LeaseLostError, LocalFileTroubleError, TemporaryFolderError, WorkStoppedError } from './errors.ts';
import { type IngestedFile, type IngestionContext, ingestFile } from './ingest-file.ts';
import { JobLease } from './job-lease.ts';
import type { JobQueue, YieldReason } from './job-queue.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { fileSystemTrouble } from './sources/file-system-trouble.ts';
import { shownAddress } from './sources/shown-address.ts';

/** How a file came to an end. */
export interface FileEnd {
  readonly status: IngestedFile['status'] | 'DEAD_LETTERED';
  readonly file: IngestedFile | null;
  /** Codes of what was noted about it. */
  readonly noteCodes: readonly string[];
  readonly reasonCode: string | null;
  readonly ms: number;
}

/** What {@link workOnJob} needs. Its signal ends the work: with a WorkStoppedError, or with a LeaseLostError. */
export interface JobContext extends IngestionContext {
  readonly queue: JobQueue;
  readonly logger: Logger;
  /** Ends attempts to give a file back. */
  readonly force: AbortSignal;
  /** Down while nothing can be written to the temporary folder. */
  readonly temporaryFolder: Pick<DependencyReadiness, 'up' | 'down'>;
  /** Called with every file that has come to an end. */
  readonly onEnded: (end: FileEnd) => void;
}

/**
 * Workers that may vanish while processing a file, one after another, before it is dead-lettered. Too few: restarts of the
 * machine count against a file. Too many: a file that crashes workers delays the others for long.
 */
const maxAttempts = 5;

/** Transient failures that a file may have. Too few: a lock held for an hour costs a file. Too many: one that can't succeed comes up for days. */
const maxRetries = 20;

const retryBackOff = { baseMs: 1_000, maxMs: 300_000 };

/** Pause before a file is tried again whose bytes the temporary folder had no room for, in milliseconds. */
const folderDelayMs = 10_000;

/**
 * Does the work of one claimed file: it is ingested, or undone and dead-lettered, or given back for another try.
 *
 * @throws a defect, or what no waiting heals: a missing right
 */
export async function workOnJob(job: ClaimedJob, context: JobContext): Promise<void> {
  await new JobWork(job, context).run();
}

class JobWork {
  readonly #job: ClaimedJob;
  readonly #context: JobContext;
  readonly #lease: JobLease;
  readonly #startedAt = performance.now();
  #reading: FileReading | null = null;

  constructor(job: ClaimedJob, context: JobContext) {
    this.#job = job;
    this.#context = context;
    const { client, settings, signal } = context;
    const { LockTimeoutMs, StatementTimeoutMs } = settings.Worker;
    this.#lease = new JobLease({
      client,
      job,
      leaseMs: settings.Ingestion.LeaseMs,
      // A lock that is waited for longer than the statement may take would pass for a dead server.
      lockTimeoutMs: Math.min(LockTimeoutMs, StatementTimeoutMs / 2),
      signal,
    });
  }

  async run(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      await this.#giveBack(firstFailure(error));
    }
  }

  async #work(): Promise<void> {
    const { logger, signal } = this.#context;
    const { jobId, tenantId, body } = this.#job;
    const decoded = decodeIngestionRequest(body);
    if (!decoded.ok) return await this.#refuse({ reasonCode: decoded.error.code, reasonText: decoded.error.message });
    const { request } = decoded;
    logger.debug({ fileName: request.fileName, tenantId, jobId }, 'Working on a file');
    const refusal = this.#refusalBefore();
    if (refusal !== null || this.#job.isRefused) return await this.#refuse(refusal, request);
    let file: IngestedFile;
    try {
      const onRead = (reading: FileReading): void => {
        this.#reading = reading;
      };
      file = await ingestFile(this.#lease, request, { ...this.#context, onRead });
    } catch (thrown) {
      // Of this program's own files and threads, too: what the machine has no room for says nothing of a file.
      const error = fileSystemTrouble(firstFailure(thrown)) ?? thrown;
      const found = this.#retriesExhausted(error) ?? refusalOf(error, signal);
      if (found === null) throw error;
      if (found.defect) logger.error({ err: found.defect, jobId }, 'A file made the worker fail; it is set aside');
      return await this.#refuse(found, request);
    }
    this.#end(request, file);
  }

  #refusalBefore(): Pick<Refusal, 'reasonCode' | 'reasonText'> | null {
    const { attempts, tenantExists, tenantId } = this.#job;
    if (attempts > maxAttempts) {
      const reasonText = `${attempts - 1} workers have ended while they had this file. Check their logs before you replay it.`;
      return { reasonCode: 'REPEATED_CRASH', reasonText };
    }
    if (tenantExists) return null;
    const reasonText = `There is no tenant ${tenantId}. Insert its row into dbo.Tenant, then replay.`;
    return { reasonCode: 'TENANT_UNKNOWN', reasonText };
  }

  #retriesExhausted(error: unknown): Refusal | null {
    if (!this.#isBlamed(error) || this.#job.retries + 1 < maxRetries) return null;
    const reasonText = `It was tried ${maxRetries} times. The last time: ${reasonOf(error)}`;
    return { reasonCode: 'RETRIES_EXHAUSTED', reasonText, defect: null };
  }

  #isBlamed(error: unknown): boolean {
    if (error instanceof LocalFileTroubleError) return error.mayBeTheFiles;
    return classifyBrokerFailure(error, 'sql-server').kind === 'transient';
  }

  /** @param refusal null: the job was refused before */
  async #refuse(refusal: Pick<Refusal, 'reasonCode' | 'reasonText'> | null, request?: IngestionRequest): Promise<void> {
    const { logger, onEnded } = this.#context;
    const { jobId, tenantId } = this.#job;
    const { reasonCode, reasonText } = await this.#lease.undo(refusal, this.#reading);
    const fileName = request?.fileName ?? null;
    const uri = request?.sourceUri ?? null;
    logger.warn(
      { reasonCode, fileName, tenantId, jobId, sourceUri: uri === null ? null : shownAddress(uri) },
      `✗ ${fileName ?? 'A file'} was dead-lettered: ${reasonText}`,
    );
    const noteCodes = (this.#reading?.notes ?? []).map(({ code }) => code);
    onEnded({ status: 'DEAD_LETTERED', file: null, noteCodes, reasonCode, ms: performance.now() - this.#startedAt });
  }

  async #giveBack(error: unknown): Promise<void> {
    const { signal, logger, temporaryFolder } = this.#context;
    const { jobId, tenantId, retries } = this.#job;
    const cause = signal.aborted ? signal.reason : error;
    if (cause instanceof LeaseLostError) {
      logger.warn({ jobId, tenantId }, 'The lease on a file was lost; another worker continues it');
      return await this.#yield({ delayMs: 0, isBlamed: false, reasonCode: cause.code, reasonText: cause.message });
    }
    if (cause instanceof WorkStoppedError) {
      logger.info({ jobId, tenantId }, 'A file is released: the worker stops, another one continues it');
      return await this.#yield({ delayMs: 0, isBlamed: false, reasonCode: null, reasonText: null });
    }
    const folderError = temporaryFolderErrorOf(cause);
    if (folderError !== null) {
      temporaryFolder.down(folderError.message);
      return await this.#yield({ ...reasonIn(folderError), delayMs: folderDelayMs, isBlamed: false });
    }
    if (cause instanceof LocalFileTroubleError) {
      logger.warn({ jobId, tenantId, err: cause }, `A file is released and will be tried again: ${cause.message}`);
      return await this.#yield({ ...reasonIn(cause), delayMs: folderDelayMs, isBlamed: cause.mayBeTheFiles });
    }
    const failure = classifyBrokerFailure(cause, 'sql-server');
    if (failure.kind === 'fatal') throw cause;
    const isBlamed = failure.kind === 'transient';
    const reason = reasonOf(failure.error);
    logger.warn({ jobId, tenantId, reason }, `A file is released and will be tried again: ${reason}`);
    const delayMs = isBlamed ? backOffMs(retries + 1, retryBackOff) : 0;
    await this.#yield({ ...reasonIn(failure.error), delayMs, isBlamed });
  }

  /** Until SQL Server has been told, or the worker is ended by force: a file that nobody gives back counts against it. */
  async #yield(reason: YieldReason): Promise<void> {
    const { queue, force, logger } = this.#context;
    for (let tries = 1; ; tries += 1) {
      try {
        await queue.yield(this.#job, reason, force);
        return;
      } catch (error) {
        if (force.aborted) return;
        if (classifyBrokerFailure(error, 'sql-server').kind === 'fatal') throw error;
        logger.debug({ jobId: this.#job.jobId, reason: reasonOf(error) }, 'A file could not be released yet');
      }
      await pause(backOffMs(tries, outageBackOff), undefined, { signal: force }).catch(() => undefined);
      if (force.aborted) return;
    }
  }

  #end({ fileName }: IngestionRequest, file: IngestedFile): void {
    const { logger, onEnded, temporaryFolder } = this.#context;
    const { jobId, tenantId } = this.#job;
    temporaryFolder.up();
    const ms = performance.now() - this.#startedAt;
    const { status, documentAtomId, bytes, atomizer, pieces, atoms, edges, reading, notes } = file;
    const counts = {
      jobId,
      tenantId,
      documentAtomId,
      bytes,
      atomizer,
      pieces,
      atoms,
      edges,
      notes,
      letters: reading?.letters,
      shareNotUnderstood: reading?.shareNotUnderstood,
      ms: Math.round(ms),
    };
    const noted = notes.map(({ code }) => `, ${code}`).join('');
    logger.info(
      counts,
      status === 'UNCHANGED'
        ? `= ${fileName} is unchanged: it is atom ${documentAtomId} already${noted}`
        : `✓ ${fileName} ingested: ${atoms} new atoms${noted}`,
    );
    onEnded({ status, file, noteCodes: notes.map(({ code }) => code), reasonCode: null, ms });
  }
}

/** The error, if it's the temporary folder's: of this program's own files there or of an atomizer's. */
function temporaryFolderErrorOf(error: unknown): TemporaryFolderError | null {
  if (error instanceof TemporaryFolderError) return error;
  return error instanceof TemporaryFileError ? new TemporaryFolderError(error.folder, error) : null;
}

function reasonIn(error: Error): { readonly reasonCode: string; readonly reasonText: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { reasonCode: code, reasonText: error.message };
}
