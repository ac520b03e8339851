import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf, zipOf } from './archive-support.ts';
import { atomize } from './atomize-support.ts';
import { docxOf } from './docx-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;
const paragraph = (inner: string) => `<w:p>${inner}</w:p>`;
const texts = async (bytes: Buffer) => {
  const { atomizer, drafts } = await atomize(bytesSource('a.docx', bytes));
  expect(atomizer).toBe('docx');
  expectInvariants(drafts);
  return drafts.filter((draft) => draft.parent === null).map((draft) => draft.canonicalText);
};

test('what was deleted, moved away or is a copy for old programs is left out', async () => {
  const body = [
    paragraph(
      `${run('Kept')}<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:ins>${run(' and inserted')}</w:ins>`,
    ),
    paragraph(`<w:moveFrom>${run('moved')}</w:moveFrom>${run('Here it was.')}`),
    paragraph(
      `<w:r><mc:AlternateContent xmlns:mc="mc"><mc:Choice>${paragraph(run('In a box'))}</mc:Choice><mc:Fallback>${paragraph(run('In a box'))}</mc:Fallback></mc:AlternateContent></w:r>${run('Around the box')}`,
    ),
    paragraph(run('&lt;&amp;&#x1F600;')),
    paragraph('<w:r><w:instrText>PAGE</w:instrText></w:r>'),
  ].join('');
  expect(await texts(docxOf({ body }))).toEqual([
    'Kept and inserted',
    'Here it was.',
    'In a box',
    'Around the box',
    '<&😀',
  ]);
});

test('a DOCX is known by what is in it, whatever it is called', async () => {
  const { atomizer } = await atomize(bytesSource('download', docxOf({ body: paragraph(run('x')) })));
  expect(atomizer).toBe('docx');
});

const relationships = (target: string, mode = '') =>
  `<Relationships xmlns="r"><Relationship Id="a" Type="x/officeDocument" Target="${target}"${mode}/></Relationships>`;

test.each([
  ['no relationships', { 'word/document.xml': '<w/>' }, 'FILE_BROKEN'],
  ['a main document that is missing', { '_rels/.rels': relationships('word/other.xml') }, 'FILE_BROKEN'],
  [
    'a main document outside of it',
    { '_rels/.rels': relationships('http://127.0.0.1/x', ' TargetMode="External"') },
    'FILE_BROKEN',
  ],
  ['a main document above it', { '_rels/.rels': relationships('../../etc/passwd') }, 'FILE_BROKEN'],
  ['XML that is broken', { '_rels/.rels': relationships('d.xml'), 'd.xml': '<a><b></a>' }, 'FILE_BROKEN'],
  [
    'XML that is not text',
    { '_rels/.rels': relationships('d.xml'), 'd.xml': Buffer.from([0x3c, 0xff]) },
    'ENCODING_INVALID',
  ],
  ['an entity that nobody declared', { '_rels/.rels': relationships('d.xml'), 'd.xml': '<a>&x;</a>' }, 'FILE_BROKEN'],
  ['a member that leads out of it', { '../x': 'x' }, 'ARCHIVE_PATH'],
])('a DOCX with %s is refused', async (_, files, code) => {
  await expect(atomize(bytesSource('a.docx', zipOf(files)))).rejects.toMatchObject({ code });
});

test('a DOCX with encrypted parts is refused', async () => {
  const bytes = rawZipOf([{ name: 'word/document.xml', content: Buffer.from('x'), flags: 0x801 }]);
  await expect(atomize(bytesSource('a.docx', bytes))).rejects.toMatchObject({ code: 'FILE_ENCRYPTED' });
});

test('a paragraph without end is cut, never within a character', async () => {
  const { drafts } = await atomize(bytesSource('a.docx', docxOf({ body: paragraph(run(`x${'😀'.repeat(300)}`)) })), {
    limits: { maxBlockLength: 100 },
  });
  expect(drafts.map((draft) => draft.canonicalText).join('')).toBe(`x${'😀'.repeat(300)}`);
  expect(Math.max(...drafts.map((draft) => draft.canonicalText!.length))).toBeLessThanOrEqual(100);
});
