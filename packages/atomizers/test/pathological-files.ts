import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { rawZipOf, tarOf } from './archive-support.ts';
import { corpusBytes } from './corpus-support.ts';
import { gzipOf, packageOf, type Repetition, zstdOf } from './pathological-archives.ts';
import { pdfOfPages } from './pdf-support.ts';

/** A file that takes long or much memory with an atomizer that isn't made for it. */
export interface PathologicalFile {
  readonly name: string;
  /** What there is so much of. */
  readonly what: string;
  /** @param length how large the file is to be, in bytes; it may be some more or less */
  make(length: number): Buffer | Promise<Buffer>;
}

const text =
  (piece: string, start = '', end = ''): PathologicalFile['make'] =>
  (length) =>
    Buffer.from(start + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end);
const whole =
  (piece: string, start = '', end = ''): PathologicalFile['make'] =>
  (length) =>
    Buffer.from(start + piece.repeat(Math.ceil(length / piece.length)) + end);

const mail = 'From: a@example.com\r\nMIME-Version: 1.0\r\n';

const texts: readonly (readonly [name: string, what: string, make: PathologicalFile['make']])[] = [
  ['a.txt', 'blank lines', text('\n')],
  ['a.txt', 'one line', text('x')],
  ['a.txt', 'CR alone', text('a\r')],
  ['a.txt', 'points', text('. ')],
  ['a.txt', 'words of all scripts', text('a б ב ا あ 字 ')],
  ['a.txt', 'Chinese of seven bits', text('~{VPND~}')],
  ['a.txt', 'marks of seven bits that open', text('~{')],
  ['a.md', 'blank lines', text('\n')],
  ['a.md', 'headings', text('# a\n')],
  ['a.md', 'fences', text('```\n')],
  ['a.md', 'open comments', text('<!-- ')],
  ['a.md', 'HTML blocks', text('<div>\n')],
  ['a.md', 'items in items', text('- ')],
  ['a.md', 'front matter without an end', text('a: b\n', '---\n')],
  ['a.csv', 'blank lines', text('\n', 'a,b\n')],
  ['a.csv', 'uneven rows', text('1,2,3\n', 'a,b\n')],
  ['a.csv', 'quotation marks', text('"', 'a,b\n')],
  ['a.csv', 'quotation marks that open', text('"x\n', 'a,b\n')],
  ['a.csv', 'delimiters', text(',', 'a,b\n')],
  ['a.csv', 'columns in the header', text('a,', '', '\n1,2\n')],
  ['a.csv', 'backslashes', text('\\', 'a,b\n"\\"')],
  ['a.csv', 'a title', text('1,Ann,Oslo\n', 'Report\n')],
  ['a.tsv', 'quotation marks', text('"a\t"b\n')],
  ['a.json', 'brackets', whole('[],', '[', '[]]')],
  ['a.json', 'escapes', whole('\\u00e9', '["', '"]')],
  ['a.json', 'members', whole('"a":1,', '{', '"b":2}')],
  ['a.ndjson', 'short lines', text('{}\n')],
  ['a.ndjson', 'records', text('{"a":1}\n')],
  ['a.ndjson', 'broken lines', text('{"a"\n')],
  ['a.html', 'elements that stay open', text('<b>')],
  ['a.html', 'paragraphs that stay open', text('<p><font>x')],
  ['a.html', 'end tags', text('</p>')],
  ['a.html', 'references', text('&nbsp;')],
  ['a.html', 'line breaks', text('<br>')],
  ['a.html', 'readings', text('<ruby>a<rt>b</rt></ruby>')],
  ['a.html', 'attributes', text(' a="b"', '<p')],
  ['a.html', 'elements in a table', text('<table><tr><td>')],
  ['a.html', 'formulas', text('<msup><mi>x</mi><mrow>a+b</mrow></msup>', '<math>')],
  ['a.html', 'formulas in formulas', text('<mfrac><mi>x</mi>', '<math>')],
  ['a.html', 'options', text('<option label=a>b')],
  ['a.html', 'readings alone', text('<rt>b</rt>')],
  ['a.html', 'pictures alone', text('<img alt=b>')],
  ['a.html', 'blanks in elements', text('<b> </b>', '<p>x')],
  ['a.html', 'frames', text('<iframe srcdoc="&lt;p&gt;a">')],
  ['a.xhtml', 'elements that close themselves', text('<i/>')],
  ['a.rtf', 'paragraphs', text('a\\par ', '{\\rtf1 ')],
  ['a.rtf', 'groups', text('{}', '{\\rtf1 ')],
  ['a.rtf', 'groups that stay open', text('{', '{\\rtf1 ')],
  ['a.rtf', 'notes', text('{\\footnote a}', '{\\rtf1 x')],
  ['a.rtf', 'fonts', text('{\\f1 a;}', '{\\rtf1{\\fonttbl ')],
  ['a.rtf', 'names of fonts', text('{\\f1{a}{b}', '{\\rtf1{\\fonttbl ')],
  ['a.rtf', 'pieces of an instruction', text('{a}', '{\\rtf1{\\field{\\*\\fldinst ')],
  ['a.rtf', 'formulas', text('{\\mf{\\mnum{\\mr a+b}}{\\mden{\\mr 2}}}', '{\\rtf1{\\mmath{\\*\\moMath ')],
  ['a.rtf', 'signs', text('{\\f1 a}', '{\\rtf1{\\fonttbl{\\f1\\fcharset2 Symbol;}}')],
  ['a.rtf', 'letters alone', text('a', '{\\rtf1 ')],
  ['a.rtf', 'bytes', text("\\'e9", '{\\rtf1 ')],
  ['a.eml', 'parts', text('--b\r\n\r\nx\r\n', `${mail}Content-Type: multipart/mixed; boundary=b\r\n\r\n`)],
  ['a.eml', 'parts in parts', nestedParts],
  ['a.eml', 'messages in messages', text('Content-Type: message/rfc822\r\n\r\n', mail)],
  ['a.eml', 'lines', text('Hello.\r\n', `${mail}\r\n`)],
  ['a.eml', 'files that have no end', text('begin 644 a\r\n#0V%T\r\n', `${mail}\r\n`)],
  ['a.eml', 'files', text('begin 644 a\r\n#0V%T\r\n`\r\nend\r\n', `${mail}\r\n`)],
  ['a.eml', 'short headers', text('A: b\r\n', mail)],
  ['a.eml', 'encoded words', text('=?utf-8?q?a?= ', `${mail}Subject: `)],
  ['a.eml', 'attachments', text(attachment(), `${mail}Content-Type: multipart/mixed; boundary=b\r\n\r\n`)],
  [
    'a.mht',
    'an encoded page',
    text('=3Cb=3E', `${mail}Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`),
  ],
  ['a.mbox', 'messages', text(`From a Fri Jan  2 03:04:05 2026\n${mail}\n`)],
  ['a.mbox', 'lines that are nearly a separator', text('From a\n', `From a Fri Jan  2 03:04:05 2026\n${mail}\n`)],
  ['a.xml', 'elements in elements', text('<b>x', '<a>')],
  ['a.xml', 'blanks', text(' ', '<a>x')],
  ['a.xml', 'attributes', text('<b a="1"/>', '<a>')],
  ['a.xml', 'attributes of one element', manyAttributes],
  ['a.xml', 'entities', text('<!ENTITY a "b">', '<!DOCTYPE a [')],
  ['a.svg', 'lines', text('a<br/>', '<svg><foreignObject><div>')],
  ['a.svg', 'texts', text('<text>a</text>', '<svg>')],
  ['a.srt', 'open tags', text('<b', '00:00:01,000 --> 00:00:02,000\n')],
  ['a.srt', 'lines in no cue', text('a\n\n', '00:00:01,000 --> 00:00:02,000\n')],
  ['a.srt', 'cues', text('00:00:01,000 --> 00:00:02,000\na\n\n')],
  ['a.vtt', 'lines of one cue', text('a\n', 'WEBVTT\n\n00:01.000 --> 00:02.000\n')],
  ['a.ipynb', 'cells', text('{"source":"a"},', '{"cells":[')],
  ['a.ipynb', 'lines of a cell', text('"a",', '{"cells":[{"source":[')],
  ['a.ipynb', 'outputs in HTML', text('{"data":{"text/html":"a"}},', '{"cells":[{"outputs":[')],
  ['a.ipynb', 'outputs', text('{"text":"a"},', '{"cells":[{"outputs":[')],
  ['a.py', 'blank lines', text('\n')],
  ['a.py', 'definitions', text('def f():\n\n')],
  [
    'a.doc',
    'a compound file of zeros',
    (length) => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(length)]),
  ],
  ['a.bin', 'zeros', (length) => Buffer.alloc(length)],
];

