import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { paragraphNode } from '../src/text/paragraph.ts';
import { atomize, atomizeWithNotes, leafBytes, slicedSource, textOf } from './atomize-support.ts';
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
      const sliced = { ...slicedSource('a.txt', bytes, lengths), encoding: 'utf-8' };
      expect(await atomize(sliced, small)).toEqual(whole);
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

test('a byte far behind the start is read in the encoding that is likely, or in the one that is stated', async () => {
  const bytes = Buffer.concat([Buffer.alloc(300_000, 'text '), Buffer.of(0xe9)]);
  for (const encoding of [undefined, 'windows-1252']) {
    const { atomizer, drafts, notes } = await atomizeWithNotes(bytesSource('a.txt', bytes, encoding));
    expect(atomizer).toBe('text');
    expect(leafBytes(drafts).toString().endsWith('text é')).toBe(true);
    expect(notes).toEqual(encoding === undefined ? ['ENCODING_GUESSED'] : []);
  }
});

test.each([
  ['UTF-16 with a lone surrogate', Buffer.from('\ufeffa\ud800b', 'utf16le'), 'a\ufffdb', 'BYTES_NOT_UNDERSTOOD'],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'a', undefined],
  ['UTF-16 cut within a unit', Buffer.from([0xff, 0xfe, 0x61, 0, 0x62]), 'a\ufffd', 'BYTES_NOT_UNDERSTOOD'],
  ['UTF-8 cut within a character', Buffer.from('aéü\u{1f600}').subarray(0, 7), 'aéü\ufffd', 'BYTES_NOT_UNDERSTOOD'],
  ['NUL bytes', Buffer.from('a\0b'), 'a\0b', 'CONTROL_CHARACTERS'],
])('%s is read, and what is wrong with it is noted', async (_, bytes, text, note) => {
  const { atomizer, drafts, notes } = await atomizeWithNotes(bytesSource('a.txt', bytes));
  expect(atomizer).toBe('text');
  expect(leafBytes(drafts).toString()).toBe(text);
  expect(notes).toEqual(note === undefined ? [] : [note]);
});

test('NUL bytes in a file whose name says nothing are not text', async () => {
  const { atomizer, drafts, notes } = await atomizeWithNotes(bytesSource('a', Buffer.from('a\0b')));
  expect(atomizer).toBe('chunks');
  expect(leafBytes(drafts).toString()).toBe('a\0b');
  expect(notes).toEqual(['BYTES_KEPT']);
});

test('what Unicode ends a sentence with ends it here', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });
  const ends: string[] = [];
  for (let code = 1; code < 0x1_0000; code++) {
    const character = String.fromCharCode(code);
    // Line breaks within a paragraph don't end a sentence; halves of pairs aren't characters.
    if (character === '\n' || character === '\r' || (code >= 0xd800 && code <= 0xdfff)) continue;
    const text = `Ab${character} Cd`;
    if ([...segmenter.segment(text)].length === 1) continue;
    ends.push(character);
    expect(paragraphNode(text, 0, {}).children, code.toString(16)).toHaveLength(2);
  }
  expect(ends).toEqual(expect.arrayContaining(['.', '!', '?', '。', '؟', '\u2029']));
});
