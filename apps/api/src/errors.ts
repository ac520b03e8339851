/** Base of everything that the API throws on purpose; each becomes an answer. */
export abstract class ApiError extends Error {
  abstract readonly code: string;
  /** Of the answer. */
  abstract readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 503;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean = false;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined = undefined;
  /** What is wrong with which part of the request. */
  readonly parts: readonly RequestProblem[] = [];
  /** Methods that the address has. */
  readonly allowed: readonly string[] = [];
  override get name(): string {
    return this.constructor.name;
  }
}

/** A part of a request that can't be used. */
export interface RequestProblem {
  /** `query`, `param`, `header` or `json`. */
  readonly in: string;
  /** JSON Pointer to the part. */
  readonly pointer: string;
  readonly detail: string;
}

/** Thrown when a request isn't what its route takes. */
export class InvalidRequestError extends ApiError {
  readonly code = 'INVALID_REQUEST';
  readonly status = 400;
  override readonly parts: readonly RequestProblem[];
  constructor(parts: readonly RequestProblem[], options?: ErrorOptions) {
    super('The request is not what this route takes; see errors.', options);
    this.parts = parts;
  }
}

/** Thrown when a request names nobody, or somebody unknown. One answer for all reasons: a guess learns nothing. */
export class NotAuthenticatedError extends ApiError {
  readonly code = 'NOT_AUTHENTICATED';
  readonly status = 401;
  constructor() {
    super(
      'Send an API key that is valid: "Authorization: Bearer hk_...". An operator makes one: hartonomous api-key create. Where Entra is set ' +
        'up, its access tokens are taken too, of those who have a role here.',
    );
  }
}

/** Thrown when the keys of the directory can't be fetched, so that nobody knows whether a token is valid. */
export class IdentityProviderError extends ApiError {
  readonly code = 'IDENTITY_PROVIDER_UNAVAILABLE';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter = 5;
  constructor(cause: unknown) {
    super(
      "The directory's keys can't be fetched, so the token can't be checked. Try again in 5 s; API keys work meanwhile.",
      {
        cause,
      },
    );
  }
}

/** Thrown when somebody asks for what their role doesn't allow. */
export class NotAllowedError extends ApiError {
  readonly code = 'NOT_ALLOWED';
  readonly status = 403;
  constructor(role: string, needed: string) {
    super(`The role ${role} may not do this; it takes ${needed}.`);
  }
}

/** Thrown for an address that isn't a route. */
export class RouteNotFoundError extends ApiError {
  readonly code = 'ROUTE_NOT_FOUND';
  readonly status = 404;
  constructor(method: string, path: string) {
    super(`There is no ${method} ${path}. The routes are in /openapi.json.`);
  }
}

/** Thrown for an address that is a route, but not for this method. */
export class MethodNotAllowedError extends ApiError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly status = 405;
  override readonly allowed: readonly string[];
  constructor(method: string, path: string, allowed: readonly string[]) {
    super(`${path} has no ${method}, only ${allowed.join(', ')}.`);
    this.allowed = allowed;
  }
}

/** Thrown when a tenant asks more often than it may. */
export class TooManyRequestsError extends ApiError {
  readonly code = 'TOO_MANY_REQUESTS';
  readonly status = 429;
  override readonly retryable = true;
  override readonly retryAfter: number;
  constructor(retryAfter: number) {
    super(`Too many requests for this tenant; try again in ${retryAfter} s.`);
    this.retryAfter = retryAfter;
  }
}

/** Thrown when a tenant has no ingestion of an id. */
export class IngestionNotFoundError extends ApiError {
  readonly code = 'INGESTION_NOT_FOUND';
  readonly status = 404;
  constructor(id: bigint) {
    super(`There is no ingestion ${id}. Ingestions are purged some time after their end.`);
  }
}

/** Thrown when somebody has no upload of an id. */
export class UploadNotFoundError extends ApiError {
  readonly code = 'UPLOAD_NOT_FOUND';
  readonly status = 404;
  constructor() {
    super('There is no such upload of yours. Those that are not finished in time are deleted: begin again.');
  }
}

/** Thrown when there is no comparison of an id. */
export class ReconciliationNotFoundError extends ApiError {
  readonly code = 'RECONCILIATION_NOT_FOUND';
  readonly status = 404;
  constructor(id: string) {
    super(
      `There is no reconciliation ${id}. They are kept for 30 days after their end; the outcome of each is in dbo.ApiAudit, for Api:AuditRetentionDays.`,
    );
  }
}

