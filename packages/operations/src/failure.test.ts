import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { failureOf } from './failure.ts';

async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

async function throughHandle(): Promise<void> {
  await using file = await open('/dev/full', 'w');
  await file.appendFile('x');
}

test.each<[string, (folder: string) => Promise<unknown>, RegExp, RegExp | null]>([
  ['a full disk', () => writeFile('/dev/full', 'x'), /ENOSPC/, /Make room/],
  ['a full disk, through a handle', throughHandle, /ENOSPC/, /Make room/],
  ['a folder instead of a file', (folder) => readFile(folder), /EISDIR/, null],
  ['what is not there', (folder) => readdir(join(folder, 'a')), /ENOENT.*\/a'/, null],
  ['a file instead of a folder', () => readdir('/etc/passwd'), /ENOTDIR/, null],
  ['a program that is not there', () => promisify(execFile)('no-such-program-here'), /no-such-program-here/, null],
])('%s says nothing of a defect', async (_, work, message, action) => {
  const folder = await mkdtemp(join(tmpdir(), 'failure-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const failure = failureOf(await errorOf(() => work(folder)));
  expect(failure).toMatchObject({ code: 'SYSTEM_REFUSED', kind: 'failed' });
  expect(failure!.message).toMatch(message);
  if (action === null) expect(failure!.action).toBeNull();
  else expect(failure!.action).toMatch(action);
});

test('no room for another watched file is not taken for a full disk', () => {
  const error = Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
    ...{ code: 'ENOSPC', syscall: 'watch', path: '/a' },
  });
  expect(failureOf(error)?.action).toContain('max_user_watches');
});

test('what nobody expected stays unknown', () => {
  expect(failureOf(new TypeError('x is not a function'))).toBeUndefined();
  expect(
    failureOf(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })),
  ).toBeUndefined();
});
