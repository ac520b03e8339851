import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { extract } from './fetch-model.ts';
import type { ModelFile } from './models.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const wanted = (text: string, from = 'a.json'): ModelFile => {
  return { from, to: 'sub/b.json', bytes: text.length, sha256: sha256(text) };
};

/** A ZIP file of one stored entry. */
function archive(name: string, text: string): Buffer {
  const facts = Buffer.alloc(16);
  facts.writeUInt32LE(crc32(text), 4);
  facts.writeUInt32LE(text.length, 8);
  facts.writeUInt32LE(text.length, 12);
  const common = Buffer.concat([
    Buffer.from([10, 0, 0, 0, 0, 0]),
    facts.subarray(0, 16),
    Buffer.from([name.length, 0]),
  ]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from([0, 0]), Buffer.from(name + text)]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x0a\x00'), common, Buffer.alloc(16), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

async function extracted(bytes: Buffer, file: ModelFile): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'x.jar'), bytes);
  await extract(join(folder, 'x.jar'), { name: 'm', files: [file] }, folder);
  return await readFile(join(folder, file.to), 'utf8');
}

test('a file of the right content is taken out', async () => {
  expect(await extracted(archive('a.json', 'hello'), wanted('hello'))).toBe('hello');
});

test.each([
  ['another content', archive('a.json', 'hallo'), wanted('hello'), 'SHA-256'],
  ['another size', archive('a.json', 'hello!'), wanted('hello'), '6 bytes instead of 5'],
  ['another name', archive('c.json', 'hello'), wanted('hello'), 'missing'],
])('%s is refused', async (_, bytes, file, text) => {
  await expect(extracted(bytes, file)).rejects.toMatchObject({
    code: 'MODEL_CHECKSUM_MISMATCH',
    message: expect.stringContaining(text),
  });
});

test('what is not an archive is a failed download', async () => {
  await expect(extracted(Buffer.from('<html>'), wanted('hello'))).rejects.toMatchObject({
    code: 'MODEL_DOWNLOAD_FAILED',
  });
});
