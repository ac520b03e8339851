import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Upload } from '@tus/server';
import { expect, onTestFinished, test } from 'vitest';
import { UploadRecords } from './upload-records.ts';
import { UploadStore } from './upload-store.ts';

async function openStore(): Promise<{ store: UploadStore; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { store: new UploadStore({ directory: folder, configstore: new UploadRecords(folder) }), folder };
}

const upload = (id: string) => new Upload({ id, size: 6, offset: 0 });

test('bytes are where they belong, and for nobody else to read', async () => {
  const { store, folder } = await openStore();
  await store.create(upload('7-a'));
  expect(await store.write(Readable.from([Buffer.from('abc')]), '7-a', 0)).toBe(3);
  expect(await store.write(Readable.from([Buffer.from('d'), Buffer.from('ef')]), '7-a', 3)).toBe(6);
  expect(await readFile(join(folder, '7-a'), 'utf8')).toBe('abcdef');
  expect((await stat(join(folder, '7-a'))).mode & 0o077).toBe(0);
});

test('a full disk and a folder that is gone are outages, not defects', async () => {
  const { store, folder } = await openStore();
  await symlink('/dev/full', join(folder, '7-full'));
  const outage = { code: 'UPLOAD_NOT_STORED', status: 503, retryable: true };
  await expect(store.write(Readable.from([Buffer.from('a')]), '7-full', 0)).rejects.toMatchObject(outage);
  await rm(folder, { recursive: true });
  await expect(store.create(upload('7-b'))).rejects.toMatchObject(outage);
});

test('a client that goes causes no outage, and an id leads nowhere else', async () => {
  const { store } = await openStore();
  await store.create(upload('7-a'));
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('abc');
      throw new Error('aborted');
    })(),
  );
  await expect(store.write(broken, '7-a', 0)).rejects.toMatchObject({ code: 'BODY_BROKEN_OFF' });
  for (const id of ['../7-a', '7-a/../7-a', '..', '']) {
    await expect(store.write(Readable.from(['a']), id, 0)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
  }
});