function nestedParts(length: number): Buffer {
  const levels: string[] = [];
  for (let level = 0, size = 0; size < length; level++) {
    const part = `Content-Type: multipart/mixed; boundary="${level}"\r\n\r\n--${level}\r\n`;
    levels.push(part);
    size += part.length;
  }
  return Buffer.from(mail + levels.join(''));
}

function attachment(): string {
  const zip = rawZipOf([{ name: 'a.csv', content: Buffer.from('a,b\n'.repeat(100)), method: 8 }]).toString('base64');
  return `--b\r\nContent-Disposition: attachment; filename=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${zip}\r\n`;
}

function manyAttributes(length: number): Buffer {
  const names = Array.from({ length: Math.ceil(length / 12) }, (_, index) => `a${index}="b"`);
  return Buffer.from(`<a ${names.join(' ')}/>`);
}

const xml = (noise: string): string => `<!--${noise}-->`;
const row = (noise: string): string => `${noise}\n`;
const start = '<?xml version="1.0" encoding="UTF-8"?>';
const rels = (type: string, target: string, id = 'r1'): string =>
  `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"/>`;
const relationships = (...each: readonly string[]): string =>
  `${start}<Relationships xmlns="http://x">${each.join('')}</Relationships>`;

const wordParts = { '_rels/.rels': relationships(rels('officeDocument', 'word/document.xml')) };
const slideParts = {
  '_rels/.rels': relationships(rels('officeDocument', 'ppt/presentation.xml')),
  'ppt/presentation.xml':
    '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="1" r:id="a"/></p:sldIdLst></p:presentation>',
  'ppt/_rels/presentation.xml.rels': relationships(rels('slide', 'slides/slide1.xml', 'a')),
};
const sheetParts = {
  '_rels/.rels': relationships(rels('officeDocument', 'xl/workbook.xml')),
  'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="s1"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels': relationships(
    rels('worksheet', 'worksheets/sheet1.xml', 's1'),
    rels('styles', 'styles.xml', 's2'),
    rels('sharedStrings', 'sharedStrings.xml', 's3'),
  ),
  'xl/sharedStrings.xml': `<sst><si><t>${'long '.repeat(1_000)}</t></si></sst>`,
  'xl/styles.xml': '<styleSheet/>',
  'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>',
};
const odf = (kind: string) => ({ mimetype: `application/vnd.oasis.opendocument.${kind}` });
const odfStart =
  '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d"><office:body>';
