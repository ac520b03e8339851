import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HealthListenError, HealthPortInUseError } from './errors.ts';
import { type HealthSubject, type ReadinessReport, startHealthServer } from './health-server.ts';
import { Lifecycle } from './lifecycle.ts';
import { DependencyReadiness, Warning } from './readiness.ts';

function subject(): HealthSubject & { lifecycle: Lifecycle; readiness: DependencyReadiness[] } {
  return {
    name: 'test-worker',
    lifecycle: new Lifecycle(),
    readiness: [new DependencyReadiness('sql'), new DependencyReadiness('neo4j')],
  };
}

test('ready only while running with every dependency up; live always', async () => {
  const worker = subject();
  const [sql, neo4j] = worker.readiness as [DependencyReadiness, DependencyReadiness];
  await using health = await startHealthServer(worker);
  const ready = async () => (await fetch(`${health.url}/health/ready`)).status;
  const live = async () => (await fetch(`${health.url}/health/live`)).status;

  expect([await ready(), await live()]).toEqual([503, 200]);
  worker.lifecycle.enter('starting');
  sql.up();
  neo4j.up();
  expect([await ready(), await live()]).toEqual([503, 200]);
  worker.lifecycle.enter('running');
  expect([await ready(), await live()]).toEqual([200, 200]);
  neo4j.down('NEO4J_UNAVAILABLE');
  expect([await ready(), await live()]).toEqual([503, 200]);
  neo4j.up();
  expect(await ready()).toBe(200);
  worker.lifecycle.enter('draining');
  expect([await ready(), await live()]).toEqual([503, 200]);
});

test('the body lists every dependency with its state and since when, without secrets', async () => {
  const worker = subject();
  worker.readiness[1]!.down('login failed for bolt://neo4j:hunter22@host');
  await using health = await startHealthServer(worker);
  const response = await fetch(`${health.url}/health/ready`);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toEqual({
    name: 'test-worker',
    status: 'not-ready',
    state: 'created',
    since: expect.stringMatching(/^\d{4}-.*Z$/),
    dependencies: [
      { name: 'sql', state: 'pending', since: expect.stringMatching(/Z$/) },
      {
        name: 'neo4j',
        state: 'down',
        since: expect.stringMatching(/Z$/),
        reportedAt: expect.stringMatching(/Z$/),
        reason: 'login failed for bolt://neo4j:***@host',
      },
    ],
    warnings: [],
  });
});

test('a warning is shown, keeps its start, and takes no readiness away', async () => {
  const changes: (string | undefined)[] = [];
  const warning = new Warning('upstream', (status) => changes.push(status?.text));
  const worker = { ...subject(), warnings: [warning] };
  for (const dependency of worker.readiness) dependency.up();
  worker.lifecycle.enter('starting');
  worker.lifecycle.enter('running');
  await using health = await startHealthServer(worker);
  const ready = async () => {
    const response = await fetch(`${health.url}/health/ready`);
    return { status: response.status, warnings: ((await response.json()) as ReadinessReport).warnings };
  };
  warning.raise('the queue is off');
  warning.raise('the queue is still off');
  const since = expect.stringMatching(/Z$/);
  expect(await ready()).toEqual({
    status: 200,
    warnings: [{ name: 'upstream', since, text: 'the queue is still off' }],
  });
  warning.clear();
  warning.clear();
  expect(await ready()).toEqual({ status: 200, warnings: [] });
  expect(changes).toEqual(['the queue is off', undefined]);
});

test('listens on loopback only, unless told otherwise', async () => {
  await using health = await startHealthServer(subject());
  expect(health.host).toBe('127.0.0.1');
  expect(health.port).toBeGreaterThan(0);
});

test('other paths and methods are refused', async () => {
  await using health = await startHealthServer(subject());
  expect((await fetch(`${health.url}/metrics`)).status).toBe(404);
  expect((await fetch(`${health.url}/health/live`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${health.url}/health/live?probe=1`, { method: 'HEAD' })).status).toBe(200);
});

test('a port in use is a HealthPortInUseError that names it', async () => {
  const other = createServer();
  onTestFinished(() => {
    other.close();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const error = await startHealthServer(subject(), { port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HealthPortInUseError);
  expect(error).toMatchObject({ code: 'HEALTH_PORT_IN_USE', port, host: '127.0.0.1' });
});

test('an address of another machine is a HealthListenError', async () => {
  await expect(startHealthServer(subject(), { host: '192.0.2.1' })).rejects.toBeInstanceOf(HealthListenError);
});

test('half requests, silent connections and kept ones neither keep others from being answered nor pile up', async () => {
  await using health = await startHealthServer(subject());
  const starts = ['', 'GET /health/live HTTP/1.1\r\nHost: a\r\n', 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n'];
  const sockets = Array.from({ length: 300 }, (_, n) => {
    const socket = connect(health.port, '127.0.0.1').on('error', () => undefined);
    socket.resume().write(starts[n % starts.length] ?? '');
    return socket;
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const closed = sockets.map((socket) => once(socket, 'close'));
  // More than may be open at a time: the oldest have to go.
  await Promise.all(closed.slice(0, 100));
  expect((await fetch(`${health.url}/health/live`)).status).toBe(200);
  // The others are cut off by their time.
  await Promise.all(closed);
}, 15_000);

test('what a server says of itself does not act on the terminal that shows the answer', async () => {
  const worker = subject();
  worker.readiness[0]?.down('away: \u009b2J\u202e');
  await using health = await startHealthServer(worker);
  const text = await (await fetch(`${health.url}/health/ready`)).text();
  expect(text).toContain('away: \\u009b2J\\u202e');
});
