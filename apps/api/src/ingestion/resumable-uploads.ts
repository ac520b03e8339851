import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerClient } from '@hartonomous/broker-client';
import { type ApiActor, checkFileName, ingestStream } from '@hartonomous/operations';
import { dataClassifications } from '@hartonomous/provenance-schema';
import { Server, type Upload } from '@tus/server';
import { InvalidRequestError, UploadNotFoundError } from '../errors.ts';
import { type Meaning, meaningOf } from '../http/problem.ts';
import { checkDigest } from './given-digest.ts';
import type { UploadGate } from './upload-gate.ts';
import { UploadRecords } from './upload-records.ts';
import type { UploadRoom } from './upload-room.ts';
import { storageError, UploadStore } from './upload-store.ts';

/** What {@link ResumableUploads} takes. */
export interface ResumableUploadsOptions {
  readonly client: BrokerClient;
  readonly gate: UploadGate;
  readonly room: UploadRoom;
  /** Where bytes wait until all are there; it is there. */
  readonly folder: string;
  /** Of a file. */
  readonly maxBytes: number;
  /** Milliseconds after which an upload is given up, from its beginning. */
  readonly keptMs: number;
}

/** A request and who sends it. */
interface Call {
  readonly actor: ApiActor;
  readonly signal: AbortSignal;
  readonly traceParent: string | undefined;
  /** The ingestion that it began, or that an earlier one had. */
  jobId?: string;
  /** Why it is refused. */
  refused?: Meaning;
  /** The error. */
  refusedBy?: Error;
}

/** Where uploads are. */
export const uploadsPath = '/v1/uploads';
/** In the metadata of an upload that is enqueued; clients can't set it. */
const ingestionName = 'ingestion';

/**
 * Uploads by tus 1.0, which go on where they broke off, whichever side was killed. Bytes wait in a folder; when the last one is there,
 * the file is taken in as any other and the request is answered after that. After a kill between the last byte and that answer, the
 * next question about its progress takes it in: one upload is one ingestion, however often a client asks.
 */
export class ResumableUploads {
  readonly #options: ResumableUploadsOptions;
  readonly #store: UploadStore;
  readonly #records: UploadRecords;
  readonly #server: Server;
  readonly #calls = new WeakMap<Request, Call>();

