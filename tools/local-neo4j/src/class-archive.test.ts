import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { classArchiveFile, classArchiveOptions } from './class-archive.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'class-archive-'));
  file = classArchiveFile(join(folder, 'lib'), '17.0.15+6 (Debian)');
});
afterEach(() => rm(folder, { recursive: true }));

test('is made once, and used from then on', async () => {
  let times = 0;
  const make = async (partial: string) => {
    times += 1;
    await writeFile(partial, 'classes');
  };
  const options = [`-XX:SharedArchiveFile=${join(folder, 'classes-17.0.15+6__Debian_.jsa')}`];
  expect(await classArchiveOptions(file, make)).toEqual(options);
  expect(await classArchiveOptions(file, make)).toEqual(options);
  expect(times).toBe(1);
  expect(await readdir(folder)).toEqual(['classes-17.0.15+6__Debian_.jsa']);
});

test('while another process makes it, a start goes without', async () => {
  const made = Promise.withResolvers<void>();
  const first = classArchiveOptions(file, async (partial) => {
    await made.promise;
    await writeFile(partial, 'classes');
  });
  const again = () => classArchiveOptions(file, () => Promise.reject(new Error('not asked for')));
  // The first has taken the lock as soon as the second finds it.
  await expect.poll(async () => (await readdir(folder)).length).toBeGreaterThan(0);
  expect(await again()).toEqual([]);
  made.resolve();
  expect(await first).toHaveLength(1);
});

test('the lock of a process that died expires', async () => {
  await writeFile(`${file}.lock`, '');
  await utimes(`${file}.lock`, new Date(0), new Date(0));
  const make = (partial: string) => writeFile(partial, 'classes');
  expect(await classArchiveOptions(file, make)).toEqual([]);
  expect(await classArchiveOptions(file, make)).toHaveLength(1);
});

test('where it can not be made, that is said once, and starts go without', async () => {
  const lines: string[] = [];
  const make = () => Promise.reject(new Error('no room'));
  for (let start = 1; start <= 2; start += 1) {
    expect(await classArchiveOptions(file, make, { onProgress: (line) => lines.push(line) })).toEqual([]);
  }
  expect(lines).toEqual([expect.stringContaining('Preparing'), expect.stringMatching(/seconds longer.*no room/)]);
  expect(await readFile(`${file}.failed`, 'utf8')).toBe('no room\n');
});

test('an aborted start tries it again', async () => {
  const signal = AbortSignal.abort(new Error('changed my mind'));
  const make = () => Promise.reject(new Error('changed my mind'));
  await expect(classArchiveOptions(file, make, { signal })).rejects.toThrow('changed my mind');
  expect(await readdir(folder)).toEqual([]);
});
