import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/fixture-worker.ts', import.meta.url));

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
  readonly exitCode?: number;
}

/** Starts the fixture worker as a process of its own; it is killed at the end of the test if it still lives. */
function startFixture(behaviour: string, env: Record<string, string> = {}, args: readonly string[] = []) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@hartonomous/source', fixture, behaviour, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } },
  );
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const lines = (): LogLine[] =>
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  return {
    child,
    output: () => output,
    errors: () => errors,
    lines,
    messages: () => lines().map((line) => line.msg),
    logged: (message: string) => eventually(() => expect(output).toContain(message)),
    healthUrl: () => eventually(() => `http://127.0.0.1:${lines().find((line) => line.port !== undefined)!.port}`),
    async exit(): Promise<{ code: number | null; signal: string | null }> {
      await closed;
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s: drains, closes, says so in its last line, exits 0', async (signal) => {
  const worker = startFixture('drains');
  await worker.logged('connected');
  const url = await worker.healthUrl();
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
  worker.child.kill(signal);
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(worker.messages()).toEqual([
    expect.stringMatching(/^Health at http:\/\/127\.0\.0\.1:\d+\/health\/ready$/),
    'Fixture Worker starting...',
    'connected',
    `Stopping on ${signal}: finishing what is in hand`,
    'draining batch',
    'batch finished',
    'connections closed',
    'Fixture Worker stopped',
  ]);
  expect(worker.errors()).toBe('');
});

test('not ready while starting and from SIGTERM on, live all the time', async () => {
  const worker = startFixture('rolls-back');
  const url = await worker.healthUrl();
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
  worker.child.kill('SIGTERM');
  await worker.logged('draining batch');
  const ready = await fetch(`${url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ state: 'draining', dependencies: [{ name: 'database', state: 'up' }] });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

test('a start that waits is not ready and can be stopped', async () => {
  const worker = startFixture('hangs-start');
  const url = await worker.healthUrl();
  const ready = await fetch(`${url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    state: 'starting',
    dependencies: [{ name: 'database', state: 'pending' }],
  });
  worker.child.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(worker.messages().at(-1)).toBe('Fixture Worker stopped');
});

test('a second signal forces: the batch is rolled back and the exit code tells it from a clean stop', async () => {
  const worker = startFixture('rolls-back', { STOP_DEADLINE_MS: '60000' });
  await worker.logged('connected');
  worker.child.kill('SIGTERM');
  await worker.logged('draining batch');
  worker.child.kill('SIGINT');
  expect(await worker.exit()).toEqual({ code: 3, signal: null });
  expect(worker.messages().slice(-3)).toEqual([
    'batch finished',
    'connections closed',
    'Fixture Worker stopped by force',
  ]);
});

test.each(['rolls-back', 'ignores-force'])('the deadline ends a drain that %s, with exit code 3', async (behaviour) => {
  const worker = startFixture(behaviour, { STOP_DEADLINE_MS: '600' });
  await worker.logged('connected');
  const started = performance.now();
  worker.child.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 3, signal: null });
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(worker.lines().at(-1)).toMatchObject({ level: 'error', msg: 'Fixture Worker stopped by force', exitCode: 3 });
});

test.each(['fails-start', 'fails-running'])(
  'a worker that %s exits 1 with the error in its last line',
  async (behaviour) => {
    const worker = startFixture(behaviour);
    expect(await worker.exit()).toEqual({ code: 1, signal: null });
    expect(worker.lines().at(-1)).toMatchObject({ level: 'fatal', msg: 'Fixture Worker failed' });
    expect(worker.output()).not.toContain('hunter22');
  },
);

test('an error while draining is a failure, not a clean stop', async () => {
  const worker = startFixture('fails-draining');
  await worker.logged('connected');
  worker.child.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 1, signal: null });
});

test.each(['throws-elsewhere', 'rejects-elsewhere'])(
  'an error that nobody catches (%s) is logged without secrets and ends the process',
  async (behaviour) => {
    const worker = startFixture(behaviour);
    expect(await worker.exit()).toEqual({ code: 1, signal: null });
    expect(worker.lines().at(-1)).toMatchObject({ level: 'fatal' });
    expect(worker.output()).toContain('Password=***');
    expect(worker.output() + worker.errors()).not.toContain('hunter22');
  },
);

test('a worker that has nothing left to do ends by itself', async () => {
  const worker = startFixture('finishes');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
});

test('a handle that nobody closed is named in the log and does not keep the process alive', async () => {
  const worker = startFixture('leaks');
  await worker.logged('connected');
  worker.child.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(worker.lines().at(-1)).toMatchObject({ level: 'warn', heldBy: expect.arrayContaining(['Timeout']) });
});

test('a health port in use ends the start with exit code 1 and says what to do', async () => {
  const first = startFixture('drains');
  const { port } = new URL(await first.healthUrl());
  const second = startFixture('drains', { HEALTH_PORT: port });
  expect(await second.exit()).toEqual({ code: 1, signal: null });
  expect(second.lines().at(-1)).toMatchObject({ level: 'fatal', err: { code: 'HEALTH_PORT_IN_USE' } });
});

test('--log-format pretty gives readable lines also without a terminal, down to the last one', async () => {
  const worker = startFixture('finishes', {}, ['--log-format', 'pretty']);
  await worker.exit();
  expect(worker.output()).toMatch(/INFO.*Fixture Worker starting\.\.\./);
  expect(worker.output().trimEnd().split('\n').at(-1)).not.toBe('');
  expect(worker.output()).toContain('Fixture Worker stopped');
});
