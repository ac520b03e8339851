import type { FieldCases } from './field-case.ts';

const hello = { has: ['Hello there.'] };
const both = { ...hello, rows: [{ a: 'x', b: 'y' }] };

export const archiveCases: FieldCases = {
  'arc-01-mac-names.zip': {
    members: [
      ['Résumé.txt'.normalize('NFD'), 'text'],
      ['日本語.csv', 'csv'],
    ],
  },
  'arc-02-sjis-names.zip': { rows: [{ a: 'x', b: 'y' }], counts: { 'json-value': 1 } },
  'arc-02b-gbk-names.zip': { has: ['Text.'] },
  'arc-02c-unicode-extra.zip': { members: [['résumé.txt', 'text']] },
  'arc-03-trailing-newline.zip': both,
  'arc-03b-trailing-html.zip': both,
  'arc-03d-leading-junk.zip': [both, { note: 'BYTES_KEPT' }],
  'arc-03e-leading-adjusted.zip': { members: [['a.txt', 'text']] },
  'arc-04-v7.tar': both,
  'arc-05-pax-long.tar': { has: ['Long name.'] },
  'arc-05b-gnu-long.tar': { has: ['Long name.'] },
  'arc-07-tar.tar.xz': [both, { note: 'FORMAT_NOT_READ' }],
  'arc-07b-tar.tar.bz2': [both, { note: 'FORMAT_NOT_READ' }],
  'arc-07c-text.txt.xz': [hello, { note: 'FORMAT_NOT_READ' }],
  'arc-08-data-descriptor.zip': hello,
  'arc-09-zip64-local.zip': hello,
  'arc-10-tar-appended.tar': { has: ['B.', 'New.'] },
  'arc-10b-zip-duplicate.zip': { refused: 'ARCHIVE_MEMBER' },
  'arc-11-colon-name.tar': { has: ['An answer.', 'B.'] },
  'arc-11b-colon-folder.zip': { has: ['Text.'] },
  'arc-12-backslash.zip': {
    members: [
      ['docs/a.txt', 'text'],
      ['docs/sub/b.csv', 'csv'],
    ],
  },
  'arc-13-absolute.tar': { refused: 'ARCHIVE_PATH' },
  'arc-13b-leading-slash.zip': { refused: 'ARCHIVE_PATH' },
  'arc-14-encrypted-member.zip': { has: ['Plain text.'], counts: { 'archive-member-refused': 1 } },
  'arc-15-macosx.zip': { has: ['Hello.'], counts: { paragraph: 1 } },
  'arc-16-tar-trailing-garbage.tar': both,
  'arc-17-tar-no-eof-blocks.tar': both,
  'arc-18-git-archive-like.tar': hello,
  'arc-19-gz-fname.gz': [
    { rows: [{ name: 'Ann', city: 'Oslo' }], members: [['people.csv', 'csv']] },
    { has: ['name,city\nAnn,Oslo'] },
  ],
};