const bookParts = {
  mimetype: 'application/epub+zip',
  'META-INF/container.xml': '<c><rootfiles><rootfile full-path="a.opf"/></rootfiles></c>',
  'a.opf': '<package><manifest><item id="1" href="1.xhtml"/></manifest><spine><itemref idref="1"/></spine></package>',
  '1.xhtml': '<html><body><p>a</p></body></html>',
};

type Part = readonly [
  file: string,
  what: string,
  part: string,
  text: Repetition,
  others: Readonly<Record<string, string>>,
];

function part(
  file: string,
  what: string,
  path: string,
  open: string,
  piece: string,
  others: Readonly<Record<string, string>>,
): Part {
  return [file, what, path, { start: open, piece, salt: xml }, others];
}

const sheet = 'xl/worksheets/sheet1.xml';
const sheetStart = `${start}<worksheet><sheetData>`;
const documentStart = `${start}<w:document xmlns:w="w"><w:body>`;
const slideStart = `${start}<p:sld xmlns:p="p" xmlns:a="a">`;

const parts: readonly Part[] = [
  part('a.docx', 'paragraphs', 'word/document.xml', documentStart, '<w:p><w:r><w:t>a</w:t></w:r></w:p>', wordParts),
  part('a.docx', 'empty elements', 'word/document.xml', documentStart, '<w:p/>', wordParts),
  part(
    'a.docx',
    'runs of one paragraph',
    'word/document.xml',
    `${documentStart}<w:p>`,
    '<w:r><w:t>a</w:t></w:r>',
    wordParts,
  ),
  part(
    'a.docx',
    'fields',
    'word/document.xml',
    `${documentStart}<w:p>`,
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>SYMBOL 97</w:instrText></w:r>',
    wordParts,
  ),
  part('a.docx', 'tab stops', 'word/document.xml', `${documentStart}<w:p>`, '<w:r><w:tab/></w:r>', wordParts),
  part('a.docx', 'relationships', 'word/_rels/document.xml.rels', '<Relationships>', rels('image', 'a'), {
    ...wordParts,
    'word/document.xml': '<w:document xmlns:w="w"><w:body/></w:document>',
  }),
  part(
    'a.docx',
    'styles',
    'word/styles.xml',
    '<w:styles xmlns:w="w">',
    '<w:style w:styleId="a"><w:name w:val="b"/></w:style>',
    {
      ...wordParts,
      'word/document.xml': '<w:document xmlns:w="w"><w:body/></w:document>',
    },
  ),
  part('a.pptx', 'paragraphs', 'ppt/slides/slide1.xml', slideStart, '<a:p><a:r><a:t>a</a:t></a:r></a:p>', slideParts),
  part(
    'a.pptx',
    'formulas',
    'ppt/slides/slide1.xml',
    `${slideStart}<a:p><m:oMath xmlns:m="m">`,
    '<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>a+b</m:t></m:r></m:sup></m:sSup>',
    slideParts,
  ),
  part('a.pptx', 'runs', 'ppt/slides/slide1.xml', `${slideStart}<a:p>`, '<a:r><a:t>a</a:t></a:r>', slideParts),
  part(
    'a.pptx',
    'slides that are the same',
    'ppt/presentation.xml',
    '<p:presentation xmlns:p="p" xmlns:r="r">',
    '<p:sldId id="1" r:id="a"/>',
    {
      ...slideParts,
      'ppt/slides/slide1.xml': `${slideStart}<a:p><a:r><a:t>a</a:t></a:r></a:p></p:sld>`,
    },
  ),
  part('a.xlsx', 'rows of a number', sheet, sheetStart, '<row><c><v>1</v></c></row>', sheetParts),
  part('a.xlsx', 'empty rows', sheet, sheetStart, '<row/>', sheetParts),
  part('a.xlsx', 'cells of one row', sheet, `${sheetStart}<row>`, '<c><v>1</v></c>', sheetParts),
  part('a.xlsx', 'rows of a long shared text', sheet, sheetStart, '<row><c t="s"><v>0</v></c></row>', sheetParts),
  part('a.xlsx', 'rows of a last cell', sheet, sheetStart, '<row><c r="XFD1"><v>1</v></c></row>', sheetParts),
  part(
    'a.xlsx',
    'runs of one cell',
    sheet,
    `${sheetStart}<row><c t="inlineStr"><is>`,
    '<r><t>long long text</t></r>',
    sheetParts,
  ),
  part('a.xlsx', 'shared texts', 'xl/sharedStrings.xml', '<sst>', '<si><t>a</t></si>', sheetParts),
  part(
    'a.xlsx',
    'runs of a shared text',
    'xl/sharedStrings.xml',
    '<sst><si>',
    '<r><t>long long text</t></r>',
    sheetParts,
  ),
  part('a.xlsx', 'styles', 'xl/styles.xml', '<styleSheet><cellXfs>', '<xf/>', sheetParts),
  part(
    'a.xlsx',
    'sheets',
    'xl/workbook.xml',
    '<workbook xmlns:r="r"><sheets>',
    '<sheet name="S" r:id="s1"/>',
    sheetParts,
  ),
  part('a.xlsx', 'relationships', 'xl/_rels/workbook.xml.rels', '<Relationships>', rels('worksheet', 'a'), sheetParts),
  part('a.odt', 'paragraphs', 'content.xml', `${start}${odfStart}`, '<text:p>a</text:p>', odf('text')),
  part(
    'a.odt',
    'spans of one paragraph',
    'content.xml',
    `${start}${odfStart}<text:p>`,
    '<text:span>a</text:span>',
    odf('text'),
  ),
  part(
    'a.odt',
    'notes',
    'content.xml',
    `${start}${odfStart}<text:p>`,
    '<text:note><text:p>a</text:p></text:note>',
    odf('text'),
  ),
  part('a.odt', 'formulas', 'content.xml', `${start}<math>`, '<msup><mi>x</mi><mi>a+b</mi></msup>', odf('text')),
  part(
    'a.odt',
    'controls',
    'content.xml',
    `${start}${odfStart}<office:forms xmlns:form="f">`,
    '<form:checkbox form:label="a"/>',
    odf('text'),
  ),
  part('a.odt', 'blanks', 'content.xml', `${start}${odfStart}<text:p>`, '<text:s text:c="1000"/>', odf('text')),
  part(
    'a.ods',
    'rows that repeat',
    'content.xml',
    `${start}${odfStart}<table:table>`,
    '<table:table-row table:number-rows-repeated="9999"><table:table-cell table:number-columns-repeated="9999"><text:p>a</text:p></table:table-cell></table:table-row>',
    odf('spreadsheet'),
  ),
  part(
    'a.ods',
    'empty rows',
    'content.xml',
    `${start}${odfStart}<table:table>`,
    '<table:table-row/>',
    odf('spreadsheet'),
  ),
  part(
    'a.ods',
    'cells of one row',
    'content.xml',
    `${start}${odfStart}<table:table><table:table-row>`,
    '<table:table-cell table:number-columns-repeated="9"><text:p>a</text:p></table:table-cell>',
    odf('spreadsheet'),
  ),
  part(
    'a.ods',
    'paragraphs of one cell',
    'content.xml',
    `${start}${odfStart}<table:table><table:table-row><table:table-cell>`,
    '<text:p>long long text</text:p>',
    odf('spreadsheet'),
  ),
  part('a.ods', 'tables', 'content.xml', `${start}${odfStart}`, '<table:table table:name="a"/>', odf('spreadsheet')),
  part('a.epub', 'paragraphs of a chapter', '1.xhtml', '<html><body>', '<p>a</p>', bookParts),
  part('a.epub', 'items', 'a.opf', '<package><manifest>', '<item id="1" href="1.xhtml"/>', bookParts),
  part(
    'a.epub',
    'chapters that are the same',
    'a.opf',
    '<package><manifest><item id="1" href="1.xhtml"/></manifest><spine>',
    '<itemref idref="1"/>',
    bookParts,
  ),
  part('a.epub', 'encrypted parts', 'META-INF/encryption.xml', '<e>', '<CipherReference URI="b"/>', bookParts),
];

