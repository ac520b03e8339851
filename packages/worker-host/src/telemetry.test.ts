import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, PrometheusPage } from '@hartonomous/test-support';
import { TraceFlags } from '@opentelemetry/api';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { startHealthServer } from './health-server.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLogger } from './logging.ts';
import { createTelemetry } from './telemetry.ts';
import { observeWorker } from './worker-metrics.ts';

afterEach(() => vi.unstubAllEnvs());

const logger = createLogger({ level: 'silent' }, { name: 'telemetry-test' });
const subject = { name: 'clock', lifecycle: new Lifecycle(), readiness: [] };

const create = (env: Record<string, string> = {}) => {
  // The exporters read the variables of the process.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return createTelemetry({ serviceName: 'clock', serviceNamespace: 'shop', env, logger });
};

test('/metrics answers in the text format of Prometheus, with units in the names', async () => {
  await using telemetry = await create();
  observeWorker(telemetry.meter, subject);
  telemetry.meter.createCounter('clock.ticks', { unit: '{tick}' }).add(3, { hand: 'a "b"\\\n' });
  const bounds = { advice: { explicitBucketBoundaries: [0.1, 1] }, unit: 's', description: 'How long' };
  const delay = telemetry.meter.createHistogram('clock.delay', bounds);
  for (const seconds of [0.05, 0.5, 5]) delay.record(seconds);
  await using health = await startHealthServer(subject, {}, telemetry);

  const response = await fetch(`${health.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const page = new PrometheusPage(await response.text());
  expect(page.value('clock_ticks_total', { hand: 'a "b"\\\n' })).toBe(3);
  expect(page.samples('clock_delay_seconds_bucket').map(({ labels, value }) => [labels.le, value])).toEqual([
    ['0.1', 1],
    ['1', 2],
    ['+Inf', 3],
  ]);
  expect(page.value('clock_delay_seconds_sum')).toBeCloseTo(5.55);
  expect(page.value('worker_ready')).toBe(0);
  expect(page.value('process_memory_usage_bytes')).toBeGreaterThan(1e6);
  expect(page.samples('target_info')[0]?.labels).toMatchObject({ service_name: 'clock', service_namespace: 'shop' });
});

test('a metric that cannot be observed is an error that is seen, not an old number', async () => {
  await using telemetry = await create();
  telemetry.meter.createObservableGauge('clock.broken').addCallback(() => {
    throw new Error('no hands, Password=hunter22;');
  });
  await using health = await startHealthServer(subject, {}, telemetry);
  const response = await fetch(`${health.url}/metrics`);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ status: 'metrics-failed' });
});

test('without a scrape there is no /metrics', async () => {
  await using health = await startHealthServer(subject);
  expect((await fetch(`${health.url}/metrics`)).status).toBe(404);
});

test('label sets are bounded', async () => {
  await using telemetry = await create();
  const counter = telemetry.meter.createCounter('clock.many');
  for (let index = 0; index < 2_000; index += 1) counter.add(1, { index: `${index}` });
  const page = new PrometheusPage(await telemetry.scrape());
  expect(page.samples('clock_many_total').length).toBeLessThanOrEqual(500);
  expect(page.value('clock_many_total')).toBe(2_000);
});

/** A collector that keeps what is sent to it. */
async function collector() {
  const received = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.set(request.url ?? '', Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('metrics and spans, with links, are sent by OTLP where that is configured, the last ones at the end', async () => {
  const { received, url } = await collector();
  const linked = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  };
  {
    await using telemetry = await create({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '100' });
    telemetry.meter.createCounter('clock.ticks').add(7);
    await eventually(() => expect(received.get('/v1/metrics')).toContain('clock.ticks'));
    telemetry.tracer.startSpan('tick', { links: [{ context: linked }] }).end();
  }
  expect(received.get('/v1/traces')).toContain('"tick"');
  expect(received.get('/v1/traces')).toContain(linked.traceId);
});

test('a collector that is away does not keep the worker from stopping', async () => {
  const telemetry = await create({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  telemetry.meter.createCounter('clock.ticks').add(1);
  await telemetry[Symbol.asyncDispose]();
});

test.each([{ OTEL_EXPORTER_OTLP_ENDPOINT: 'not an address' }, { OTEL_METRIC_EXPORT_INTERVAL: 'often' }])(
  '%j is refused',
  async (env) => {
    await expect(create(env)).rejects.toMatchObject({ code: 'INVALID_HOST_OPTIONS' });
  },
);
