import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Environment } from '../http/environment.ts';
import { EventStream } from './event-stream.ts';
import { streamSignal } from './stream-signal.ts';

/**
 * Answers with server-sent events, one for each value that differs from the one before. The stream takes one of the tenant's places
 * until it ends, or its time is over: one that nobody reads waits for its reader, and its place doesn't wait with it.
 *
 * @param event name of the events
 * @param values ends when its signal is aborted
 * @throws BusyError, TenantShareTakenError
 */
export async function answerEvents(
  context: Context<Environment>,
  event: string,
  values: (signal: AbortSignal) => AsyncIterable<unknown>,
): Promise<Response> {
  const { raw } = context.req;
  if (raw.method === 'HEAD') {
    // Of a body that nobody takes nobody would ever stop the writing.
    return context.body(null, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  }
  const { streams, logger } = context.get('services');
  const place = await streams.take(context.get('identity').tenantId);
  const signal = streamSignal(context);
  const traceId = context.get('traceId');
  return streamSSE(context, async (stream) => {
    using _place = place;
    const end = () => {
      place[Symbol.dispose]();
      stream.abort();
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      const written = new EventStream(stream, event);
      for await (const value of values(signal)) {
        await written.write(value);
        if (stream.aborted) return;
      }
    } catch (err) {
      // Its client comes again, and is told then.
      if (!signal.aborted) logger.error({ err, traceId }, `${raw.method} ${context.req.path} failed`);
    } finally {
      signal.removeEventListener('abort', end);
    }
  });
}
