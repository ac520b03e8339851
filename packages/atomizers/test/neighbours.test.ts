import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomizeWithNotes } from './atomize-support.ts';
import { docxOf } from './docx-support.ts';
import { pdfOfObjects } from './pdf-support.ts';

/** Files beside those of `test/field`: of the same kinds, and wrong before the kind was fixed. */
async function read(name: string, bytes: Buffer | string) {
  const { drafts, ...rest } = await atomizeWithNotes(bytesSource(name, Buffer.from(bytes)));
  const parents = new Set(drafts.map(({ parent }) => parent));
  const leaves = drafts.filter(({ ordinal }) => !parents.has(ordinal));
  return {
    ...rest,
    texts: drafts.filter(({ parent }) => parent === null).map(({ canonicalText }) => canonicalText),
    leaves: leaves.map(({ atomType, canonicalText }) => `${atomType}: ${canonicalText}`),
    values: drafts.flatMap(({ values }) => (values === null ? [] : [values])),
  };
}

describe('encodings', () => {
  test.each([
    ['Czech', 'windows-1250', 'Příliš žluťoučký kůň, dlouhý český text.'],
    ['Polish', 'windows-1250', 'Łódź, Częstochowa, Żywiec.'],
    ['Polish, as Linux had it', 'iso-8859-2', 'Święty Mikołaj mieszka w Łodzi, ale chętnie jeździ też za granicę.'],
    ['Lithuanian', 'windows-1257', 'Ąžuolas ir šermukšnis augo prie upės. Čia gyveno žmonės.'],
    ['French', 'windows-1252', 'Élève à l’école, « où » est-ce ? Œuvre d’été, 50 £ et 3 m².'],
    ['Spanish', 'windows-1252', '¿Dónde está? ¡Mañana! El niño cumplió 5 años. 1ª planta.'],
  ])('%s in %s', async (_, encoding, text) => {
    const { texts, notes } = await read('a.txt', iconv.encode(text, encoding));
    expect(texts).toEqual([text]);
    expect(notes).toEqual(['ENCODING_GUESSED']);
  });

  test('letters of UTF-16 whose bytes are numbers of control characters aren’t such', async () => {
    const bom = Buffer.from('\ufeffПривет, Łódź.\n', 'utf16le');
    expect(await read('a.txt', bom)).toMatchObject({ texts: ['Привет, Łódź.'], notes: [] });
    const withControl = Buffer.from('\ufeffab\u0001 мир.\n', 'utf16le');
    expect((await read('a.txt', withControl)).notes).toEqual(['CONTROL_CHARACTERS']);
  });
});

describe('CSV', () => {
  test('a title that is as wide as the table, as spreadsheets write it', async () => {
    const { leaves, values } = await read('a.csv', 'Umsatz;;\n;;\nRegion;Q1;Q2\nNord;1;2\nSüd;3;4\n');
    expect(leaves.slice(0, 3)).toEqual(['csv-title: Umsatz;;', 'csv-title: ;;', 'csv-header: Region;Q1;Q2']);
    expect(values[1]).toEqual({ Region: 'Süd', Q1: '3', Q2: '4' });
  });

  test('rows without a header whose first has blank cells are rows', async () => {
    const { values } = await read('a.csv', '7,,\n8,1,2\n9,3,4\n');
    expect(values).toHaveLength(3);
  });

  test.each([
    ['comments with delimiters', '# Source: WHO, 2020, rev 3\n# loaded 2026\ncountry,cases\nNorway,5\nSweden,6\n', 2],
    ['a header that begins as comments do', '#id,name\n1,Ann\n2,Bob\n', 0],
    ['hashtags', 'tag,uses\n#one,5\n#two,6\n', 0],
  ])('%s before the table', async (_, text, titles) => {
    const { leaves } = await read('a.csv', text);
    expect(leaves.findIndex((leaf) => leaf.startsWith('csv-header'))).toBe(titles);
  });

  test('a boolean is not a column name', async () => {
    expect((await read('a.csv', 'true,Ann\nfalse,Bob\n')).values).toHaveLength(2);
  });

  test('a quotation mark that is never closed costs nothing but its note, in files of many values’ size either', async () => {
    const bytes = Buffer.from(`id,text\n1,"open\n${'2,plain\n'.repeat(20_000)}`);
    const limits = { maxValueBytes: 65_536 };
    const file = await createDefaultRegistry().atomize(bytesSource('a.csv', bytes), { limits });
    const rows: unknown[] = [];
    for await (const { values } of file.drafts) if (values !== null) rows.push(values);
    expect(rows).toHaveLength(20_001);
    expect(rows.slice(0, 2)).toEqual([
      { id: '1', text: '"open' },
      { id: '2', text: 'plain' },
    ]);
    expect(file.reading().notes).toMatchObject([{ code: 'RECORDS_NOT_READ', count: 1 }]);
  });

  test('blanks before a quotation mark', async () => {
    const { values, notes } = await read('a.csv', 'a, b, c\n1, "x, ""y""", 3\n4, "z" , 6\n');
    expect(values).toEqual([
      { a: '1', b: 'x, "y"', c: ' 3' },
      { a: '4', b: 'z', c: ' 6' },
    ]);
    expect(notes).toEqual([]);
  });
});

