import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/fixture-worker.ts', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A worker that has logged 20 MB into `stdout`. */
async function startChatter(stdout: number | 'pipe'): Promise<{ child: ChildProcess; ready: () => Promise<number> }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--conditions=@hartonomous/source', fixture, 'chatters'], {
    stdio: ['ignore', stdout, 'ignore'],
    env: { PATH: process.env.PATH, HEALTH_PORT: String(port) },
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    child.stdout?.destroy();
    await exited;
  });
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
    return (await answer.text()).includes('chatter') ? answer.status : 0;
  };
  await eventually(async () => expect(await ready()).toBe(200));
  return { child, ready };
}

/** Both ends of a named pipe, open. */
function namedPipe(): { readonly reading: number; readonly writing: number } {
  const folder = mkdtempSync(join(tmpdir(), 'worker-host-pipe-'));
  const path = join(folder, 'log');
  execFileSync('/usr/bin/mkfifo', [path]);
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(path, constants.O_WRONLY);
  onTestFinished(() => {
    closeSync(writing);
    rmSync(folder, { recursive: true });
  });
  return { reading, writing };
}

/** What a worker does whose log isn't read: it answers, and it stops when it is asked to. */
async function expectAtWork(child: ChildProcess, ready: () => Promise<number>): Promise<void> {
  expect(await ready()).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}

test('a socket that nobody reads, as of a journal that stands still, holds up nothing', async () => {
  const { child, ready } = await startChatter('pipe');
  child.stdout?.pause();
  await expectAtWork(child, ready);
});

test('a pipe that nobody reads holds up nothing', async () => {
  const { reading, writing } = namedPipe();
  onTestFinished(() => closeSync(reading));
  const { child, ready } = await startChatter(writing);
  await expectAtWork(child, ready);
});

test('a pipe whose reader has gone holds up nothing', async () => {
  const { reading, writing } = namedPipe();
  const { child, ready } = await startChatter(writing);
  closeSync(reading);
  await expectAtWork(child, ready);
});

test('a reader that goes on gets whole lines, and how many were left out', async () => {
  const { child } = await startChatter('pipe');
  const chunks: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  await eventually(() => expect(chunks.some((chunk) => chunk.includes('log lines were left out'))).toBe(true));
  child.kill('SIGTERM');
  await once(child, 'close');
  const lines = chunks.join('').split('\n');
  expect(lines.pop()).toBe('');
  const logged = lines.map((line) => JSON.parse(line) as { readonly msg: string; readonly leftOut?: number });
  const chatter = logged.filter(({ msg }) => msg.startsWith('xxx')).length;
  expect(chatter + (logged.find(({ leftOut }) => leftOut !== undefined)?.leftOut ?? 0)).toBe(2_000);
  expect(logged.at(-1)?.msg).toBe('Fixture Worker stopped');
});
