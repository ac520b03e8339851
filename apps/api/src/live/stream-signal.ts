import type { Context } from 'hono';
import type { Environment } from '../http/environment.ts';

/** Aborted when a stream is to end: the client has gone, the API is asked to stop, or the stream is as old as it may become. */
export function streamSignal(context: Context<Environment>): AbortSignal {
  const { settings, drain } = context.get('services');
  const old = AbortSignal.timeout(settings.Api.MaxStreamSeconds * 1_000);
  return AbortSignal.any([context.req.raw.signal, drain, old]);
}
