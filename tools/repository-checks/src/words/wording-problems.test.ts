import { describe, expect, test } from 'vitest';
import { isPage } from './read-pages.ts';
import { wordingProblems } from './wording-problems.ts';

const found = (text: string) => wordingProblems('page.md', text).map(({ wording }) => wording);

describe('a wording is found in', () => {
  test.each([
    ['A `traceParent` that is none is left out', 'is none'],
    ['what is no file is left out', 'is no f'],
    ['sent again and again', 'again and again'],
    ['shows what became of a file', 'what became of'],
    ['milliseconds between two looks', 'two looks'],
    ['what is wrong is said above', 'is said above'],
    ['the command that mends it', 'mends'],
    ['it is cut without a word', 'without a word'],
    ['20 s of a processor', 'of a processor'],
    ['Whoever calls it', 'Whoever'],
    ['looks at whether it is there', 'looks at whether'],
    ['only look whether the number is free', 'look whether'],
    ['files are told of, and the others go in', 'told of'],
    ["as JSONC has and JSON hasn't.", "hasn't."],
    ["a module hasn't it", "hasn't it"],
    ['12 well, 1 to know, 0 wrong', '12 well'],
    ['/** Milliseconds. Shorter, and it looks away */', '. Shorter, and'],
    [' * Shorter: it looks away.', '* Shorter:'],
    ['-- Much more, and the locks escalate', '-- Much more, and'],
    ['is noticed; longer, and it waits', '; longer, and'],
    ['is noticed; much fewer: it waits', '; much fewer:'],
  ])('%j', (text, wording) => {
    expect(found(text)).toContain(wording);
  });
});

test.each([
  'undefined when there is none',
  'message type X: validation is NONE',
  'there is no file, and it is no longer than the others',
  'none of them is none of ours',
  'Too short: it looks away. Too long: it waits.',
  '    1 of 2; more: --group in:DERIVED_FROM:Atom',
  "it hasn't ended, and nobody hasn't seen it",
  'a few more, and then the rest',
])('%j is good English', (text) => {
  expect(found(text)).toEqual([]);
});

test('the line is named, and what to write instead', () => {
  expect(wordingProblems('a.ts', '// one\n// for whoever reads it\n')).toEqual([
    { file: 'a.ts', line: 2, wording: 'whoever', instead: expect.stringContaining('the reader') },
  ]);
});

test('a wording that a line break parts is found in the line where it begins', () => {
  expect(wordingProblems('a.ts', '/**\n * A header that is\n * none is left out.\n */\n')).toMatchObject([
    { line: 2, wording: 'is none' },
  ]);
  expect(found('There is\nnone, and\nthe next line.\n')).toEqual([]);
});

test('files that others wrote, and reports, are left out', () => {
  const files = ['docs/a.md', '.changeset/a.md', 'packages/a/src/a.ts', 'packages/a/database/Tables/A.sql'];
  expect(files.filter(isPage)).toEqual(files);
  const others = [
    'packages/atomizers/test/corpus/a.md',
    'docs/api/a.md',
    'pnpm-lock.yaml',
    'docs/a.png',
    'a/api/x.api.md',
  ];
  expect(others.filter(isPage)).toEqual([]);
});
