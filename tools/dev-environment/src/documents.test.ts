import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRepositoryDocuments, splitParagraphs } from './documents.ts';

test('paragraphs end at blank lines', () => {
  expect(splitParagraphs('# Title\n\nfirst\nstill first\n\n\nsecond\n')).toEqual([
    '# Title',
    'first\nstill first',
    'second',
  ]);
});

test('a fenced block is one paragraph, blank lines and all', () => {
  expect(splitParagraphs('```ts\na\n\nb\n```\n\nafter')).toEqual(['```ts\na\n\nb\n```', 'after']);
});

test('no text is lost: paragraphs hold every line that is not blank', () => {
  const line = fc.stringMatching(/^[a-z#` ]{0,8}$/);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const kept = splitParagraphs(lines.join('\n')).flatMap((paragraph) => paragraph.split('\n'));
      expect(kept.filter((text) => text.trim() !== '')).toEqual(lines.filter((text) => text.trim() !== ''));
    }),
  );
});

test("the repository's own documents are found", async () => {
  const documents = await readRepositoryDocuments();
  expect(documents.map((document) => document.path)).toContain('README.md');
  expect(documents.some((document) => document.path.includes('node_modules'))).toBe(false);
});
