import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomizeWithNotes, slicedSource } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';
import texts from './programs/texts.json' with { type: 'json' };

/**
 * Files of other programs, and the texts that those find in them again: python-docx, openpyxl, python-pptx, odfpy, EbookLib, nbformat
 * and Python's own modules for mail. tools/document-checks has what makes both.
 */
const folder = join(import.meta.dirname, 'programs');

test('there are texts for each file', () => {
  expect(Object.keys(texts)).toEqual(
    readdirSync(folder)
      .filter((name) => name !== 'texts.json')
      .sort(),
  );
});

test.each(Object.entries(texts))('%s has the texts that its program finds', async (name, wanted) => {
  const bytes = readFileSync(join(folder, name));
  const whole = await atomizeWithNotes(bytesSource(name, bytes));
  expect(await atomizeWithNotes(slicedSource(name, bytes, [1, 777, 3]))).toEqual(whole);
  const { drafts, notes } = whole;
  expectInvariants(drafts);
  const found = drafts.map(({ canonicalText }) => canonicalText ?? '').join('\n');
  expect(wanted.filter((text) => !found.includes(text))).toEqual([]);
  // openpyxl computes no formulas.
  expect(notes).toEqual(name === 'workbook.xlsx' ? ['PARTS_NOT_READ'] : []);
});
