import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { FileTooLargeError, TooManyAtomsError } from '../src/errors.ts';
import { parseLimits } from '../src/options.ts';
import { pageParagraphs } from '../src/pdf/page-paragraphs.ts';
import { RtfReader } from '../src/rtf/rtf-reader.ts';
import { bytesSource } from '../src/source-reading.ts';
import { ShiftDecoder } from '../src/text/shift-decoder.ts';
import { zipOf } from './archive-support.ts';
import { atomize, textOf } from './atomize-support.ts';
import { docxOf } from './docx-support.ts';
import { readFile, relationshipsOf } from './neighbours-support.ts';

/** Names that every object of JavaScript has are names like any other. */
describe('names of JavaScript’s own', () => {
  test.each(['constructor', '__proto__', 'toString'])('a line %s isn’t JSON', async (line) => {
    await expect(readFile('a.ndjson', `{"a":1}\n${line}\n`)).rejects.toMatchObject({ code: 'FILE_BROKEN' });
  });

  test('words of Rich Text', async () => {
    expect((await readFile('a.rtf', '{\\rtf1 One {\\constructor two} \\toString three\\par}')).texts).toEqual([
      'One two three',
    ]);
  });

  test('elements of formulas and properties', async () => {
    const math = '<m:oMath xmlns:m="m"><m:constructor><m:r><m:t>x</m:t></m:r></m:constructor></m:oMath>';
    expect((await readFile('a.docx', docxOf({ body: `<w:p>${math}</w:p>` }))).texts).toEqual(['x']);
    const book = zipOf({
      mimetype: 'application/epub+zip',
      'a.opf': '<package><metadata><title>T</title><constructor>x</constructor></metadata></package>',
    });
    const { drafts } = await atomize(bytesSource('a.epub', book));
    expect(drafts.map(({ metadata }) => metadata)).toEqual([{ Title: 'T' }]);
  });
});

describe('places', () => {
  test('a document within a Word document has none in it, what is in a member of that has its own', async () => {
    const bytes = zipOf({
      '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'word/document.xml']),
      'word/document.xml':
        '<w:document xmlns:w="w" xmlns:r="r"><w:body><w:altChunk r:id="c"/><w:altChunk r:id="d"/></w:body></w:document>',
      'word/_rels/document.xml.rels': relationshipsOf(['c', 'aFChunk', 'a.html'], ['d', 'aFChunk', 'b.zip']),
      'word/a.html': '<html><p>In HTML.</p></html>',
      'word/b.zip': zipOf({ 'c.txt': 'In text.' }),
    });
    const { drafts } = await atomize(bytesSource('a.docx', bytes));
    expect(drafts.map((draft) => [draft.canonicalText, draft.startOffset])).toEqual([
      ['In HTML.', null],
      ['c.txt', null],
      ['In text.', 0],
    ]);
  });
});

describe('long texts are cut between characters', () => {
  const limits = { maxBlockLength: 64 };
  // An odd number of letters first, so that the limit is amid a pair.
  const long = `a${'😀'.repeat(100)}`;
  const odf = zipOf({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': `<o xmlns:text="t"><text:p>${long}</text:p></o>`,
  });
  const slides = zipOf({
    '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'ppt/presentation.xml']),
    'ppt/presentation.xml': '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId id="1" r:id="r1"/></p:presentation>',
    'ppt/_rels/presentation.xml.rels': relationshipsOf(['r1', 'slide', 'slides/slide1.xml']),
    'ppt/slides/slide1.xml': `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>${long}</a:t></a:r></a:p></p:sld>`,
  });
  const units = Array.from({ length: long.length }, (_, index) => `\\u${long.charCodeAt(index) - 0x10000}?`).join('');

  test.each([
    ['a.xml', Buffer.from(`<a>${long}</a>`)],
    ['a.xml', Buffer.from(`<a b="${long}"/>`)],
    ['a.html', Buffer.from(`<html><p>${long}</p>`)],
    ['a.html', Buffer.from(`<html><img alt="${long}">`)],
    ['a.odt', odf],
    ['a.pptx', slides],
    ['a.docx', docxOf({ body: `<w:p><w:r><w:t>${long}</w:t></w:r></w:p>` })],
    ['a.rtf', Buffer.from(`{\\rtf1 ${units}\\par}`)],
  ])('in %s', async (name, bytes) => {
    const { drafts } = await atomize(bytesSource(name, bytes), { limits });
    const texts = drafts.filter(({ isLeaf }) => isLeaf).map(textOf);
    expect(texts.join('').replace(/^b="|"$/g, '')).toBe(long);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(limits.maxBlockLength);
  });
});