const small: Readonly<Record<string, Buffer>> = {
  'a.docx': corpusBytes('report.docx'),
  'a.csv': Buffer.from('a,b\n1,2\n'),
  'a.gz': gzipSync('a'),
};

function zipOfMany(name: string): PathologicalFile['make'] {
  return (length) => {
    const content = small[name] ?? Buffer.alloc(0);
    const one = rawZipOf([{ name, content, method: 8 }]).length;
    const entries = Array.from({ length: Math.ceil(length / one) }, (_, index) => ({
      name: `${index} ${name}`,
      content,
      method: 8,
    }));
    return rawZipOf(entries);
  };
}

const archives: readonly (readonly [name: string, what: string, make: PathologicalFile['make']])[] = [
  ['a.zip', 'CSV of blank lines', (length) => packageOf('a.csv', { start: 'a,b\n', piece: '\n', salt: row }, length)],
  [
    'a.zip',
    'empty files',
    (length) =>
      rawZipOf(
        Array.from({ length: Math.ceil(length / 110) }, (_, index) => ({ name: `${index}`, content: Buffer.alloc(0) })),
      ),
  ],
  ...Object.keys(small).map((name) => ['a.zip', `small files ${name}`, zipOfMany(name)] as const),
  [
    'a.tar',
    'empty files',
    (length) => tarOf(Array.from({ length: Math.ceil(length / 512) }, (_, index) => ({ path: `${index}` }))),
  ],
  ['a.csv.gz', 'blank lines', (length) => gzipOf({ start: 'a,b\n', piece: '\n', salt: row }, length)],
  ['a.csv.gz', 'rows', (length) => gzipOf({ start: 'a,b\n', piece: '1,2\n', salt: row }, length)],
  ['a.ndjson.gz', 'records', (length) => gzipOf({ piece: '{"a":1}\n', salt: (noise) => `"${noise}"\n` }, length)],
  [
    'a.json.gz',
    'values',
    (length) => gzipOf({ start: '[', piece: '1,', salt: (noise) => `"${noise}",`, end: '1]' }, length),
  ],
  ['a.txt.gz', 'blank lines', (length) => gzipOf({ piece: '\n', salt: row }, length)],
  ['a.txt.gz', 'a line', (length) => gzipOf({ piece: 'x', salt: (noise) => noise }, length)],
  ['a.txt.gz', 'sentences', (length) => gzipOf({ piece: 'A. ', salt: row }, length)],
  ['a.md.gz', 'headings', (length) => gzipOf({ piece: '# a\n', salt: row }, length)],
  ['a.html.gz', 'paragraphs', (length) => gzipOf({ start: '<!doctype html>', piece: '<p>a', salt: xml }, length)],
  ['a.xml.gz', 'elements', (length) => gzipOf({ start: '<a>', piece: '<b>a</b>', salt: xml }, length)],
  [
    'a.rtf.gz',
    'paragraphs',
    (length) => gzipOf({ start: '{\\rtf1 ', piece: 'a\\par ', salt: (noise) => noise }, length),
  ],
  [
    'a.mbox.gz',
    'lines',
    (length) => gzipOf({ start: `From a Fri Jan  2 03:04:05 2026\n${mail}\n`, piece: 'a\n', salt: row }, length),
  ],
  ['a.srt.gz', 'cues', (length) => gzipOf({ piece: '00:00:01,000 --> 00:00:02,000\na\n\n', salt: row }, length)],
  ['a.bin.gz', 'zeros', (length) => gzipOf({ piece: '\0', salt: (noise) => noise }, length)],
  ['a.gz', 'members', (length) => repeated(gzipSync(''), length)],
  ['a.csv.zst', 'blank lines', (length) => zstdOf({ start: 'a,b\n', piece: '\n', salt: row }, length)],
  ['a.zst', 'frames', (length) => repeated(zstdCompressSync('a'), length)],
  ['a.csv.bz2', 'blank lines', (length) => repeated(compressedFile('blank-lines.csv.bz2'), length)],
  ['a.csv.xz', 'blank lines', (length) => repeated(compressedFile('blank-lines.csv.xz'), length)],
  [
    'a.tgz',
    'empty files',
    async (length) =>
      gzipSync(tarOf(Array.from({ length: Math.ceil(length / 20) }, (_, index) => ({ path: `${index}` })))),
  ],
];

