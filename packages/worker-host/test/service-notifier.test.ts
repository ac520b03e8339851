import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../src/logging.ts';
import { ActivityReadiness, DependencyReadiness } from '../src/readiness.ts';
import { notifyService } from '../src/service-notifier.ts';

const fixture = fileURLToPath(new URL('fixtures/fixture-worker.ts', import.meta.url));

/** A `systemd-notify` that writes down what it is asked to send, first on the PATH. */
async function recordingNotify() {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = join(folder, 'log');
  await writeFile(log, '');
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\nprintf '%s\\n' "$@" . >> '${log}'\n`);
  await chmod(join(folder, 'systemd-notify'), 0o755);
  return {
    path: `${folder}${delimiter}${process.env.PATH}`,
    /** Each report with its lines. */
    reports: async () =>
      (await readFile(log, 'utf8'))
        .split('\n.\n')
        .filter((report) => report !== '')
        .map((report) => report.split('\n')),
  };
}

function startFixture(env: Readonly<Record<string, string | undefined>>) {
  const child = spawn(process.execPath, ['--conditions=@hartonomous/source', fixture, 'drains'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, LOG_FORMAT: 'json' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, output: () => output };
}

test('systemd gets readiness, watchdog notifications, the state, and stopping', async () => {
  const notify = await recordingNotify();
  const worker = startFixture({ PATH: notify.path, NOTIFY_SOCKET: '/run/nowhere', WATCHDOG_USEC: '200000' });
  await eventually(async () => {
    const reports = await notify.reports();
    expect(reports[0]).toEqual(['READY=1', 'STATUS=not ready, created', 'WATCHDOG=1']);
    expect(reports).toContainEqual(['STATUS=ready', 'WATCHDOG=1']);
    expect(reports.filter((report) => report.join() === 'WATCHDOG=1').length).toBeGreaterThan(1);
  });
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(await notify.reports()).toContainEqual(['STOPPING=1', 'STATUS=finishing what is in hand']);
});

test('a first report that fails is made again', async () => {
  const notify = await recordingNotify();
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  const subject = { name: 'under-test', lifecycle: { state: 'running' as const, since: new Date() }, readiness: [] };
  const env = { NOTIFY_SOCKET: '/run/nowhere', WATCHDOG_USEC: '100000' };
  const warned = Promise.withResolvers<void>();
  const logger = Object.assign(createLogger({ level: 'silent' }, { name: 'test' }), { warn: () => warned.resolve() });
  await using _notifier = notifyService(subject, env, { logger });
  await warned.promise;
  vi.stubEnv('PATH', notify.path);
  await eventually(async () => {
    const reports = await notify.reports();
    expect(reports[0]).toEqual(['READY=1', 'STATUS=ready', 'WATCHDOG=1']);
    expect(reports).toContainEqual(['WATCHDOG=1']);
  });
});

test("another process's watchdog gets nothing of this one", async () => {
  const notify = await recordingNotify();
  const env = { PATH: notify.path, NOTIFY_SOCKET: '/run/nowhere', WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' };
  const worker = startFixture(env);
  await eventually(async () => expect((await notify.reports())[0]?.[0]).toBe('READY=1'));
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect((await notify.reports()).flat()).not.toContain('WATCHDOG=1');
});

test('without systemd-notify the worker works, and says once that nothing can be told', async () => {
  const worker = startFixture({ PATH: '/nowhere', NOTIFY_SOCKET: '/run/nowhere', WATCHDOG_USEC: '20000' });
  await eventually(() => expect(worker.output()).toContain('could not be reported to systemd'));
  await eventually(() => expect(worker.output()).toContain('connected'));
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(worker.output().match(/could not be reported to systemd/g)).toHaveLength(1);
});

test.each([
  ['all servers answer: held back', true, false],
  ['a server is away: given', false, true],
])('watchdog notifications while nothing is received, %s', async (_, isServerUp, isGiven) => {
  const notify = await recordingNotify();
  vi.stubEnv('PATH', notify.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = new DependencyReadiness('sql-server');
  if (isServerUp) server.up();
  else server.down('CONNECTION_LOST');
  let now = 0;
  const receive = new ActivityReadiness('receive-1', { maxAgeMs: 10, now: () => now });
  receive.completed();
  now = 11;
  const subject = {
    name: 'w',
    lifecycle: { state: 'running' as const, since: new Date() },
    readiness: [server, receive],
  };
  const env = { NOTIFY_SOCKET: '/run/nowhere', WATCHDOG_USEC: '20000' };
  {
    await using _service = notifyService(subject, env, { logger: createLogger({ level: 'silent' }, { name: 'w' }) });
    await eventually(async () => expect((await notify.reports()).length).toBeGreaterThan(isGiven ? 1 : 0));
    if (!isGiven) {
      // It goes on as soon as something is received.
      receive.completed();
      await eventually(async () => expect((await notify.reports()).flat()).toContain('WATCHDOG=1'));
    }
  }
  const [first] = await notify.reports();
  expect(first?.includes('WATCHDOG=1')).toBe(isGiven);
  expect(first?.[1]).toMatch(/^STATUS=not ready, running; .*receive-1: last completed more than 10 ms ago/);
});

// The real program and a socket as systemd's, where both are to be had.
const realNotify = '/usr/bin/systemd-notify';
const python = '/usr/bin/python3';
const receiver = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(65536, 1024)
    for level, kind, body in ancillary:
        if kind == socket.SCM_RIGHTS:
            for fd in array.array('i', body): os.close(fd)
    print(data.decode().replace('\\n', '|'), flush=True)
`;

test.runIf(existsSync(realNotify) && existsSync(python))(
  'the real systemd-notify brings it to the socket of the manager',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-socket-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const socket = join(folder, 'notify');
    const manager = spawn(python, ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void manager.kill('SIGKILL'));
    let received = '';
    manager.stdout.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    await eventually(() => expect(received).toContain('bound'));
    const worker = startFixture({ PATH: process.env.PATH, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' });
    await eventually(() => expect(received).toMatch(/READY=1\|STATUS=not ready, created\|WATCHDOG=1/));
    await eventually(() => expect(received).toMatch(/STATUS=ready/));
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    await eventually(() => expect(received).toMatch(/STOPPING=1\|STATUS=finishing what is in hand/));
  },
);
