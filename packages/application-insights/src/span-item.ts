import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { longest, propertiesOf, type TelemetryItem } from './envelope.ts';
import { resourceTags } from './resource-tags.ts';

/**
 * A span as the portal has it: what comes in (server and consumer spans) is a request, all others are dependencies. Links to the
 * traces of the messages in a batch are in the property that the portal's transaction view reads.
 */
export function spanItem(span: ReadableSpan): TelemetryItem {
  const { traceId, spanId } = span.spanContext();
  const isRequest = span.kind === SpanKind.SERVER || span.kind === SpanKind.CONSUMER;
  const name = span.name.slice(0, longest.name);
  const success = span.status.code !== SpanStatusCode.ERROR;
  const links = span.links.map(({ context }) => ({ operation_Id: context.traceId, id: context.spanId }));
  const { message } = span.status;
  const properties = propertiesOf({
    ...span.attributes,
    ...(message === undefined ? {} : { 'status.message': message }),
    ...(links.length === 0 ? {} : { '_MS.links': links }),
  });
  const text = (key: string) => {
    const value = span.attributes[key];
    return value === undefined ? undefined : String(value);
  };
  const common = { id: spanId, name, duration: durationText(span.duration), success, properties };
  const system = text('db.system.name') ?? text('messaging.system');
  const code = text('error.type') ?? (success ? '0' : '1');
  return {
    time: new Date(milliseconds(span.startTime)),
    baseType: isRequest ? 'RequestData' : 'RemoteDependencyData',
    baseData: isRequest
      ? { ...common, responseCode: code }
      : {
          ...common,
          resultCode: code,
          type: system ?? (span.kind === SpanKind.INTERNAL ? 'InProc' : 'Other'),
          target: text('server.address') ?? text('messaging.destination.name') ?? '',
          data: (text('db.query.text') ?? '').slice(0, longest.propertyValue),
        },
    tags: {
      ...resourceTags(span.resource),
      'ai.operation.id': traceId,
      'ai.operation.name': name,
      ...(span.parentSpanContext === undefined ? {} : { 'ai.operation.parentId': span.parentSpanContext.spanId }),
    },
  };
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

/** `d.hh:mm:ss.ffffff`, which is how .NET writes a TimeSpan. */
function durationText([allSeconds, nanoseconds]: HrTime): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const days = Math.floor(allSeconds / 86_400);
  const hours = Math.floor((allSeconds % 86_400) / 3_600);
  const minutes = Math.floor((allSeconds % 3_600) / 60);
  const microseconds = String(Math.floor(nanoseconds / 1_000)).padStart(6, '0');
  return `${days}.${two(hours)}:${two(minutes)}:${two(allSeconds % 60)}.${microseconds}`;
}