/** Thrown when the API can't listen where its settings say. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  constructor(host: string, port: number, cause: Error) {
    super(`The API can't listen on ${host}, port ${port}: ${cause.message} Change Api:Host or Api:Port.`, { cause });
  }
}

/** Thrown when there is no folder for uploads that only this program's user can read. */
export class UploadFolderError extends Error {
  readonly code = 'UPLOAD_FOLDER';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  constructor(folder: string, reason: string, cause: unknown) {
    super(`Uploads can't wait in ${folder}: ${reason} Set Api:UploadFolder to a folder of this program's user.`, {
      cause,
    });
  }
}

/** Thrown when as much is under way as may be. */
export class BusyError extends ApiError {
  readonly code = 'BUSY';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter: number;
  constructor(message: string, retryAfter: number) {
    super(`${message} Try again in ${retryAfter} s.`);
    this.retryAfter = retryAfter;
  }
}

/** Thrown when a tenant has its share of what there is, and the rest is kept for others. */
export class TenantShareTakenError extends ApiError {
  readonly code = 'TENANT_SHARE_TAKEN';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter = 5;
  /** @param what in the plural: `uploads` */
  constructor(own: number, most: number, what: string) {
    super(
      `This tenant has ${own} of the ${most} ${what} that the API has at a time; the rest is kept for other tenants. Try again in 5 s.`,
    );
  }
}

/** Thrown when uploads of a tenant that aren't finished take as much of the disk as is left for all others. */
export class TenantRoomTakenError extends ApiError {
  readonly code = 'TENANT_ROOM_TAKEN';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter = 60;
  constructor(ownBytes: number, freeBytes: number) {
    const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`;
    super(
      `Uploads of this tenant that are not finished take ${inMegabytes(ownBytes)}, and ${inMegabytes(freeBytes)} are left for all. ` +
        'Delete some, or go on in 60 s, when there may be more room; after Api:UploadHours they are deleted.',
    );
  }
}

/** Thrown when files that came before wait so long that new ones would only make all wait longer. */
export class QueueBehindError extends ApiError {
  readonly code = 'QUEUE_BEHIND';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter: number;
  constructor(ageSeconds: number, retryAfter: number) {
    super(
      `The oldest file has waited for ${ageSeconds} s; nothing more is taken in until that is less. Try again in ${retryAfter} s.`,
    );
    this.retryAfter = retryAfter;
  }
}

/** Thrown when the folder of uploads takes no more bytes: its disk is full or away. */
export class UploadStorageError extends ApiError {
  readonly code = 'UPLOAD_NOT_STORED';
  readonly status = 503;
  override readonly retryable = true;
  override readonly retryAfter = 30;
  constructor(why: string, cause: unknown) {
    super(`The bytes can't be kept for now (${why}). Go on with the upload in 30 s.`, { cause });
  }
}

/** Thrown when a file has more bytes than are taken in. */
export class TooLargeError extends ApiError {
  readonly code = 'FILE_TOO_LARGE';
  readonly status = 413;
  constructor(most: number) {
    super(`The file has more than ${most} bytes (Api:MaxUploadBytes). Nothing was enqueued.`);
  }
}

/** Thrown when a body isn't what it stands for: it is packed, or has a form around it. */
export class BodyWrappedError extends ApiError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';
  readonly status = 415;
  /** @param what the header says, and what to do, as sentences */
  constructor(what: string) {
    super(`${what} Nothing was done.`);
  }
}

/** Thrown when a body that isn't a file has more bytes than any request needs. */
export class BodyTooLargeError extends ApiError {
  readonly code = 'BODY_TOO_LARGE';
  readonly status = 413;
  constructor(most: number) {
    super(`The body has more than ${most} bytes. Files go to POST /v1/ingestions or /v1/uploads.`);
  }
}

/** Thrown when a body ends before its end. */
export class BodyBrokenOffError extends ApiError {
  readonly code = 'BODY_BROKEN_OFF';
  readonly status = 400;
  constructor(bytes: number, cause: unknown) {
    super(`The body ended after ${bytes} bytes, before its end. Nothing was enqueued; send it again.`, { cause });
  }
}

/** Thrown when bytes aren't those that were sent. */
export class DigestMismatchError extends ApiError {
  readonly code = 'DIGEST_MISMATCH';
  readonly status = 422;
  constructor(found: string) {
    super(
      `The bytes that came have the SHA-256 ${found}, which is not the one given. Nothing was enqueued; send them again.`,
    );
  }
}

/** Thrown when an operator of one tenant asks for what is of all. */
export class InstallationOnlyError extends ApiError {
  readonly code = 'INSTALLATION_ONLY';
  readonly status = 403;
  constructor() {
    super('This concerns all tenants, so it takes an operator of tenant 0.');
  }
}

/** Thrown when the program runs from its source and the page was not built. */
export class PageNotBuiltError extends ApiError {
  readonly code = 'PAGE_NOT_BUILT';
  readonly status = 503;
  constructor(cause: unknown) {
    super('The page is not built. Run: npx -y pnpm@12 page (in apps/api). The API works without it.', { cause });
  }
}
