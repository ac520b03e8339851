import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import type { DecodedMessage } from './decode-messages.ts';
import { linksOf, spanContextOf, traceBatch } from './trace-batch.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceParent = `00-${traceId}-${spanId}-01`;

function messageWith(parent: string | null): DecodedMessage {
  return {
    request: {
      entityType: 'Atom',
      entityId: 1n,
      syncType: 'CREATE',
      tenantId: 0,
      enqueuedAt: null,
      traceParent: parent,
    },
    message: {
      conversationHandle: '5d1e4b1e-0000-0000-0000-000000000001',
      conversationGroupId: '5d1e4b1e-0000-0000-0000-000000000002',
      sequenceNumber: 0n,
      serviceName: 'Neo4jSyncService',
      contractName: 'Neo4jSyncContract',
      messageTypeName: 'Neo4jSyncRequest',
      enqueuedAt: null,
      body: null,
    },
  } as unknown as DecodedMessage;
}

test('a traceparent is read; an invalid one is left out', () => {
  expect(spanContextOf(traceParent)).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
  expect(spanContextOf(`00-${traceId}-${spanId}-00`)?.traceFlags).toBe(0);
  for (const bad of [
    '',
    'x',
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
  ]) {
    expect(spanContextOf(bad)).toBeUndefined();
  }
});

test('each trace is linked once, and not more than exporters take', () => {
  expect(linksOf([messageWith(traceParent), messageWith(traceParent), messageWith(null)])).toHaveLength(1);
  const many = Array.from({ length: 500 }, (_, index) =>
    messageWith(`00-${traceId.slice(4)}${index.toString(16).padStart(4, '0')}-${spanId}-01`),
  );
  expect(linksOf(many)).toHaveLength(128);
});

test('the span of a failed batch has the class of its error and nothing of its text', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const batch = { queue: 'dbo.Neo4jSyncQueue', messages: [messageWith(traceParent)] };
  const failing = traceBatch(provider.getTracer('test'), batch, () => Promise.reject(new RangeError('secret row')));
  await expect(failing).rejects.toThrow('secret row');
  const [span] = exporter.getFinishedSpans();
  expect(span?.links[0]?.context).toMatchObject({ traceId, spanId });
  expect(span?.attributes['messaging.batch.message_count']).toBe(1);
  expect(span?.status.message).toBe('RangeError');
  expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain('secret row');
});

test('a batch of one trace is part of it, one of several is linked to each; steps are below the batch', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const other = `00-${'1'.repeat(32)}-${spanId}-01`;
  const run = async (...parents: readonly (string | null)[]) => {
    exporter.reset();
    const batch = { queue: 'dbo.Neo4jSyncQueue', messages: parents.map(messageWith) };
    const step = { name: 'MERGE graph', attributes: { 'db.system.name': 'neo4j' } };
    await traceBatch(provider.getTracer('test'), batch, (runStep) => runStep(step, async () => undefined));
    const [child, span] = exporter.getFinishedSpans();
    expect(child?.name).toBe('MERGE graph');
    expect(child?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    return { traceId: span?.spanContext().traceId, parent: span?.parentSpanContext?.spanId, links: span?.links.length };
  };
  expect(await run(traceParent, traceParent)).toEqual({ traceId, parent: spanId, links: 1 });
  expect(await run(traceParent, other)).toMatchObject({ parent: undefined, links: 2 });
  expect(await run(traceParent, null)).toMatchObject({ parent: undefined, links: 1 });
  expect(await run(null)).toMatchObject({ parent: undefined, links: 0 });
});
