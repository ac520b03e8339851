import { type AzureEmulator, startAzureEmulator } from '@hartonomous/azure-emulator';
import { eventually } from '@hartonomous/test-support';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { openApplicationInsights } from '../src/index.ts';

const resource = resourceFromAttributes({
  'service.name': 'neo4j-sync-worker',
  'service.namespace': 'hartonomous',
  'service.instance.id': 'host-1',
});

function open(emulator: AzureEmulator, problems: string[] = []) {
  const { connectionString, ca } = emulator;
  return openApplicationInsights({
    connectionString,
    ca,
    intervalMs: 20,
    metricIntervalMs: 100,
    onProblem: (text) => problems.push(text),
  });
}

const line = (text: string) => JSON.stringify({ time: new Date().toISOString(), level: 'info', msg: text });
const messages = (emulator: AzureEmulator) => emulator.telemetry.map(({ data }) => data.baseData.message);

test('a trace as the portal shows it: request, dependency below it, links, failure', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  {
    await using insights = open(emulator);
    const provider = new TracerProvider({ resource, spanProcessors: [...insights.spanProcessors] });
    const tracer = provider.getTracer('test');
    const sender = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const request = tracer.startSpan('process Neo4jSyncQueue', {
      kind: SpanKind.CONSUMER,
      links: [{ context: sender }],
      attributes: { 'messaging.batch.message_count': 3 },
    });
    const attributes = { 'db.system.name': 'neo4j', 'server.address': 'graph', 'error.type': 'Neo.X' };
    const child = tracer.startSpan(
      'write',
      { kind: SpanKind.CLIENT, attributes },
      trace.setSpan(context.active(), request),
    );
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'no room' });
    child.end();
    request.end();
    await provider.shutdown();
  }
  const byType = (type: string) => emulator.telemetry.find(({ data }) => data.baseType === type);
  const request = byType('RequestData');
  const dependency = byType('RemoteDependencyData');
  expect(request).toMatchObject({
    name: 'Microsoft.ApplicationInsights.Request',
    tags: {
      'ai.cloud.role': 'hartonomous.neo4j-sync-worker',
      'ai.cloud.roleInstance': 'host-1',
      'ai.operation.name': 'process Neo4jSyncQueue',
    },
    data: {
      baseData: {
        ver: 2,
        name: 'process Neo4jSyncQueue',
        success: true,
        responseCode: '0',
        duration: expect.stringMatching(/^0\.00:00:\d\d\.\d{6}$/),
        properties: {
          'messaging.batch.message_count': '3',
          '_MS.links': `[{"operation_Id":"${'a'.repeat(32)}","id":"${'b'.repeat(16)}"}]`,
        },
      },
    },
  });
  expect(dependency).toMatchObject({
    tags: {
      'ai.operation.id': request?.tags?.['ai.operation.id'],
      'ai.operation.parentId': request?.data.baseData.id,
    },
    data: { baseData: { type: 'neo4j', target: 'graph', success: false, resultCode: 'Neo.X' } },
  });
});

test('metrics: a counter as what came since, a histogram by number, sum and bounds', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  {
    await using insights = open(emulator);
    const provider = new MeterProvider({ resource, readers: [...insights.readers] });
    const meter = provider.getMeter('test');
    const counter = meter.createCounter('messages');
    counter.add(2, { outcome: 'synced' });
    meter.createHistogram('lag').record(4);
    await provider.forceFlush();
    counter.add(3, { outcome: 'synced' });
    await provider.shutdown();
  }
  const found = emulator.telemetry.flatMap(({ data }) => data.baseData.metrics as { name: string; value: number }[]);
  expect(found.filter(({ name }) => name === 'messages').map(({ value }) => value)).toEqual([2, 3]);
  expect(found).toContainEqual({ name: 'lag', value: 4, count: 1, min: 4, max: 4 });
  expect(emulator.telemetry[0]?.data.baseData.properties).toEqual({ outcome: 'synced' });
});

test.each([429, 503, 'reset', 401] as const)(
  '%s: items are kept, it is reported once, and all arrive',
  async (failure) => {
    await using emulator = await startAzureEmulator({ challenge: false });
    const problems: string[] = [];
    emulator.fail('ingestion', { failure, times: 2, retryAfterMs: 10 });
    {
      await using insights = open(emulator, problems);
      insights.log(line('one'), resource);
      await eventually(() => expect(problems).toHaveLength(1));
      insights.log(line('two'), resource);
      await eventually(() => expect(messages(emulator)).toEqual(['one', 'two']), { timeoutMs: 20_000 });
    }
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^Application Insights at 127\.0\.0\.1:\d+ does not take telemetry: /);
  },
);

test('what the service refuses for good is lost, told, and holds up nothing', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  const problems: string[] = [];
  emulator.fail('ingestion', { failure: 400, times: 1 });
  await using insights = open(emulator, problems);
  insights.log(line('bad'), resource);
  await eventually(() => expect(problems[0]).toMatch(/HTTP status 400; 1 of 1 items are lost/));
  insights.log(line('good'), resource);
  await eventually(() => expect(messages(emulator)).toEqual(['good']));
});

test('nobody is there: memory has a limit, and the end comes soon', async () => {
  const emulator = await startAzureEmulator({ challenge: false });
  const problems: string[] = [];
  const insights = open(emulator, problems);
  await emulator[Symbol.asyncDispose]();
  for (let number = 0; number < 10_050; number += 1) insights.log(line(String(number)), resource);
  await insights[Symbol.asyncDispose]();
  expect(problems.at(-1)).toBe('Telemetry items not sent: 10000');
});