describe('delimited text', () => {
  test.each([
    [
      'a header without a column for the names of rows',
      '"name","city"\n"1","Ann","Oslo"\n"2","Bob","Rome"\n',
      { 'column 1': '1', name: 'Ann', city: 'Oslo' },
    ],
    [
      'rows that end with a delimiter, and a header that doesn’t',
      'a;b\n1;2;\n3;4;\n',
      { a: '1', b: '2', 'column 3': '' },
    ],
    ['carets', 'a^b^c\n1^x, y^3\n4^z^6\n', { a: '1', b: 'x, y', c: '3' }],
    ['tildes', 'id~name\n1~Ann\n2~Bob\n', { id: '1', name: 'Ann' }],
    ['unit separators', 'id\u001fname\n1\u001fAnn\n', { id: '1', name: 'Ann' }],
  ])('%s', async (_, text, first) => {
    expect((await read('a.csv', text)).values[0]).toEqual(first);
  });
});

describe('Word', () => {
  const run = (text: string) => `<m:r><m:t>${text}</m:t></m:r>`;
  const part = (name: string, text: string) => `<m:${name}>${run(text)}</m:${name}>`;
  const chr = (name: string, value: string) => `<m:${name} m:val="${value}"/>`;
  test.each([
    ['brackets', `<m:r><m:t>f</m:t></m:r><m:d>${part('e', 'x')}</m:d>`, 'f(x)'],
    [
      'other brackets',
      `<m:d><m:dPr>${chr('begChr', '[')}${chr('sepChr', ',')}${chr('endChr', '[')}</m:dPr>${part('e', '0')}${part('e', '1')}</m:d>`,
      '[0,1[',
    ],
    [
      'a system of one bracket',
      `<m:d><m:dPr>${chr('begChr', '{')}${chr('endChr', '')}</m:dPr><m:e><m:eqArr>${part('e', 'x=1')}${part('e', 'y=2')}</m:eqArr></m:e></m:d>`,
      '{x=1\ny=2',
    ],
    [
      'roots',
      `<m:rad><m:deg/>${part('e', 'x')}</m:rad><m:rad>${part('deg', '3')}${part('e', 'a+b')}</m:rad>`,
      '√x³√(a+b)',
    ],
    [
      'a sum',
      `<m:nary><m:naryPr>${chr('chr', '∑')}</m:naryPr>${part('sub', 'i=1')}${part('sup', 'n')}${part('e', 'i')}</m:nary>`,
      '∑_(i=1)^n i',
    ],
    ['an integral, whose sign is left out', `<m:nary><m:sub/><m:sup/>${part('e', 'x')}</m:nary>`, '∫x'],
    [
      'a matrix',
      `<m:m><m:mr>${part('e', '1')}${part('e', '0')}</m:mr><m:mr>${part('e', '0')}${part('e', '1')}</m:mr></m:m>`,
      '1 0; 0 1',
    ],
    [
      'a limit',
      `<m:func><m:fName><m:limLow>${part('e', 'lim')}${part('lim', 'x→0')}</m:limLow></m:fName>${part('e', 'f')}</m:func>`,
      'lim_(x→0) f',
    ],
    ['an accent', `<m:acc>${part('e', 'x')}</m:acc>`, 'x\u0302'],
    [
      'a quotient of a power',
      `<m:f><m:num><m:sSup>${part('e', 'x')}${part('sup', '2')}</m:sSup></m:num>${part('den', '2')}</m:f>`,
      'x^2/2',
    ],
  ])('formulas: %s', async (_, formula, text) => {
    const math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"';
    expect((await read('a.docx', docxOf({ body: `<w:p><m:oMath ${math}>${formula}</m:oMath></w:p>` }))).texts).toEqual([
      text,
    ]);
  });

  test.each([
    [
      'a reading beside characters',
      '<w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby>',
      '東京(とうきょう)',
    ],
    [
      'words along a line',
      '<w:pict><v:shape xmlns:v="v"><v:textpath string="Big Title"/></v:shape></w:pict>',
      'Big Title',
    ],
    [
      'an emoji without a fallback',
      '<mc:AlternateContent xmlns:mc="c"><mc:Choice Requires="e"><e:symEx xmlns:e="e" e:font="Segoe UI Emoji" e:char="1F60A"/></mc:Choice></mc:AlternateContent>',
      '😊',
    ],
  ])('%s', async (_, inRun, text) => {
    expect((await read('a.docx', docxOf({ body: `<w:p><w:r>${inRun}</w:r></w:p>` }))).texts).toEqual([text]);
  });
});

