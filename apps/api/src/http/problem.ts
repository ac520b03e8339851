import { BrokerError } from '@hartonomous/broker-client';
import {
  AtomNotEmbeddedError,
  AtomNotFoundError,
  GraphSyncError,
  InvalidGraphOptionsError,
  LineageTimeoutError,
  NodeNotFoundError,
  SearchTimeoutError,
  UnknownLabelError,
} from '@hartonomous/graph-sync';
import {
  EntityNotFoundError,
  IngestFileError,
  IngestionKeyTakenError,
  NoEmbeddingModelError,
  QuestionClassifiedError,
  QuestionNotEmbeddedError,
  ReconcileRunningError,
  ScheduleDisabledError,
  ScheduleExistsError,
  ScheduleUnknownError,
  ScheduleUnusableError,
} from '@hartonomous/operations';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ApiError, type RequestProblem, UploadStorageError } from '../errors.ts';

/** An answer that something went wrong: RFC 9457, with a stable code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: ContentfulStatusCode;
  readonly detail: string;
  /** Stable name, for programs. */
  readonly code: string;
  readonly instance: string;
  readonly traceId: string;
  readonly errors?: readonly RequestProblem[];
}

/** What an error means for the caller. */
export interface Meaning {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly RequestProblem[];
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  /** Methods that the address has. */
  readonly allowed?: readonly string[];
  /** Whether it is the server's own failure, which its log has to have. */
  readonly isOurs: boolean;
}

/** Seconds after which a server that is away may be back: the longest pause of our own attempts. */
const outageRetrySeconds = 10;

/**
 * What an error means for the caller. What nobody expected, and what only concerns operators (addresses, statements), is in the log
 * under the request's trace id and not in the answer.
 */
export function meaningOf(error: unknown): Meaning {
  if (error instanceof ApiError) {
    const { status, code, message: detail, parts: errors, retryAfter, allowed } = error;
    // Of all that is answered on purpose it alone is for somebody here to see to.
    const isOurs = error instanceof UploadStorageError;
    return { status, code, detail, retryAfter, allowed, isOurs, ...(errors.length === 0 ? {} : { errors }) };
  }
  if (error instanceof HTTPException && error.status === 415) {
    const detail = 'This route takes no body of that Content-Type. Send one of those that /openapi.json has for it.';
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail, isOurs: false };
  }
  if (error instanceof HTTPException) {
    return { status: error.status, code: 'INVALID_REQUEST', detail: error.message, isOurs: error.status >= 500 };
  }
  const known = ofOurPackages(error);
  if (known !== undefined) return known;
  const detail = 'The request failed unexpectedly. The log of the API has the reason under this traceId.';
  return { status: 500, code: 'INTERNAL', detail, isOurs: true };
}

function ofOurPackages(error: unknown): Meaning | undefined {
  if (error instanceof InvalidGraphOptionsError) {
    const errors = error.problems.map((detail) => ({ in: 'query', pointer: '', detail }));
    return {
      status: 400,
      code: 'INVALID_REQUEST',
      detail: "The query can't be used; see errors.",
      errors,
      isOurs: false,
    };
  }
  if (
    error instanceof AtomNotFoundError ||
    error instanceof NodeNotFoundError ||
    error instanceof UnknownLabelError ||
    error instanceof EntityNotFoundError
  ) {
    return { status: 404, code: error.code, detail: error.message, isOurs: false };
  }
  if (error instanceof ScheduleUnknownError) {
    return { status: 404, code: error.code, detail: `${error.message} ${error.action}`, isOurs: false };
  }
  if (
    error instanceof ReconcileRunningError ||
    error instanceof ScheduleDisabledError ||
    error instanceof ScheduleExistsError
  ) {
    return { status: 409, code: error.code, detail: `${error.message} ${error.action}`, isOurs: false };
  }
  if (error instanceof IngestFileError) {
    return { status: 422, code: error.code, detail: error.message, isOurs: false };
  }
  if (error instanceof IngestionKeyTakenError || error instanceof ScheduleUnusableError) {
    return { status: 422, code: error.code, detail: `${error.message} ${error.action}`, isOurs: false };
  }
  if (error instanceof NoEmbeddingModelError || error instanceof QuestionClassifiedError) {
    return { status: 409, code: error.code, detail: `${error.message} ${error.action}`, isOurs: false };
  }
  if (error instanceof QuestionNotEmbeddedError) {
    // Its reason names addresses.
    const detail =
      'The provider of embeddings failed. The log of the API has the reason; search by words works meanwhile.';
    return { status: 503, code: error.code, detail, retryAfter: outageRetrySeconds, isOurs: true };
  }
  if (error instanceof AtomNotEmbeddedError) {
    return { status: 409, code: error.code, detail: error.message, isOurs: false };
  }
  if (error instanceof LineageTimeoutError || error instanceof SearchTimeoutError) {
    return { status: 504, code: error.code, detail: error.message, isOurs: false };
  }
  if ((error instanceof BrokerError || error instanceof GraphSyncError) && error.retryable) {
    const server = error instanceof BrokerError ? 'SQL Server' : 'Neo4j';
    const detail = `${server} can't be reached or is busy. Nothing was changed; try again.`;
    return { status: 503, code: error.code, detail, retryAfter: outageRetrySeconds, isOurs: true };
  }
  return undefined;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The body of the answer. */
export function problemOf({ status, code, detail, errors }: Meaning, instance: string, traceId: string): Problem {
  return {
    type: `urn:hartonomous:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[status] ?? 'Error',
    ...{ status, detail, code, instance, traceId },
    ...(errors === undefined ? {} : { errors }),
  };
}
