import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UploadRoom } from './upload-room.ts';

const several = { areSeveral: async () => true };

test('a tenant takes no more of the disk than is free beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-room-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  let free = 1_000_000;
  const room = new UploadRoom({ folder, tenants: several, freeBytes: async () => free, believedMs: 0 });
  await room.require(7);
  await writeFile(join(folder, '7-a'), Buffer.alloc(600_000, 'x'));
  await writeFile(join(folder, '77-b'), Buffer.alloc(5_000_000, 'x'));
  await room.require(7);
  free = 500_000;
  await expect(room.require(7)).rejects.toMatchObject({
    ...{ code: 'TENANT_ROOM_TAKEN', status: 503, retryable: true },
    message: expect.stringContaining('1 MB'),
  });
  await room.require(8);
  // As one that is finished is left.
  await truncate(join(folder, '7-a'), 0);
  await truncate(join(folder, '7-a'), 600_000);
  await room.require(7);
  const alone = new UploadRoom({ folder, tenants: { areSeveral: async () => false }, freeBytes: async () => 0 });
  await alone.require(77);
});

test('by default it asks the system; a folder that is gone is an outage', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-room-'));
  const room = new UploadRoom({ folder, tenants: several });
  await room.require(7);
  await rm(folder, { recursive: true });
  await expect(new UploadRoom({ folder, tenants: several }).require(7)).rejects.toMatchObject({
    code: 'UPLOAD_NOT_STORED',
  });
});