describe('spreadsheets', () => {
  test('cells behind many blank ones are in their columns', async () => {
    const cell = (text: string, more = ''): string =>
      `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`;
    const blank = (count: number): string => `<table:table-cell table:number-columns-repeated="${count}"/>`;
    const row = (cells: string): string => `<table:table-row>${cells}</table:table-row>`;
    const body = `${row(cell('name') + cell('n'))}${row(cell('Ann') + blank(998) + cell('last'))}${row(cell('Bo', 'table:number-columns-repeated="300"') + cell('end'))}`;
    const bytes = zipOf({
      mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
      'content.xml': `<o xmlns:table="b" xmlns:text="t"><table:table table:name="T">${body}</table:table></o>`,
    });
    const { values } = await readFile('a.ods', bytes);
    expect(values[0]).toEqual({ name: 'Ann', 'column 1000': 'last' });
    expect(values[1]).toMatchObject({ name: 'Bo', n: 'Bo', 'column 256': 'Bo', 'column 301': 'end' });
  });

  test('cells of a type and without a value are blank', async () => {
    const bytes = zipOf({
      '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'xl/workbook.xml']),
      'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': relationshipsOf(['r1', 'worksheet', 'worksheets/sheet1.xml']),
      'xl/sharedStrings.xml': '<sst><si><t>first</t></si></sst>',
      'xl/worksheets/sheet1.xml':
        '<worksheet><sheetData><row><c t="s"/><c t="b"/><c t="s"><v>0</v></c><c t="b"><v>true</v></c></row></sheetData></worksheet>',
    });
    expect((await readFile('a.xlsx', bytes)).texts).toEqual(['first\tTRUE']);
    expect((await readFile('a.xlsx', bytes)).values).toEqual([{ 'column 3': 'first', 'column 4': 'TRUE' }]);
  });
});

test('headings are those whose styles are based on headings, too', async () => {
  const style = (id: string, inner: string): string => `<w:style w:styleId="${id}">${inner}</w:style>`;
  const styles = `<w:styles xmlns:w="w">${style('Ours', '<w:basedOn w:val="Chapter"/>')}${style('Chapter', '<w:basedOn w:val="H1"/>')}${style('H1', '<w:name w:val="heading 1"/>')}${style('Body', '<w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>')}${style('A', '<w:basedOn w:val="B"/>')}${style('B', '<w:basedOn w:val="A"/>')}</w:styles>`;
  const paragraph = (id: string): string =>
    `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr><w:r><w:t>${id}</w:t></w:r></w:p>`;
  const bytes = zipOf({
    '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'word/document.xml']),
    'word/document.xml': `<w:document xmlns:w="w"><w:body>${['Ours', 'Body', 'A'].map(paragraph).join('')}</w:body></w:document>`,
    'word/_rels/document.xml.rels': relationshipsOf(['s', 'styles', 'styles.xml']),
    'word/styles.xml': styles,
  });
  const { drafts } = await atomize(bytesSource('a.docx', bytes));
  expect(drafts.map(({ atomType, metadata }) => [atomType, metadata?.level])).toEqual([
    ['heading', 1],
    ['paragraph', undefined],
    ['paragraph', undefined],
  ]);
});

test('of several choices the first that has text is read', async () => {
  const run = (text: string): string => `<w:r><w:t>${text}</w:t></w:r>`;
  const choice = (requires: string, text: string): string => `<mc:Choice Requires="${requires}">${text}</mc:Choice>`;
  const body = `<w:p><mc:AlternateContent xmlns:mc="mc">${choice('a', '')}${choice('b', run('One'))}${choice('c', run('Two'))}<mc:Fallback>${run('Three')}</mc:Fallback></mc:AlternateContent>${run(' more.')}</w:p>`;
  expect((await readFile('a.docx', docxOf({ body }))).texts).toEqual(['One more.']);
});

test('attachments of a mail that get the name of another one', async () => {
  const part = (name: string): string =>
    `--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${name}\r\n`;
  const mail = `From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${['3 a.txt', 'a.txt', 'a.txt'].map(part).join('')}--b--\r\n`;
  expect((await readFile('a.eml', mail)).members).toEqual(['3 a.txt', 'a.txt', '4 a.txt']);
});

