import { expect, test } from 'vitest';
import type { Atomizer } from '../src/atomizer.ts';
import { AtomizerRegistry } from '../src/atomizer-registry.ts';
import { chunkAtomizer } from '../src/chunks/chunk-atomizer.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { DraftSequence } from '../src/draft-sequence.ts';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf } from './archive-support.ts';

/** An atomizer of one draft for files of one extension, as somebody else would write it. */
const shout: Atomizer = {
  name: 'shout',
  mediaType: 'text/x-shout',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'none',
  detect: (_head, name) => (name.endsWith('.txt') ? 0.7 : 0),
  async *atomize(source) {
    const parts: Uint8Array[] = [];
    for await (const piece of source.open()) parts.push(piece);
    yield new DraftSequence().add({ atomType: 'shout', contentType: 'text/plain', content: Buffer.concat(parts) });
  },
};

test('a further atomizer is preferred to those that fit equally well, in archives as well', async () => {
  const registry = createDefaultRegistry().with(shout);
  expect((await registry.choose(bytesSource('a.txt', Buffer.from('x')))).atomizer.name).toBe('shout');
  expect((await registry.choose(bytesSource('a.md', Buffer.from('x')))).atomizer.name).toBe('markdown');
  const { drafts } = await registry.atomize(
    bytesSource('a.zip', rawZipOf([{ name: 'a.txt', content: Buffer.from('x') }])),
  );
  const types: string[] = [];
  for await (const draft of drafts) types.push(draft.atomType);
  expect(types).toEqual(['archive-member', 'shout']);
});

test.each(createDefaultRegistry().atomizers.map(({ name, mediaType }) => [name, mediaType]))(
  'the media type of %s, %s, is one',
  (_, mediaType) => {
    expect(mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
  },
);

test('two atomizers of one name are refused', () => {
  expect(() => new AtomizerRegistry([shout, { ...shout }], chunkAtomizer)).toThrow('two atomizers named shout');
  expect(() => createDefaultRegistry().with({ ...shout, name: 'chunks' })).toThrow('two atomizers named chunks');
});

test('magic bytes beat the extension', async () => {
  const registry = createDefaultRegistry();
  for (const [name, bytes, expected] of [
    ['report.txt', Buffer.from('%PDF-1.7 …'), 'pdf'],
    ['about-pdf.txt', Buffer.from('A file starts with %PDF-1.7.'), 'text'],
    ['image.md', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'), 'chunks'],
    ['data.json', Buffer.from([0x1f, 0x8b, 8, 0]), 'gzip'],
    ['notes', Buffer.from('Just text.'), 'text'],
    ['script.py', Buffer.from('print(1)'), 'source-code'],
    ['constructor.toString', Buffer.from('x'), 'text'],
  ] as const) {
    expect((await registry.choose(bytesSource(name, bytes))).atomizer.name, name).toBe(expected);
  }
});

test('an error of the source passes as it is', async () => {
  const failure = new Error('the disk is gone');
  const source = {
    ...bytesSource('a.txt', new Uint8Array()),
    async *open() {
      yield Buffer.from('text');
      throw failure;
    },
  };
  await expect(createDefaultRegistry().atomize(source)).rejects.toBe(failure);
});
