import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { InvalidRequestError } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import type { Services } from '../services.ts';

/** What middleware leaves for handlers. */
export interface Environment {
  readonly Variables: {
    /** On routes below /v1. */
    identity: Identity;
    /** 32 hexadecimal digits, the caller's own where it sends a `traceparent`. */
    traceId: string;
    services: Services;
  };
}

/** A group of routes, whose requests are checked by their schemas. */
export function newRoutes(): OpenAPIHono<Environment> {
  return new OpenAPIHono<Environment>({
    defaultHook: (result) => {
      if (result.success) return;
      throw invalidRequest(result.target, result.error);
    },
  });
}

/** What is wrong with which part of a request. */
export function invalidRequest(target: string, error: z.core.$ZodError): InvalidRequestError {
  const parts = error.issues.map(({ path, message }) => ({
    in: target,
    pointer: `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
    detail: message,
  }));
  return new InvalidRequestError(parts, { cause: error });
}
