import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomize, leafBytes, slicedSource, textOf } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const small = { limits: { maxBlockLength: 64 } };

test('paragraphs end with blank lines and consist of sentences', async () => {
  const text = 'First one. Second one!\nStill the first paragraph.\n\n\nAlone.\n';
  const { atomizer, drafts } = await atomize(bytesSource('notes.txt', Buffer.from(text)));
  expect(atomizer).toBe('text');
  expect(drafts.map((draft) => [draft.atomType, textOf(draft), draft.parent, draft.startOffset])).toEqual([
    ['paragraph', 'First one. Second one!\nStill the first paragraph.\n\n\n', null, 0],
    ['sentence', 'First one. ', 0, 0],
    ['sentence', 'Second one!\n', 0, 11],
    ['sentence', 'Still the first paragraph.\n\n\n', 0, 23],
    ['paragraph', 'Alone.\n', null, 52],
  ]);
  expect(drafts[0]).toMatchObject({ metadata: { line: 1 }, canonicalText: text.slice(0, 49), isLeaf: false });
  expect(drafts[4]).toMatchObject({ metadata: { line: 5 }, canonicalText: 'Alone.', derivationType: 'paragraph-of' });
});

test('an empty file has no atoms', async () => {
  expect(await atomize(bytesSource('a.txt', new Uint8Array()))).toEqual({ atomizer: 'text', drafts: [] });
});

const unit = fc.constantFrom(
  'a',
  ' ',
  '. ',
  '\n',
  '\r\n',
  '\r',
  '\n\n',
  '😀',
  'e\u0301',
  '👩‍👩‍👧',
  '\u2029',
  '漢。',
  '\t',
  '\u00a0',
  '! ',
);
const anyText = fc.oneof(fc.string({ unit, maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 200 }));
const slices = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });

test('property: sentences are the text, however the source slices it', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, slices, async (text, lengths) => {
      const bytes = Buffer.from(text);
      const whole = await atomize({ ...bytesSource('a.txt', bytes), encoding: 'utf-8' }, small);
      expectInvariants(whole.drafts);
      if (whole.atomizer === 'text') {
        // A byte order mark is not part of the text.
        expect(leafBytes(whole.drafts).toString()).toBe(text.startsWith('\ufeff') ? text.slice(1) : text);
        for (const draft of whole.drafts) {
          const decoded = text.startsWith('\ufeff') ? text.slice(1) : text;
          expect(decoded.slice(draft.startOffset!, draft.endOffset!)).toBe(textOf(draft));
        }
      } else {
        expect(leafBytes(whole.drafts)).toEqual(bytes);
      }
      expect(await atomize(slicedSource('a.txt', bytes, lengths), small)).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

test('property: UTF-16 with a byte order mark is decoded exactly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, minLength: 1, maxLength: 200 }), fc.boolean(), async (text, bigEndian) => {
      const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
      if (bigEndian) bytes.swap16();
      const { atomizer, drafts } = await atomize(bytesSource('a.txt', bytes), small);
      expect(atomizer).toBe('text');
      expect(leafBytes(drafts).toString()).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test('a huge line is cut, never within a character', async () => {
  const text = `x${'😀'.repeat(200_000)}`;
  const { drafts } = await atomize(bytesSource('a.txt', Buffer.from(text)));
  expect(leafBytes(drafts).toString()).toBe(text);
  expect(Math.max(...drafts.map((draft) => textOf(draft).length))).toBeLessThanOrEqual(65_536);
});

test('what is invalid far behind the start is kept as bytes, or decoded in the encoding that is stated', async () => {
  const bytes = Buffer.concat([Buffer.alloc(300_000, 'text '), Buffer.of(0xe9)]);
  const unstated = await atomize(bytesSource('a.txt', bytes));
  expect(unstated.atomizer).toBe('chunks');
  expect(leafBytes(unstated.drafts)).toEqual(bytes);
  const stated = await atomize(bytesSource('a.txt', bytes, 'windows-1252'));
  expect(stated.atomizer).toBe('text');
  expect(leafBytes(stated.drafts).toString().endsWith('text é')).toBe(true);
});

test.each([
  ['UTF-16 with a lone surrogate', Buffer.from('\ufeffa\ud800b', 'utf16le')],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
  ['UTF-16 cut within a unit', Buffer.from([0xff, 0xfe, 0x61])],
  ['UTF-8 cut within a character', Buffer.from([0x61, 0xf0, 0x9f])],
  ['NUL bytes', Buffer.from('a\0b')],
])('%s is no text and is kept as bytes', async (_, bytes) => {
  const { atomizer, drafts } = await atomize(bytesSource('a.txt', bytes));
  expect(atomizer).toBe('chunks');
  expect(leafBytes(drafts)).toEqual(bytes);
});