describe('mail', () => {
  test('a message of few headers, named so', async () => {
    expect((await read('a.eml', 'Subject: only\n\nBody: é\n')).texts).toEqual(['only', 'Body: é']);
    const latin = Buffer.from(
      'From: a@example.com\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nCaf\xe9.\r\n',
      'latin1',
    );
    expect(await read('a.eml', latin)).toMatchObject({
      atomizer: 'mail',
      texts: ['a@example.com', 'Café.'],
      notes: [],
    });
    expect((await read('a.txt', 'Subject: only\n\nBody.\n')).atomizer).toBe('text');
  });

  test('a message of Apple’s Mail', async () => {
    const message = 'From: a@example.com\nSubject: Apple\n\nText.\n';
    const { texts } = await read(
      'a.emlx',
      `${String(message.length).padEnd(10)}\n${message}<?xml version="1.0"?><plist/>\n`,
    );
    expect(texts).toEqual(['Apple', 'Text.']);
  });

  test('a line of a message that begins as the separator of mailboxes does', async () => {
    const from = 'From a@example.com Fri Jan  2 03:04:05 2026\n';
    const { leaves } = await read(
      'a.mbox',
      `${from}Subject: One\n\nFrom nowhere\n\nFrom 1999 until 2026 it was so.\n\n${from}Subject: Two\n\nBody.\n`,
    );
    expect(leaves).toEqual([
      'mail-header: One',
      'paragraph: From nowhere',
      'paragraph: From 1999 until 2026 it was so.',
      'mail-header: Two',
      'paragraph: Body.',
    ]);
  });

  test('what is encrypted is noted', async () => {
    const armour = '-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n';
    expect((await read('a.asc', armour)).notes).toEqual(['FORMAT_NOT_READ']);
    expect((await read('a.eml', `From: a@example.com\nSubject: x\n\n${armour}`)).notes).toEqual(['FORMAT_NOT_READ']);
  });

  test('a signature is nothing to read', async () => {
    const part = (head: string, body: string): string => `--b\r\nContent-Type: ${head}\r\n\r\n${body}\r\n`;
    const signed = `From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n${part('text/plain', 'Signed.')}${part('application/pgp-signature; name=signature.asc', 'x')}--b--\r\n`;
    expect(await read('a.eml', signed)).toMatchObject({ texts: ['a@example.com', 'Signed.'], notes: [] });
  });
});

test('WebVTT writes some characters as references', async () => {
  const { texts } = await read('a.vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\n<i>Q&amp;A</i> &lt;b&gt;\n');
  expect(texts).toEqual(['Q&A <b>']);
});