function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / bytes.length) }, () => bytes));
}

/** How it is made is in its name; Node can't make it. */
function compressedFile(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'compressed', name));
}

const page = (text: string): Buffer => deflateSync(Buffer.from(`BT /F1 12 Tf ${text}ET`));
const line = '1 0 0 1 72 200 Tm (a) Tj ';

const pdfs: readonly (readonly [name: string, what: string, make: PathologicalFile['make']])[] = [
  ['a.pdf', 'pages', (length) => pdfOfPages(page(line), length / 160)],
  ['a.pdf', 'lines of one page', (length) => pdfOfPages(page(line.repeat(length / line.length)), 1)],
  ['a.pdf', 'pages of many lines', (length) => pdfOfPages(page(line.repeat(100)), length / 160)],
];

const entry = (name: string, what: string, make: PathologicalFile['make']): PathologicalFile => ({ name, what, make });

/** Files for every atomizer. */
export const pathologicalFiles: readonly PathologicalFile[] = [
  ...[...texts, ...archives, ...pdfs].map(([name, what, make]) => entry(name, what, make)),
  ...parts.map(([file, what, path, repetition, others]) =>
    entry(file, what, (length) => {
      const { [path]: _, ...rest } = others;
      return packageOf(path, repetition, length, rest);
    }),
  ),
];