test('numbers that are set apart on a page of a PDF stay apart, letters are words', () => {
  const line = (str: string) => ({
    ...{ str, transform: [1, 0, 0, 1, 0, 100], height: 10, width: 100 },
    ...{ dir: 'ltr', hasEOL: true },
  });
  expect(pageParagraphs([line('1 2 3 4 5')])).toEqual(['1 2 3 4 5\n']);
  expect(pageParagraphs([line('C H A P T E R')])).toEqual(['CHAPTER\n']);
});

describe('encodings', () => {
  test('Japanese of seven bits that begins late', async () => {
    const late = iconv.encode('日本語の文書です。', 'utf-8').toString();
    const bytes = Buffer.concat([
      Buffer.from(`${'ASCII only. '.repeat(8_000)}\n\n`),
      Buffer.from('\u001b$BF|K\\8l$NJ8=q$G$9!#\u001b(B\n', 'latin1'),
    ]);
    const { leaves, notes } = await readFile('a.txt', bytes);
    expect(leaves.at(-1)).toBe(late);
    expect(notes).toEqual(['ENCODING_GUESSED']);
  });

  test('Chinese and Korean of seven bits that a mail or its sender states', async () => {
    const head = 'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=HZ-GB-2312\r\n\r\n';
    expect(await readFile('a.eml', `${head}~{VPND~}\r\n`)).toMatchObject({
      texts: ['a@example.com', '中文'],
      notes: [],
    });
    const source = bytesSource('a.txt', Buffer.from('\u001b$)C\u000eGQ19>n\u000f.\n', 'latin1'), 'ISO-2022-KR');
    const { drafts } = await atomize(source);
    expect(drafts.map(textOf).join('')).toBe('한국어.\n');
  });

  test('however the bytes are sliced, and however long a line is', () => {
    const line = Buffer.from(`~{${'VPND'.repeat(1_000)}~}~~`, 'latin1');
    const decoder = ShiftDecoder.of('hz-gb-2312')!;
    let text = '';
    for (const byte of line) text += decoder.write(Uint8Array.of(byte));
    expect(text + decoder.end()).toBe(`${'中文'.repeat(1_000)}~`);
  });
});

describe('Rich Text without control words', () => {
  test('comes out as it goes on', () => {
    const reader = new RtfReader(parseLimits());
    reader.push(Buffer.from('{\\rtf1 '));
    const paragraphs = Array.from({ length: 4 }, () => reader.push(Buffer.alloc(65_536, 'a'))).flat();
    expect(paragraphs.length).toBeGreaterThan(1);
    expect(Math.max(...paragraphs.map(({ text }) => text.length))).toBe(65_536);
  });

  test('isn’t cut amid a character of two bytes', async () => {
    const letters = `a${'あ'.repeat(100_000)}`;
    const bytes = Buffer.concat([
      Buffer.from('{\\rtf1\\ansicpg932 '),
      iconv.encode(letters, 'shift_jis'),
      Buffer.from('}'),
    ]);
    const { drafts } = await atomize(bytesSource('a.rtf', bytes));
    expect(drafts.map(textOf).join('')).toBe(letters);
  });
});

test('readings and captions without a text beside them are kept whole', async () => {
  const limits = { maxBlockLength: 100 };
  const html = `<html>${'<rt>read</rt>'.repeat(100)}${'<img alt="picture">'.repeat(5_000)}`;
  const file = await createDefaultRegistry().atomize(bytesSource('a.html', Buffer.from(html)), { limits });
  let letters = '';
  for await (const { canonicalText } of file.drafts) letters += canonicalText?.replaceAll(/\s/g, '');
  expect([letters.split('read').length, letters.split('picture').length]).toEqual([101, 5_001]);
});

test('errors say which limit it was', () => {
  expect(new FileTooLargeError('PDF', 5).message).toContain('maxWholeFileBytes');
  expect(new FileTooLargeError('mail', 5, 'a body').message).toBe(
    "The mail file has a body of more than 5 bytes, which can't be read in pieces.",
  );
  expect(new TooManyAtomsError(5, 'cells in one sheet').message).toBe('The file has more than 5 cells in one sheet.');
});
