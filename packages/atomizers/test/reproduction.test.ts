import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomize, leafBytes, slicedSource, textOf } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const limits = { maxBlockLength: 64, maxSectionLength: 256 };
const slices = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

const common = [
  'a',
  ' ',
  '. ',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '😀',
  'e\u0301',
  '漢。',
  '\t',
  'Word word word word word word word',
];
const dialects = {
  'a.md': [
    '# Title\n',
    '## Sub',
    '\n===\n',
    '\n---\n',
    '```ts\n',
    '```\n',
    '~~~\n',
    '- item\n',
    '> quote\n',
    '---\n',
    '| a | b |\n',
    'key: value\n',
  ],
  'a.csv': ['"', '""', ',', ';', ',"x"', '"a\nb",', '1,2\n', 'name,value\n', ',,,\n'],
  'a.tsv': ['"', '\t', 'x\ty\n', '\t\t'],
  'a.ts': ['function f() {\n', '}\n', 'export class A {\n', '  x;\n', '// note\n', '\nconst a = 1;\n'],
  'a.txt': ['Mr. Smith. ', '? ', '! '],
};

describe.each(Object.entries(dialects))('%s', (name, words) => {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...common, ...words), maxLength: 80 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }).map((each) => each.replaceAll('\0', ' ')) },
  );

  test('property: leaves are the text, parents are their children, and slices of the source do not matter', async () => {
    await fc.assert(
      fc.asyncProperty(text, slices, async (text, lengths) => {
        const source = bytesSource(name, Buffer.from(text));
        const whole = await atomize(source, { limits });
        expectInvariants(whole.drafts);
        const decoded = text.startsWith('\ufeff') && whole.atomizer !== 'chunks' ? text.slice(1) : text;
        expect(leafBytes(whole.drafts).toString()).toBe(decoded);
        for (const draft of whole.drafts.filter(({ isLeaf }) => !isLeaf)) {
          const children = whole.drafts.filter(({ parent }) => parent === draft.ordinal);
          expect(children.map(textOf).join('')).toBe(textOf(draft));
        }
        expect(await atomize(slicedSource(name, Buffer.from(text), lengths), { limits })).toEqual(whole);
      }),
      { numRuns: 250 },
    );
  });
});
