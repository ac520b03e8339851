import type { Context } from 'hono';
import type { Environment } from '../http/environment.ts';

/** Aborts when a stream must end: the client is gone, the API stops, or the stream has reached its maximum age. */
export function streamSignal(context: Context<Environment>): AbortSignal {
  const { settings, drain } = context.get('services');
  const old = AbortSignal.timeout(settings.Api.MaxStreamSeconds * 1_000);
  return AbortSignal.any([context.req.raw.signal, drain, old]);
}
