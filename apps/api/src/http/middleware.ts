import { randomBytes } from 'node:crypto';
import type { Logger } from '@hartonomous/worker-host';
import type { Context, ErrorHandler, MiddlewareHandler, Next } from 'hono';
import { createMiddleware } from 'hono/factory';
import { NotAllowedError, NotAuthenticatedError, TooManyRequestsError } from '../errors.ts';
import { type Identity, type Permission, rolesWith } from '../identity/identity.ts';
import type { Environment } from './environment.ts';
import { bringsFile } from './limit-bodies.ts';
import { meaningOf, problemOf } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Turns } from './turns.ts';

/**
 * Sets the headers of a response before it is created: for each header set afterwards, Hono rebuilds the response with its
 * body as a stream, which costs more than everything else in a short response.
 */
async function answerWith(
  headers: Readonly<Record<string, string>>,
  context: Context<Environment>,
  next: Next,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  await next();
  // tus and MCP create their own responses, without these; event streams set some of them themselves.
  for (const [name, value] of Object.entries(headers)) {
    if (context.res.headers.get(name) !== value) context.header(name, value);
  }
}

const traceParent = /^[0-9a-f]{2}-(?<traceId>(?!0{32})[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** Gives each request its trace id, each answer its headers, and the log its line. */
export function observe(logger: Logger): MiddlewareHandler<Environment> {
  return createMiddleware<Environment>(async (context, next) => {
    const begunAt = performance.now();
    const given = traceParent.exec(context.req.header('traceparent') ?? '')?.groups?.traceId;
    const traceId = given ?? randomBytes(16).toString('hex');
    context.set('traceId', traceId);
    const headers = { 'Trace-Id': traceId, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };
    await answerWith(headers, context, next);
    const { method, path } = context.req;
    const { status } = context.res;
    // Without the query, in which people search for what is theirs.
    const fields = { method, path, status, traceId, ms: Math.round(performance.now() - begunAt) };
    logger.debug(fields, `${method} ${path}: ${status}`);
  });
}

/** Answers errors; those that are ours are logged. */
export function answerErrors(logger: Logger, onFailed: (error: Error) => void): ErrorHandler<Environment> {
  return (error, context) => {
    const meaning = meaningOf(error);
    const traceId = context.get('traceId');
    // Nobody is left to answer; what was under way was given up for that reason.
    if (meaning.isOurs && !context.req.raw.signal.aborted) {
      logger.error({ err: error, traceId, code: meaning.code }, `${context.req.method} ${context.req.path} failed`);
      onFailed(error);
    }
    return answerProblem(context, meaning, traceId);
  };
}

function answerProblem(context: Context, meaning: ReturnType<typeof meaningOf>, traceId: string): Response {
  const { status, retryAfter, allowed = [] } = meaning;
  return context.body(JSON.stringify(problemOf(meaning, context.req.path, traceId)), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(allowed.length === 0 ? {} : { Allow: allowed.join(', ') }),
    // What is left of the body isn't read, so nothing can follow on this connection; a client that isn't told would try.
    ...(hasLongBody(context) ? { Connection: 'close' } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="hartonomous"' } : {}),
  });
}

/** Bytes of a body that fit into what both sides have in hand. */
const shortBody = 65_536;

function hasLongBody({ req }: Context): boolean {
  const length = req.header('content-length');
  return length === undefined ? req.header('transfer-encoding') !== undefined : Number(length) > shortBody;
}

/** Finds out who asks; nobody unknown gets past it. */
export function authenticate(
  find: (token: string, signal: AbortSignal) => Promise<Identity | undefined>,
): MiddlewareHandler<Environment> {
  return createMiddleware<Environment>(async (context, next) => {
    const token = /^Bearer +(?<token>[\w.~+/=-]+)$/i.exec(context.req.header('authorization') ?? '')?.groups?.token;
    const identity = token === undefined ? undefined : await find(token, context.req.raw.signal);
    if (identity === undefined) throw new NotAuthenticatedError();
    context.set('identity', identity);
    // What one may see another may not.
    await answerWith({ 'Cache-Control': 'no-store', Vary: 'Authorization' }, context, next);
  });
}

/** Counts requests by tenant. */
export function limitRate(limit: RateLimit): MiddlewareHandler<Environment> {
  return createMiddleware<Environment>(async (context, next) => {
    const { isAllowed, remaining, resetSeconds } = limit.take(context.get('identity').tenantId);
    if (!isAllowed) throw new TooManyRequestsError(resetSeconds);
    const headers = {
      'RateLimit-Policy': `"tenant";q=${limit.perMinute};w=60`,
      RateLimit: `"tenant";r=${remaining};t=${resetSeconds}`,
    };
    await answerWith(headers, context, next);
  });
}

/** Has a request wait for its tenant's turn. Files have places of their own; a stream has had its turn when it begins. */
export function takeTurns(turns: Turns): MiddlewareHandler<Environment> {
  return createMiddleware<Environment>(async (context, next) => {
    if (bringsFile(context.req)) return await next();
    using _turn = await turns.take(context.get('identity').tenantId, context.req.raw.signal);
    await next();
  });
}

/** Lets pass who has a permission. */
export function requires(permission: Permission): MiddlewareHandler<Environment> {
  return createMiddleware<Environment>(async (context, next) => {
    const { role } = context.get('identity');
    const roles = rolesWith[permission];
    if (!roles.includes(role)) throw new NotAllowedError(role, roles.join(' or '));
    await next();
  });
}
