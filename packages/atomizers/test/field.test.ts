import { describe, expect, test } from 'vitest';
import { archiveCases } from './field/archive-cases.ts';
import type { FieldCases } from './field/field-case.ts';
import { knownWrong } from './field/known-wrong.ts';
import { officeCases } from './field/office-cases.ts';
import { pdfCases } from './field/pdf-cases.ts';
import { tableCases } from './field/table-cases.ts';
import { textCases } from './field/text-cases.ts';
import { fieldRows, problemsOf } from './field-support.ts';

const cases: FieldCases = { ...archiveCases, ...tableCases, ...officeCases, ...textCases, ...pdfCases };

test('every file of the field has an expectation, and every known wrong one is there', () => {
  const files = fieldRows.map(({ file }) => file);
  expect(files.filter((file) => !Object.hasOwn(cases, file))).toEqual([]);
  expect(Object.keys(cases).filter((file) => !files.includes(file))).toEqual([]);
  expect(knownWrong.filter((file) => !files.includes(file))).toEqual([]);
});

describe('files as people have them', () => {
  test.each(fieldRows)('$file: $right', async ({ file }) => {
    const problems = await problemsOf(file, cases[file]!);
    if (knownWrong.includes(file)) {
      expect(problems, 'it is right now: take it off the list of known wrong ones').not.toEqual([]);
    } else {
      expect(problems).toEqual([]);
    }
  });
});