  constructor(options: ResumableUploadsOptions) {
    const { folder, keptMs, maxBytes } = options;
    this.#options = options;
    this.#records = new UploadRecords(folder);
    this.#store = new UploadStore({
      directory: folder,
      configstore: this.#records,
      expirationPeriodInMilliseconds: keptMs,
    });
    this.#server = new Server({
      path: uploadsPath,
      datastore: this.#store,
      maxSize: maxBytes,
      relativeLocation: true,
      // No page of another server has a key.
      allowedOrigins: [],
      namingFunction: (request) => `${ownerOf(this.#call(request))}-${randomBytes(16).toString('hex')}`,
      onIncomingRequest: (request, id) => this.#onRequest(request, id),
      onUploadCreate: async (_, { metadata }) => {
        // What would be refused when all bytes are there is refused before the first.
        checkFileName(fileNameOf(metadata));
        digestOf(metadata);
        classificationOf(metadata);
        const { [ingestionName]: _ours, ...theirs } = metadata ?? {};
        return { metadata: theirs };
      },
      onUploadFinish: async (request, { id }) => {
        await this.#takeIn(id, this.#call(request));
        return {};
      },
      onResponseError: (request, error) => {
        // Those of the protocol have their own status and text.
        if (!(error instanceof Error)) return undefined;
        const refusedBy = storageError(error) ?? error;
        const refused = meaningOf(refusedBy);
        Object.assign(this.#call(request), { refused, refusedBy });
        return { status_code: refused.status, body: `${refused.detail} (${refused.code})\n` };
      },
    });
  }

  /** Answers a request below {@link uploadsPath}. @param onRefused called with what is the server's own failure */
  async answer(
    request: Request,
    actor: ApiActor,
    onRefused: (meaning: Meaning, error: Error | undefined) => void,
  ): Promise<Response> {
    const call: Call = { actor, signal: request.signal, traceParent: request.headers.get('traceparent') ?? undefined };
    this.#calls.set(request, call);
    const bringsBytes = request.method === 'PATCH' || request.method === 'POST';
    if (bringsBytes) await this.#options.room.require(actor.tenantId);
    using _place = bringsBytes ? await this.#options.gate.enter(actor.tenantId, call.signal) : undefined;
    const response = await this.#server.handleWeb(request);
    if (call.jobId !== undefined) response.headers.set('Ingestion-Location', `/v1/ingestions/${call.jobId}`);
    if (call.refused !== undefined) {
      const { retryAfter, isOurs } = call.refused;
      if (retryAfter !== undefined) response.headers.set('Retry-After', String(retryAfter));
      if (isOurs && !call.signal.aborted) onRefused(call.refused, call.refusedBy);
    }
    return response;
  }

  /** Deletes uploads that were not finished in time, and what is left of those that were. @returns how many */
  purge(): Promise<number> {
    return this.#server.cleanUpExpiredUploads();
  }

  #call(request: Request): Call {
    const call = this.#calls.get(request);
    if (call === undefined) throw new TypeError('A request of nobody.');
    return call;
  }

  /** Others' uploads are answered as those that aren't there. */
  async #onRequest(request: Request, id: string): Promise<void> {
    const call = this.#call(request);
    if (request.method === 'OPTIONS') return;
    if (!id.startsWith(`${ownerOf(call)}-`)) throw new UploadNotFoundError();
    if (request.method !== 'HEAD') return;
    const upload = await this.#store.getUpload(id);
    if (upload.offset === upload.size) await this.#takeIn(id, call);
  }

  async #takeIn(id: string, call: Call): Promise<void> {
    const { client, folder } = this.#options;
    const upload: Upload = await this.#store.getUpload(id);
    const earlier = upload.metadata?.[ingestionName];
    if (typeof earlier === 'string') {
      call.jobId = earlier;
      return;
    }
    const file = join(folder, id);
    const digest = digestOf(upload.metadata);
    const { jobId } = await ingestStream(
      client,
      call.actor,
      {
        name: fileNameOf(upload.metadata),
        chunks: createReadStream(file),
        idempotencyKey: `tus:${id}`,
        classification: classificationOf(upload.metadata),
        traceParent: call.traceParent,
        check: (found) => checkDigest(digest, found),
      },
      call.signal,
    );
    call.jobId = jobId.toString();
    upload.metadata = { ...upload.metadata, [ingestionName]: call.jobId };
    await this.#records.set(id, upload);
    // Its length says that all is there; its bytes aren't needed any more, and a file of holes takes no room.
    await truncate(file, 0);
    await truncate(file, upload.size ?? 0);
  }
}

/** The beginning of all names of one's uploads. */
function ownerOf({ actor: { tenantId, subject } }: Call): string {
  return `${tenantId}-${createHash('sha256').update(subject).digest('hex').slice(0, 16)}`;
}

/** @throws InvalidRequestError */
function fileNameOf(metadata: Upload['metadata']): string {
  const name = metadata?.filename ?? metadata?.name;
  if (typeof name === 'string' && name !== '' && name.length <= 400) return name;
  const detail = 'must have filename, of 1 to 400 characters: its extension helps to find out what the file is';
  throw new InvalidRequestError([{ in: 'header', pointer: '/Upload-Metadata', detail }]);
}

/** @throws InvalidRequestError */
function digestOf(metadata: Upload['metadata']): Buffer | undefined {
  const text = metadata?.sha256;
  if (text === undefined || text === null) return undefined;
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const detail = 'sha256 must be 64 hexadecimal digits';
  throw new InvalidRequestError([{ in: 'header', pointer: '/Upload-Metadata', detail }]);
}

/** Not left out where it can't be read: the file would count as less sensitive than it is. @throws InvalidRequestError */
function classificationOf(metadata: Upload['metadata']): (typeof dataClassifications)[number] | undefined {
  const text = metadata?.classification;
  if (text === undefined) return undefined;
  const level = dataClassifications.find((known) => known === text);
  if (level !== undefined) return level;
  const detail = `classification must be one of ${dataClassifications.join(', ')}`;
  throw new InvalidRequestError([{ in: 'header', pointer: '/Upload-Metadata', detail }]);
}
