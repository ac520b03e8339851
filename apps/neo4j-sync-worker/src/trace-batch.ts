import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { DecodedMessage } from './decode-messages.ts';

/** Most links of one span: a batch may have thousands of senders, and exporters cut off or refuse longer lists. */
const maxLinks = 128;

/** A step of a batch that a server does, as its span names it. */
export interface BatchStep {
  /** For example `MERGE graph`: what is done, and to what. */
  readonly name: string;
  /** By OpenTelemetry's conventions for databases. */
  readonly attributes: Attributes;
}

/** Runs a step of the batch inside a span of its own. */
export type RunStep = <T>(step: BatchStep, work: () => Promise<T>) => Promise<T>;

/**
 * Runs the work on a batch inside a span that goes on with the traces of its messages, which began in a stored procedure's caller.
 * Where all messages are of one trace the span is part of it; otherwise it is linked to each, because a batch belongs to many
 * traces at once.
 */
export async function traceBatch<T>(
  tracer: Tracer,
  { queue, messages }: { readonly queue: string; readonly messages: readonly DecodedMessage[] },
  work: (step: RunStep) => Promise<T>,
): Promise<T> {
  const links = linksOf(messages);
  const [only] = links.length === 1 && messages.every(({ request }) => request.traceParent !== null) ? links : [];
  const parent = only === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, only.context);
  const attributes = {
    'messaging.system': 'mssql_service_broker',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': queue,
    'messaging.batch.message_count': messages.length,
  };
  const span = tracer.startSpan(`process ${queue}`, { kind: SpanKind.CONSUMER, links, attributes }, parent);
  const inBatch = trace.setSpan(ROOT_CONTEXT, span);
  const runStep: RunStep = (step, stepWork) => {
    const { name, attributes: own } = step;
    return inSpan(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes: own }, inBatch), stepWork);
  };
  return await inSpan(span, () => work(runStep));
}

async function inSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The class only: a message of an error may hold data of a row.
    const name = error instanceof Error ? error.name : 'unknown';
    span.setAttribute('error.type', name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: name });
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

/** Reads a W3C `traceparent`; undefined for one that can't be used, which isn't a fault of the message. */
export function spanContextOf(traceParent: string): SpanContext | undefined {
  const parts = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(traceParent);
  const [, traceId, spanId, flags] = parts ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
