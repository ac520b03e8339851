/** Base of everything that the API throws on purpose; each becomes an answer. */
export abstract class ApiError extends Error {
  abstract readonly code: string;
  /** Of the answer. */
  abstract readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 503;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean = false;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined = undefined;
  /** What is wrong with which part of the request. */
  readonly parts: readonly RequestProblem[] = [];
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
      'Send an API key that is valid: "Authorization: Bearer hk_...". An operator makes one: hartonomous api-key create.',
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

/** Thrown for an address that is no route. */
export class RouteNotFoundError extends ApiError {
  readonly code = 'ROUTE_NOT_FOUND';
  readonly status = 404;
  constructor(method: string, path: string) {
    super(`There is no ${method} ${path}. The routes are in /openapi.json.`);
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

/** Thrown when the API can't listen where its settings say. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';
  readonly retryable = false;
  constructor(host: string, port: number, cause: Error) {
    super(`The API can't listen on ${host}, port ${port}: ${cause.message} Change Api:Host or Api:Port.`, { cause });
    this.name = 'ListenError';
  }
}
