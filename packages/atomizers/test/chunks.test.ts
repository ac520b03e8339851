import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentDefinedChunker } from '../src/chunks/content-defined-chunker.ts';
import { InvalidLimitsError } from '../src/errors.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize, leafBytes, slicedSource } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const sizes = { minChunkBytes: 64, averageChunkBytes: 256, maxChunkBytes: 1024 };

/** Bytes that look random and are the same each time. */
function noise(length: number, seed = 'seed'): Buffer {
  const parts: Buffer[] = [];
  for (let have = 0, turn = 0; have < length; have += 32, turn++) {
    parts.push(createHash('sha256').update(`${seed}${turn}`).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

test('property: chunks are the bytes, within their sizes, however the source slices them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 20_000 }),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }),
      async (length, lengths) => {
        const bytes = Buffer.concat([Buffer.of(0), noise(length, String(length))]);
        const { atomizer, drafts } = await atomize(bytesSource('a.bin', bytes), { limits: sizes });
        expect(atomizer).toBe('chunks');
        expectInvariants(drafts);
        expect(leafBytes(drafts)).toEqual(bytes);
        for (const draft of drafts.slice(0, -1)) {
          expect(draft.content.length).toBeGreaterThan(sizes.minChunkBytes);
          expect(draft.content.length).toBeLessThanOrEqual(sizes.maxChunkBytes);
        }
        expect(await atomize(slicedSource('a.bin', bytes, lengths), { limits: sizes })).toEqual({ atomizer, drafts });
      },
    ),
    { numRuns: 60 },
  );
});

const chunksOf = (bytes: Uint8Array): string[] => {
  const chunker = new ContentDefinedChunker(sizes);
  return [...chunker.push(bytes), ...chunker.end()].map((chunk) => Buffer.from(chunk).toString('base64'));
};

test('an insertion changes the chunks around it only', () => {
  const bytes = noise(200_000);
  const changed = Buffer.concat([bytes.subarray(0, 90_000), Buffer.from('inserted'), bytes.subarray(90_000)]);
  const before = chunksOf(bytes);
  const known = new Set(before);
  const fresh = chunksOf(changed).filter((chunk) => !known.has(chunk));
  expect(before.length).toBeGreaterThan(400);
  expect(fresh.length).toBeLessThanOrEqual(4);
});

test('boundaries are the same on every machine and in every version', () => {
  expect(chunksOf(noise(4000)).map((chunk) => Buffer.from(chunk, 'base64').length)).toMatchInlineSnapshot(`
    [
      364,
      277,
      291,
      273,
      226,
      384,
      281,
      270,
      364,
      325,
      78,
      354,
      280,
      233,
    ]
  `);
});

test('limits that make no sense are refused, all at once', async () => {
  const limits = { minChunkBytes: 512, averageChunkBytes: 300, maxAtoms: 0 };
  const failure = atomize(bytesSource('a.bin', noise(10)), { limits });
  await expect(failure).rejects.toThrow(InvalidLimitsError);
  await expect(failure).rejects.toMatchObject({
    code: 'INVALID_LIMITS',
    problems: [/maxAtoms/, /averageChunkBytes/, /must hold/].map((text) => expect.stringMatching(text)),
  });
});

test('more atoms than allowed are refused', async () => {
  const failure = atomize(bytesSource('a.bin', Buffer.concat([Buffer.of(0), noise(50_000)])), {
    limits: { ...sizes, maxAtoms: 10 },
  });
  await expect(failure).rejects.toMatchObject({ code: 'TOO_MANY_ATOMS', retryable: false, limit: 10 });
});

test('reading stops when the signal says so', async () => {
  const stop = new AbortController();
  const source = {
    ...bytesSource('a.bin', new Uint8Array()),
    async *open() {
      for (;;) {
        yield noise(100_000);
        stop.abort(new Error('enough'));
      }
    },
  };
  await expect(atomize(source, { signal: stop.signal })).rejects.toThrow('enough');
});
