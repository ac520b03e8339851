import { describe, expect, test } from 'vitest';
import { PdfWarnings } from '../src/pdf/pdf-warnings.ts';
import { rawZipOf, zipOf } from './archive-support.ts';
import { readFile, relationshipsOf } from './neighbours-support.ts';
import { pdfOfObjects } from './pdf-support.ts';

/** Where something is left out it's noted, and where nothing is there is no note. */

const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const stream = (text: string, entries = ''): string =>
  `<< /Length ${Buffer.byteLength(text)} ${entries} >>\nstream\n${text}\nendstream`;

/** A PDF of a page; object 5 is its font, further ones have the numbers from 6 on. */
function pdf(
  content: string,
  { font = helvetica, page = '', more = [] as readonly string[], catalog = '', resources = '' } = {},
): Buffer {
  return pdfOfObjects(
    [
      `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> ${page} >>`,
      stream(`BT /F1 12 Tf ${content} ET`),
      font,
      ...more,
    ].map((object) => Buffer.from(object, 'latin1')),
  );
}

const descriptor = (name: string): string =>
  `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>`;

describe('PDF', () => {
  test.each([
    ['Wingdings', '<fca8>', '✔☐', []],
    ['Wingdings', '<20fc9fa1>', '✔•○', []],
    ['Wingdings2', '<50>', '✓', []],
    ['Wingdings', '<8b>', '\uf08b', ['FONT_WITHOUT_UNICODE']],
    ['ZapfDingbats', '<34a8acd5>', '✔♣①→', []],
    ['Arial', '<fc>', 'ü', []],
  ])('signs of %s that isn’t in the file: %s', async (name, codes, text, notes) => {
    const font = `<< /Type /Font /Subtype /TrueType /BaseFont /${name} /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 /Widths [${'600 '.repeat(224)}] /FontDescriptor 6 0 R >>`;
    const bytes = pdf(`72 700 Td ${codes} Tj`, { font, more: [descriptor(name)] });
    expect(await readFile('a.pdf', bytes)).toMatchObject({ texts: [text], notes });
  });

  const type3 = (names: string): string =>
    `<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 65 /LastChar 66 /Widths [10 10] /Encoding << /Type /Encoding /Differences [65 ${names}] >> /CharProcs << ${names
      .split(' ')
      .map((name) => `${name} 6 0 R`)
      .join(' ')} >> /Resources << >> >>`;

  test.each([
    ['nothing calls letters', '/g1 /g2', ['FONT_WITHOUT_UNICODE']],
    ['letters are called so', '/A /B', []],
    ['TeX calls after their codes', '/a65 /a66', []],
  ])('glyphs of Type 3 that %s', async (_, names, notes) => {
    const glyph = stream('10 0 d0 0 0 5 5 re f');
    const bytes = pdf('72 700 Td (AB) Tj', { font: type3(names), more: [glyph] });
    expect(await readFile('a.pdf', bytes)).toMatchObject({ texts: ['AB'], notes });
  });

  test('words in a pattern that the page is painted with, once', async () => {
    const pattern = stream(
      'BT /F1 12 Tf 5 5 Td (DRAFT) Tj ET',
      '/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 60 20] /XStep 60 /YStep 20 /Resources << /Font << /F1 5 0 R >> >>',
    );
    const content = '72 700 Td (Page.) Tj ET /Pattern cs /P1 scn 0 0 600 800 re f /P1 scn 0 0 9 9 re f BT';
    const bytes = pdf(content, { more: [pattern], resources: '/Pattern << /P1 6 0 R >>' });
    expect(await readFile('a.pdf', bytes)).toMatchObject({ leaves: ['Page.', 'DRAFT'], notes: [] });
  });

  const button = (more: string): string =>
    `<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (b) /Rect [10 10 100 30] /MK << /CA (Send) >> /A << /S /ResetForm >> ${more} >>`;

  test('buttons that aren’t drawn in the file', async () => {
    const bytes = (more: string): Buffer =>
      pdf('72 700 Td (Page.) Tj', { page: '/Annots [6 0 R]', more: [button(more)] });
    expect(await readFile('a.pdf', bytes(''))).toMatchObject({ texts: ['Page.'], notes: ['PARTS_NOT_READ'] });
    expect((await readFile('a.pdf', bytes('/F 2'))).notes).toEqual([]);
  });

  test('attachments without bytes, and such as have names that can’t be a path', async () => {
    const file = (entries: string): string => `<< /Type /Filespec ${entries} >>`;
    const names = '/Names << /EmbeddedFiles << /Names [(a) 6 0 R (b) 7 0 R (c) 8 0 R] >> >>';
    const bytes = pdf('72 700 Td (Page.) Tj', {
      catalog: names,
      more: [
        file('/F (..) /EF << /F 9 0 R >>'),
        file('/F (gone.txt)'),
        file('/F (C:notes.txt) /EF << /F 9 0 R >>'),
        stream('Text.', '/Type /EmbeddedFile'),
      ],
    });
    expect(await readFile('a.pdf', bytes)).toMatchObject({
      members: ['attachment', 'C_notes.txt'],
      notes: ['PARTS_NOT_READ'],
    });
  });

  test('what is wrong with annotations leaves the text of the page', async () => {
    const bytes = pdf('72 700 Td (Page.) Tj', { page: '/Annots 6 0 R', more: [stream('x')] });
    expect((await readFile('a.pdf', bytes)).texts).toEqual(['Page.']);
  });

  test('a warning of missing text is kept however many others there are', () => {
    const warnings = new PdfWarnings();
    for (let index = 0; index < 500; index++) warnings.add('Warning: TT: undefined function: 32');
    for (let index = 0; index < 3; index++) warnings.add(`Warning: translateFont failed: "F${index}"`);
    expect(warnings.take()).toEqual([
      { code: 'FONT_NOT_READ', count: 3, detail: 'Warning: translateFont failed: "F0"' },
    ]);
    expect(warnings.take()).toEqual([]);
  });

  test('title and author are cut where they are endless', async () => {
    const bytes = pdf('72 700 Td (Page.) Tj', { more: [`<< /Title (${'T'.repeat(20_000)}) >>`] });
    const withInfo = Buffer.from(bytes.toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Info 6 0 R'), 'latin1');
    const [title] = (await readFile('a.pdf', withInfo)).texts;
    expect(title).toBe('T'.repeat(4096));
  });
});

const document =
  '<w:document xmlns:w="w" xmlns:r="r"><w:body><w:p><w:r><w:t>Body.</w:t></w:r></w:p></w:body></w:document>';

describe('Office', () => {
  test('a part that is packed in an unknown way', async () => {
    const entry = (name: string, text: string, method = 8) => ({ name, content: Buffer.from(text), method });
    const bytes = rawZipOf([
      entry('_rels/.rels', relationshipsOf(['r1', 'officeDocument', 'word/document.xml'])),
      entry('word/document.xml', document),
      entry('word/_rels/document.xml.rels', relationshipsOf(['r1', 'footnotes', 'footnotes.xml'])),
      entry('word/footnotes.xml', document, 12),
    ]);
    expect(await readFile('a.docx', bytes)).toMatchObject({
      texts: ['Body.'],
      notes: ['MEMBERS_REFUSED', 'PARTS_NOT_READ'],
    });
  });

  const workbook = (parts: Readonly<Record<string, string>>): Buffer =>
    zipOf({
      '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'xl/workbook.xml']),
      'xl/workbook.xml':
        '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="r1"/><sheet name="T" r:id="r2"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': relationshipsOf(
        ['r1', 'worksheet', 'worksheets/sheet%201.xml'],
        ['r2', 'worksheet', 'worksheets/sheet2.xml'],
        ['r3', 'sharedStrings', 'sharedStrings.xml'],
      ),
      'xl/worksheets/Sheet 1.xml':
        '<worksheet><sheetData><row><c t="s"><v>0</v></c></row><row><c><v>5</v></c></row></sheetData></worksheet>',
      ...parts,
    });

  test('parts are found by names in other cases and with escapes; those that are missing are noted', async () => {
    const sheet = '<worksheet><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>';
    const shared = '<sst><si><t>shared</t></si></sst>';
    const whole = { 'xl/SharedStrings.xml': shared, 'xl/worksheets/sheet2.xml': sheet };
    expect(await readFile('a.xlsx', workbook(whole))).toMatchObject({ texts: ['shared', '5', '7'], notes: [] });
    expect(await readFile('a.xlsx', workbook({ 'xl/sharedStrings.xml': shared }))).toMatchObject({
      texts: ['shared', '5'],
      notes: ['PARTS_NOT_READ'],
    });
    expect((await readFile('a.xlsx', workbook({ 'xl/worksheets/sheet2.xml': sheet }))).notes).toEqual([
      'PARTS_NOT_READ',
    ]);
  });

  test('a header, a chart and a slide that are missing', async () => {
    const missing = (...targets: readonly (readonly [id: string, type: string, target: string])[]): Buffer =>
      zipOf({
        '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'word/document.xml']),
        'word/document.xml': document,
        'word/_rels/document.xml.rels': relationshipsOf(...targets),
      });
    for (const type of ['header', 'chart']) {
      expect((await readFile('a.docx', missing(['r1', type, 'x.xml']))).notes).toEqual(['PARTS_NOT_READ']);
    }
    expect((await readFile('a.docx', missing(['r1', 'image', 'x.png']))).notes).toEqual([]);
    const slides = zipOf({
      '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'ppt/presentation.xml']),
      'ppt/presentation.xml': '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId id="1" r:id="r1"/></p:presentation>',
      'ppt/_rels/presentation.xml.rels': relationshipsOf(['r1', 'slide', 'slides/slide1.xml']),
    });
    expect((await readFile('a.pptx', slides)).notes).toEqual(['PARTS_NOT_READ']);
  });

  test('a control whose caption is its own', async () => {
    const bytes = zipOf({
      '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'word/document.xml']),
      'word/document.xml': document,
      'word/_rels/document.xml.rels': relationshipsOf(['r1', 'control', 'activeX/activeX1.xml']),
      'word/activeX/activeX1.xml': '<ax:ocx xmlns:ax="ax"/>',
    });
    expect(await readFile('a.docx', bytes)).toMatchObject({ texts: ['Body.'], notes: ['PARTS_NOT_READ'] });
  });

  test('a Word document by another name, whose text comes behind a picture', async () => {
    const content = Buffer.alloc(20_000, 'picture');
    const bytes = rawZipOf([
      { name: '[Content_Types].xml', content: Buffer.from('<Types/>'), method: 8 },
      { name: 'word/media/a.bin', content, method: 0 },
      { name: 'word/document.xml', content: Buffer.from(document), method: 8 },
    ]);
    expect((await readFile('a.zip', bytes)).notes).toContain('FORMAT_NOT_READ');
  });

  const odf = (kind: string, more: Readonly<Record<string, string>>): Buffer =>
    zipOf({ mimetype: `application/vnd.oasis.opendocument.${kind}`, 'content.xml': '<o xmlns:text="t"/>', ...more });
  const text = (words: string): string => `<o xmlns:text="t"><text:p>${words}</text:p></o>`;

  test('objects in objects, under any name; tables of a database', async () => {
    const objects = {
      'Object 1/content.xml': text('One.'),
      'Object 1/Object 2/content.xml': text('Two.'),
      'Obj3/content.xml': text('Three.'),
    };
    expect(await readFile('a.odt', odf('text', objects))).toMatchObject({
      texts: ['One.', 'Two.', 'Three.'],
      notes: [],
    });
    const base = odf('database', { 'database/script': 'INSERT INTO T VALUES(1)' });
    expect((await readFile('a.odb', base)).notes).toEqual(['PARTS_NOT_READ']);
  });
});

describe('texts', () => {
  test('bytes that aren’t valid in Korean of seven bits', async () => {
    const korean = (more: string): string => `\u001b$)C\u000eGQ19>n${more}\u000f.\n`;
    expect(await readFile('a.txt', korean(''))).toMatchObject({ texts: ['한국어.'], notes: ['ENCODING_GUESSED'] });
    expect((await readFile('a.txt', korean('-!'))).notes).toEqual(['ENCODING_GUESSED', 'BYTES_NOT_UNDERSTOOD']);
  });

  test('a message under another name has no encoding but its own', async () => {
    const message =
      'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nCaf\xe9.\r\n';
    const { atomizer, texts, notes } = await readFile('cur.1234', Buffer.from(message, 'latin1'));
    expect({ atomizer, texts, notes }).toEqual({ atomizer: 'mail', texts: ['a@example.com', 'Café.'], notes: [] });
  });

  test('a header that is longer than is kept', async () => {
    const to = Array.from({ length: 1_000 }, (_, index) => `person${index}@example.com`).join(',\r\n ');
    const { notes } = await readFile('a.eml', `From: a@example.com\r\nTo: ${to}\r\nSubject: S\r\n\r\nText.\r\n`);
    expect(notes).toEqual(['PARTS_NOT_READ']);
  });

  test('an output of a notebook that is longer than is read', async () => {
    const line = '<p>row</p>'.repeat(20_000);
    const output = {
      data: {
        'text/html': Array.from({ length: 24 }, () => line),
        'text/plain': ['<IPython.core.display.HTML object>'],
      },
    };
    const { notes } = await readFile(
      'a.ipynb',
      JSON.stringify({ cells: [{ cell_type: 'code', source: 'x', outputs: [output] }] }),
    );
    expect(notes).toEqual(['PARTS_NOT_READ']);
  });

  test.each([
    [
      'a.fb2',
      '<binary id="c.jpg" content-type="image/jpeg">AAAA\nBBBB</binary>',
      'id="c.jpg" content-type="image/jpeg"',
    ],
    ['a.xml', '<d:image><office:binary-data>AAAA</office:binary-data></d:image>', undefined],
  ])('a picture within XML: %s', async (name, picture, attributes) => {
    const { texts, notes } = await readFile(name, `<?xml version="1.0"?><b><p>One.</p>${picture}<p>Two.</p></b>`);
    expect(texts).toEqual(['One.', ...(attributes === undefined ? [] : [attributes]), 'Two.']);
    expect(notes).toEqual(['PARTS_NOT_READ']);
  });

  test('what XML only calls so is its text', async () => {
    const { texts, notes } = await readFile('a.xml', '<?xml version="1.0"?><b><binary>yes</binary></b>');
    expect({ texts, notes }).toEqual({ texts: ['yes'], notes: [] });
  });
});
