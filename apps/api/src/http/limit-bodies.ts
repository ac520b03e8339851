import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { BodyTooLargeError, BodyWrappedError } from '../errors.ts';
import type { Environment } from './environment.ts';

/** Most bytes of a body that is read whole; the largest that any route needs, a thousand ids, is a fiftieth of it. */
const maxBodyBytes = 1_048_576;

/** Whether a request brings a file; these have limits and places of their own, and never hold a whole one. */
export function bringsFile({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === 'POST' && path === '/v1/ingestions') || /^\/v1\/uploads(?:\/|$)/.test(path);
}

const limit = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new BodyTooLargeError(maxBodyBytes);
  },
});

/** Refuses bodies that are packed, which nothing here unpacks, and those that would be read whole and are larger than any needs to be. */
export const limitBodies = createMiddleware<Environment>(async (context, next) => {
  const coding = context.req.header('content-encoding')?.trim().toLowerCase() ?? '';
  if (coding !== '' && coding !== 'identity') {
    throw new BodyWrappedError(`Content-Encoding is ${coding}. Send the body as it is.`);
  }
  if (bringsFile(context.req)) return await next();
  return await limit(context, next);
});