describe('PDF', () => {
  const stream = (text: string, entries = ''): Buffer =>
    Buffer.from(`<< /Length ${Buffer.byteLength(text)} ${entries} >>\nstream\n${text}\nendstream`);
  const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
  const page = (
    content: string,
    annotations: readonly (string | Buffer)[] = [],
    font: readonly string[] = [helvetica],
  ) =>
    pdfOfObjects(
      [
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${annotations.map((_, index) => `${5 + font.length + index} 0 R`).join(' ')}] >>`,
        stream(`BT /F1 12 Tf ${content} ET`),
        ...font,
        ...annotations,
      ].map((object) => Buffer.from(object)),
    );

  test('words that are set apart keep what is between them', async () => {
    const { texts } = await read('a.pdf', page('2 Tc 72 700 Td (HEADING TEXT HERE) Tj'));
    expect(texts).toEqual(['HEADING TEXT HERE']);
  });

  test('words that are drawn twice to be bold are there once', async () => {
    const { texts } = await read(
      'a.pdf',
      page('1 0 0 1 72 700 Tm (Bold words.) Tj 1 0 0 1 72.3 700 Tm (Bold words.) Tj'),
    );
    expect(texts).toEqual(['Bold words.']);
  });

  test('files and formatted text that hang on a page, and a value that only its drawing has', async () => {
    const rect = '/Rect [10 10 100 30]';
    const bytes = page('72 700 Td (Page.) Tj', [
      `<< /Type /Annot /Subtype /FileAttachment /FS << /Type /Filespec /F (a.csv) /EF << /F 7 0 R >> >> ${rect} >>`,
      stream('x,y\n1,2\n', '/Type /EmbeddedFile'),
      `<< /Type /Annot /Subtype /FreeText /DA (/Helv 12 Tf) /RC (<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml"><p>Typed</p></body>) ${rect} >>`,
      `<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) ${rect} /AP << /N 10 0 R >> >>`,
      stream(
        '/Tx BMC BT /F1 12 Tf 2 2 Td (Only drawn) Tj ET EMC',
        '/Type /XObject /Subtype /Form /BBox [0 0 90 20] /Resources << /Font << /F1 5 0 R >> >>',
      ),
    ]);
    const { leaves } = await read('a.pdf', bytes);
    expect(leaves).toEqual([
      'paragraph: Page.',
      'annotation: Typed',
      'form-field: Only drawn',
      'csv-header: x,y',
      'csv-row: 1,2',
    ]);
  });

  test('a drawing within the page begins a line of its own', async () => {
    const drawing = stream(
      'BT /F1 12 Tf 10 10 Td (Drawn apart.) Tj ET',
      '/Type /XObject /Subtype /Form /BBox [0 0 300 50] /Resources << /Font << /F1 5 0 R >> >>',
    );
    const content = '72 700 Td (First line.) Tj ET q 1 0 0 1 72 300 cm /X1 Do Q q 1 0 0 1 300 690 cm /X1 Do Q BT';
    const bytes = page(content, [], [helvetica, drawing.toString()]).toString('latin1');
    const withDrawing = bytes.replace(
      '/Font << /F1 5 0 R >> >> /Annots',
      '/Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> /Annots',
    );
    const { leaves } = await read('a.pdf', Buffer.from(withDrawing, 'latin1'));
    expect(leaves).toEqual(['paragraph: First line.', 'paragraph: Drawn apart.', 'paragraph: Drawn apart.']);
  });

  test('stamps and signatures that are only drawn, choices as they are shown, and no passwords', async () => {
    const rect = '/Rect [10 10 100 30]';
    const appearance = (text: string) =>
      stream(
        `BT /F1 12 Tf 2 2 Td (${text}) Tj 0 -14 Td [(20) -500 (26)] TJ ET`,
        '/Type /XObject /Subtype /Form /BBox [0 0 90 20] /Resources << /Font << /F1 5 0 R >> >>',
      );
    const bytes = page('72 700 Td (Page.) Tj', [
      `<< /Type /Annot /Subtype /Stamp ${rect} /AP << /N 10 0 R >> >>`,
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) ${rect} /AP << /N 11 0 R >> >>`,
      `<< /Type /Annot /Subtype /Widget /FT /Ch /T (c) ${rect} /Opt [[(1) (Red)] [(2) (Blue)]] /V (2) >>`,
      `<< /Type /Annot /Subtype /Widget /FT /Tx /Ff 8192 /T (p) ${rect} /V (secret) >>`,
      appearance('PAID'),
      appearance('Signed by Ann'),
    ]);
    const { leaves } = await read('a.pdf', bytes);
    expect(leaves).toEqual([
      'paragraph: Page.',
      'annotation: PAID\n20 26',
      'form-field: Signed by Ann\n20 26',
      'form-field: Blue',
    ]);
  });

  test('a font of one collection of characters that is encoded by another one', async () => {
    const font = [
      '<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>',
      '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (CNS1) /Supplement 1 >> /FontDescriptor 7 0 R >>',
      '<< /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
    ];
    const code = Buffer.from('這是文件', 'utf16le').swap16().toString('hex');
    expect((await read('a.pdf', page(`72 700 Td <${code}> Tj`, [], font))).texts).toEqual(['這是文件']);
  });
});
