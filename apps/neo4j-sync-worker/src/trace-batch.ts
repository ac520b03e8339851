import { type Link, type SpanContext, SpanKind, SpanStatusCode, TraceFlags, type Tracer } from '@opentelemetry/api';
import type { DecodedMessage } from './decode-messages.ts';

/** Most links of one span: a batch may have thousands of senders, and exporters cut off or refuse longer lists. */
const maxLinks = 128;

/**
 * Runs the work on a batch inside a span that is linked to the traces of its messages, so that a trace which began in a
 * stored procedure goes on here. Links, not a parent: a batch belongs to many traces at once.
 */
export async function traceBatch<T>(
  tracer: Tracer,
  { queue, messages }: { readonly queue: string; readonly messages: readonly DecodedMessage[] },
  work: () => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(`process ${queue}`, {
    kind: SpanKind.CONSUMER,
    links: linksOf(messages),
    attributes: {
      'messaging.operation.type': 'process',
      'messaging.destination.name': queue,
      'messaging.batch.message_count': messages.length,
    },
  });
  try {
    return await work();
  } catch (error) {
    // The class only: a message of an error may hold data of a row.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    span.end();
  }
}

/** One link per trace context, at most {@link maxLinks}. */
export function linksOf(messages: readonly DecodedMessage[]): Link[] {
  const contexts = new Map<string, SpanContext>();
  for (const { request } of messages) {
    if (request.traceParent === null || contexts.has(request.traceParent)) continue;
    const context = spanContextOf(request.traceParent);
    if (context !== undefined) contexts.set(request.traceParent, context);
    if (contexts.size === maxLinks) break;
  }
  return Array.from(contexts.values(), (context) => ({ context }));
}

/** Reads a W3C `traceparent`; undefined for one that can't be used, which is no fault of the message. */
export function spanContextOf(traceParent: string): SpanContext | undefined {
  const parts = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(traceParent);
  const [, traceId, spanId, flags] = parts ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
