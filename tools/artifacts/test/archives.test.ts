import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list } from 'tar';
import { expect, onTestFinished, test } from 'vitest';
import { type Entry, fromBuffer } from 'yauzl';
import { writeTarball, writeZip } from '../src/archives.ts';
import { sha256 } from '../src/checksums.ts';

const seconds = 1_767_225_600;
const files = ['a.txt', 'ünï/b.txt'];

async function folderOfToday(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'archives-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  await mkdir(join(parent, 'one/ünï'), { recursive: true });
  for (const file of files) {
    await writeFile(join(parent, 'one', file), `text of ${file}\n`.repeat(100), { mode: 0o600 });
    const time = new Date(Date.now() - Math.random() * 1e9);
    await utimes(join(parent, 'one', file), time, time);
  }
  return parent;
}

async function inZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

async function zipEntries(file: string): Promise<readonly Entry[]> {
  const bytes = await readFile(file);
  const { promise, resolve, reject } = Promise.withResolvers<readonly Entry[]>();
  fromBuffer(bytes, (error, zip) => {
    if (error !== null) return reject(error);
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => entries.push(entry)).once('end', () => resolve(entries));
  });
  return await promise;
}

test('two folders with the same files make the same archives, whatever their times, rights and zone', async () => {
  const hashes: string[][] = [];
  for (const zone of ['America/St_Johns', 'Asia/Tokyo']) {
    const parent = await folderOfToday();
    const input = { parent, name: 'one', files, seconds };
    hashes.push(
      await inZone(zone, async () => [await sha256(await writeTarball(input)), await sha256(await writeZip(input))]),
    );
  }
  expect(hashes[0]).toEqual(hashes[1]);
});

test('archives have the files in one folder, with the time of the commit', async () => {
  const parent = await folderOfToday();
  const input = { parent, name: 'one', files, seconds };
  const seen: { path: string; mtime: number | undefined; uid: number | undefined }[] = [];
  await list({
    file: await writeTarball(input),
    onReadEntry: ({ path, mtime, uid }) => seen.push({ path, mtime: mtime?.getTime(), uid: uid ?? undefined }),
  });
  expect(seen).toEqual(files.map((file) => ({ path: `one/${file}`, mtime: seconds * 1000, uid: undefined })));
  const entries = await zipEntries(await writeZip(input));
  expect(entries.map(({ fileName }) => fileName)).toEqual(files.map((file) => `one/${file}`));
});
