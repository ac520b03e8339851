import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { AtomDraft } from '../src/atomizer.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';
import type { FileReading } from '../src/notes.ts';
import { bytesSource } from '../src/source-reading.ts';
import { tarOf, zipOf } from './archive-support.ts';
import { slicedSource } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

interface Read {
  readonly atomizer: string;
  readonly drafts: readonly AtomDraft[];
  readonly reading: FileReading;
  /** Types and texts of what has no parent. */
  readonly blocks: readonly (readonly [string, string | null])[];
}

/** Reads a file in one piece and in small ones, which must be the same. */
async function read(name: string, bytes: Buffer | string): Promise<Read> {
  const data = Buffer.from(bytes);
  const [whole, sliced] = await Promise.all(
    [bytesSource(name, data), slicedSource(name, data, [1, 777, 3])].map(async (source) => {
      const file = await createDefaultRegistry().atomize(source);
      const drafts: AtomDraft[] = [];
      for await (const draft of file.drafts) drafts.push(draft);
      return { atomizer: file.atomizer.name, drafts, reading: file.reading() };
    }),
  );
  expect(sliced).toEqual(whole);
  expectInvariants(whole!.drafts);
  const blocks = whole!.drafts
    .filter(({ parent }) => parent === null)
    .map(({ atomType, canonicalText }) => [atomType, canonicalText] as const);
  return { ...whole!, blocks };
}

const xml = (root: string): string => `<?xml version="1.0" encoding="UTF-8"?>${root}`;
const relationships = (...targets: readonly (readonly [id: string, type: string, target: string])[]): string =>
  xml(
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
      .map(([id, type, target]) => `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"/>`)
      .join('')}</Relationships>`,
  );

function workbook(rows: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return zipOf({
    '_rels/.rels': relationships(['r1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': xml(
      '<workbook xmlns:r="r"><sheets><sheet name="People" sheetId="1" r:id="s1"/></sheets></workbook>',
    ),
    'xl/_rels/workbook.xml.rels': relationships(
      ['s1', 'worksheet', 'worksheets/sheet1.xml'],
      ['s2', 'styles', 'styles.xml'],
      ['s3', 'sharedStrings', '/xl/sharedStrings.xml'],
    ),
    'xl/sharedStrings.xml': xml(
      '<sst><si><t>name</t></si><si><r><t>Zo</t></r><r><t>ë</t></r><rPh><t>ruby</t></rPh></si><si><t>born</t></si><si><t>paid</t></si></sst>',
    ),
    'xl/styles.xml': xml(
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="46"/></cellXfs></styleSheet>',
    ),
    'xl/worksheets/sheet1.xml': xml(`<worksheet><sheetData>${rows}</sheetData></worksheet>`),
    ...more,
  });
}

const header = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c><c r="C1" t="s"><v>3</v></c></row>';

describe('xlsx', () => {
  test('rows have their names, dates are dates, and shared texts are joined without readings', async () => {
    const rows = `${header}<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>45293</v></c><c r="C2"><v>0.30000000000000004</v></c></row>
      <row r="4"><c r="A4" t="inlineStr"><is><t>Ann "A"</t></is></c><c r="B4" s="2"><v>45293.5</v></c><c r="C4" t="b"><v>1</v></c><c r="E4" s="3"><v>2.5</v></c></row>
      <row r="5"><c r="A5" t="str"><f>A4</f><v>Bob</v></c><c r="C5" s="4"><v>1.5</v></c></row>`;
    const { atomizer, blocks, drafts, reading } = await read('people.xlsx', workbook(rows));
    expect(atomizer).toBe('xlsx');
    expect(blocks).toEqual([
      ['sheet-header', 'name\tborn\tpaid'],
      ['sheet-row', 'Zoë\t2024-01-02\t0.3'],
      ['sheet-row', '"Ann ""A"""\t2024-01-02T12:00:00\tTRUE\t\t2.5'],
      ['sheet-row', 'Bob\t\t36:00:00'],
    ]);
    expect(drafts[2]).toMatchObject({
      metadata: { sheet: 'People', row: 4 },
      values: { name: 'Ann "A"', born: '2024-01-02T12:00:00', paid: 'TRUE', 'column 5': '2.5' },
    });
    expect(reading).toMatchObject({
      notes: [],
      tables: [{ name: 'people.xlsx: People', columns: ['name', 'born', 'paid'] }],
    });
  });

  test('comments, text boxes and charts of a sheet are read', async () => {
    const more = {
      'xl/worksheets/_rels/sheet1.xml.rels': relationships(
        ['a', 'comments', '../comments1.xml'],
        ['b', 'drawing', '../drawings/drawing1.xml'],
      ),
      'xl/comments1.xml': xml('<comments><comment ref="A1"><text><r><t>Ask Bob.</t></r></text></comment></comments>'),
      'xl/drawings/drawing1.xml': xml('<d xmlns:a="a"><a:p><a:r><a:t>In a box</a:t></a:r></a:p></d>'),
      'xl/drawings/_rels/drawing1.xml.rels': relationships(['c', 'chart', '../charts/chart1.xml']),
      'xl/charts/chart1.xml': xml('<c xmlns:a="a"><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c>'),
    };
    const { blocks } = await read('a.xlsx', workbook(header, more));
    expect(blocks.slice(1).map(([, text]) => text)).toEqual(['Ask Bob.', 'In a box', 'Sales']);
  });

  test('rows of one cell in the last column do not make a file endless', async () => {
    const wide = workbook('<row><c r="XFD1"><v>1</v></c></row>'.repeat(2_000));
    await expect(read('a.xlsx', wide)).rejects.toMatchObject({ code: 'TOO_MANY_ATOMS' });
  });

  test('days of 1904, the day that 1900 had too much, and a workbook without a header', async () => {
    const main = xml(
      '<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="S" r:id="s1"/></sheets></workbook>',
    );
    const rows = '<row><c s="1"><v>0</v></c><c><v>5</v></c></row><row><c s="1"><v>1462</v></c><c><v>6</v></c></row>';
    const { blocks } = await read('a.xlsx', workbook(rows, { 'xl/workbook.xml': main }));
    expect(blocks.map(([, text]) => text)).toEqual(['1904-01-01\t5', '1908-01-02\t6']);
    const old = await read('b.xlsx', workbook('<row><c s="1"><v>59</v></c></row><row><c s="1"><v>61</v></c></row>'));
    expect(old.blocks.map(([, text]) => text)).toEqual(['1900-02-28', '1900-03-01']);
  });
});

test('pptx: slides in their order, titles as headings, tables, notes', async () => {
  const text = (words: string): string => `<a:p><a:r><a:t>${words}</a:t></a:r></a:p>`;
  const bytes = zipOf({
    '_rels/.rels': relationships(['r1', 'officeDocument', 'ppt/presentation.xml']),
    'ppt/presentation.xml': xml(
      '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="b"/><p:sldId id="257" r:id="a"/></p:sldIdLst></p:presentation>',
    ),
    'ppt/_rels/presentation.xml.rels': relationships(
      ['a', 'slide', 'slides/slide1.xml'],
      ['b', 'slide', 'slides/slide2.xml'],
    ),
    'ppt/slides/slide1.xml': xml(`<p:sld xmlns:p="p" xmlns:a="a"><a:tbl><a:tc>${text('Cell')}</a:tc></a:tbl></p:sld>`),
    'ppt/slides/slide2.xml': xml(
      `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:nvPr><p:ph type="title"/></p:nvPr>${text('Title')}</p:sp><p:sp><a:p><a:r><a:t>One </a:t></a:r><a:r><a:t>line</a:t></a:r><a:br/><a:r><a:t>two</a:t></a:r></a:p></p:sp></p:sld>`,
    ),
    'ppt/slides/_rels/slide2.xml.rels': relationships(['n', 'notesSlide', '../notesSlides/notesSlide1.xml']),
    'ppt/notesSlides/notesSlide1.xml': xml(`<p:notes xmlns:p="p" xmlns:a="a">${text('Say hello.')}</p:notes>`),
  });
  const { blocks, drafts } = await read('a.pptx', bytes);
  expect(blocks).toEqual([
    ['heading', 'Title'],
    ['paragraph', 'One line\ntwo'],
    ['paragraph', 'Say hello.'],
    ['table-cell', 'Cell'],
  ]);
  expect(drafts.map(({ metadata }) => metadata?.slide)).toEqual([1, 1, 1, 2]);
});

const odf = (kind: string, body: string, more: Readonly<Record<string, string>> = {}): Buffer =>
  zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': xml(
      `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:svg="s" xmlns:dc="c"><office:body>${body}</office:body></office:document-content>`,
    ),
    ...more,
  });

test('odt: headings, white space, notes apart, captions of pictures; deleted text is left out', async () => {
  const bytes = odf(
    'text',
    `<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:h text:outline-level="2">Head</text:h>
     <text:p>One<text:s text:c="2"/>two<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note> three
       four<text:line-break/>five<office:annotation><dc:creator>Ann</dc:creator><text:p>Really?</text:p></office:annotation>.</text:p>
     <text:p><draw:frame><svg:title>A cat</svg:title></draw:frame></text:p>
     <text:list><text:list-item><text:p>Item</text:p></text:list-item></text:list>
     <table:table><table:table-row><table:table-cell><text:p>Cell</text:p></table:table-cell></table:table-row></table:table>`,
    {
      'meta.xml': xml('<m xmlns:dc="c"><dc:title>A title</dc:title></m>'),
      'styles.xml': xml('<s xmlns:text="t"><style><text:p>Page header</text:p></style></s>'),
    },
  );
  const { blocks, drafts } = await read('a.odt', bytes);
  expect(blocks).toEqual([
    ['document-info', 'A title'],
    ['heading', 'Head'],
    ['paragraph', 'A note.'],
    ['paragraph', 'Really?'],
    ['paragraph', 'One  two three four\nfive.'],
    ['caption', 'A cat'],
    ['list-item', 'Item'],
    ['table-cell', 'Cell'],
    ['paragraph', 'Page header'],
  ]);
  expect(drafts[1]?.metadata).toEqual({ level: 2 });
});

test('ods: rows by column name, dates as dates, repeated cells and rows', async () => {
  const cell = (text: string): string => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`;
  const bytes = odf(
    'spreadsheet',
    `<table:table table:name="T"><table:table-row>${cell('name')}${cell('day')}${cell('n')}</table:table-row>
     <table:table-row table:number-rows-repeated="2">${cell('Ann')}<table:table-cell office:value-type="date" office:date-value="2024-01-02"><text:p>02.01.24</text:p></table:table-cell>
       <table:table-cell office:value-type="float" office:value="1.5" table:number-columns-repeated="2"><text:p>1,50</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
     <table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`,
  );
  const { blocks, drafts } = await read('a.ods', bytes);
  expect(blocks).toEqual([
    ['sheet-header', 'name\tday\tn'],
    ['sheet-row', 'Ann\t2024-01-02\t1.5\t1.5'],
    ['sheet-row', 'Ann\t2024-01-02\t1.5\t1.5'],
  ]);
  expect(drafts[1]?.values).toEqual({ name: 'Ann', day: '2024-01-02', n: '1.5', 'column 4': '1.5' });
});

test('an OpenDocument with a password is refused', async () => {
  const manifest = xml('<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>');
  const bytes = odf('text', '', { 'META-INF/manifest.xml': manifest });
  await expect(read('a.odt', bytes)).rejects.toMatchObject({ code: 'FILE_ENCRYPTED' });
});

test('rtf: code pages of fonts, Unicode, hidden and deleted text, notes, tables, pictures', async () => {
  const text =
    String.raw`{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Times;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 Gothic;}}{\info{\title A \'e9tude}}
{\*\generator Writer;}\f0 Dear Zo\'eb,\par {\f1 \'cf\'f0\'e8\'e2\'e5\'f2} {\f2 \'93\'fa\'96\'7b}\par
Caf\u233?\~\u8364 ?5{\v hidden}\v gone\v0 {\footnote See \emdash below.}!\par{\pict\bin3 }}}{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt a link}}\line next\par
\trowd Cell 1\cell Cell 2\cell\row {\upr{no}{\*\ud{yes \u26085 ?}}} \{x\}}`.replace('\\bin3 ', '\\bin3 \u0001}{');
  const { atomizer, blocks, reading } = await read('a.rtf', Buffer.from(text, 'latin1'));
  expect(atomizer).toBe('rtf');
  expect(blocks).toEqual([
    ['paragraph', 'Dear Zoë,'],
    ['paragraph', 'Привет 日本'],
    ['paragraph', 'See —below.'],
    ['paragraph', 'Café\u00a0€5!'],
    ['paragraph', 'a link\nnext'],
    ['table-cell', 'Cell 1'],
    ['table-cell', 'Cell 2'],
    ['paragraph', 'yes 日 {x}'],
    ['document-info', 'A étude'],
  ]);
  expect(reading.notes).toEqual([]);
});

const mail = (subject: string, more = ''): string =>
  `From: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>\r\nTo: bob@example.com\r\nSubject: ${subject}\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\nMIME-Version: 1.0\r\n${more}`;
const multipart = (parts: readonly string[], kind = 'mixed'): string =>
  `Content-Type: multipart/${kind}; boundary="b"\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`;

describe('mail', () => {
  test('headers, the body as HTML, attachments as members, of a message within too', async () => {
    const inner = `Content-Type: message/rfc822\r\n\r\n${mail('Inner')}\r\nInner text.\r\n`;
    const csv = `Content-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment; filename="../a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from('x,y\n1,2\n').toString('base64')}`;
    const alternative = `Content-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nOnly text.\r\n--c\r\nContent-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Caf=E9 au lait.</p>\r\n--c--`;
    const { atomizer, blocks, drafts, reading } = await read(
      'a.eml',
      mail('=?iso-8859-1?q?Gr=FC=DFe?=', multipart([alternative, csv, inner])),
    );
    expect(atomizer).toBe('mail');
    expect(blocks).toEqual([
      ['mail-header', 'Grüße'],
      ['paragraph', 'Café au lait.'],
      ['archive-member', '.._a.csv'],
      ['archive-member', expect.stringMatching(/\.eml$/)],
    ]);
    expect(drafts[0]?.metadata).toMatchObject({ From: 'Zoë <zoe@example.com>', To: 'bob@example.com' });
    expect(drafts.map(({ canonicalText }) => canonicalText)).toEqual(
      expect.arrayContaining(['x,y', '1,2', 'Inner', 'Inner text.']),
    );
    expect(reading.notes).toEqual([]);
  });

  test('a web page saved as MHT', async () => {
    const page =
      'Content-Type: text/html; charset=utf-8\r\nContent-Location: http://x/\r\n\r\n<h1>Head</h1><p>Text.</p>';
    const picture =
      'Content-Type: image/png\r\nContent-Location: http://x/a.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=';
    const { blocks, reading } = await read('a.mht', mail('Page', multipart([page, picture], 'related')));
    expect(blocks).toEqual([
      ['mail-header', 'Page'],
      ['heading', 'Head'],
      ['paragraph', 'Text.'],
    ]);
    expect(reading.notes).toEqual([]);
  });

  test('a mailbox: each message as a member; lines that look like its separator are text', async () => {
    const one = `From a@example.com Fri Jan  2 03:04:05 2026\r\n${mail('One')}\r\nFirst.\r\n>From here on.\r\n\r\n`;
    const two = `From b@example.com Fri Jan  2 03:04:05 2026\r\n${mail('Two')}\r\nSecond.\r\n`;
    const { atomizer, blocks, drafts } = await read('inbox', one + two);
    expect(atomizer).toBe('mailbox');
    expect(blocks.map(([, text]) => text)).toEqual(['message 1.eml', 'message 2.eml']);
    expect(drafts.map(({ canonicalText }) => canonicalText)).toEqual(
      expect.arrayContaining(['One', 'First.', 'From here on.', 'Two', 'Second.']),
    );
  });
});

test('epub: chapters in the order of reading; encrypted ones are refused, disguised fonts are not', async () => {
  const chapter = (text: string): string =>
    `<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>${text}</p></body></html>`;
  const book = {
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': xml('<c><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></c>'),
    'OPS/book.opf': xml(
      '<package xmlns:dc="d"><metadata><dc:title>A book</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator></metadata><manifest><item id="1" href="c%201.xhtml"/><item id="2" href="c2.xhtml"/></manifest><spine><itemref idref="2"/><itemref idref="1"/></spine></package>',
    ),
    'OPS/c 1.xhtml': xml(chapter('The end.')),
    'OPS/c2.xhtml': xml(chapter('It was a dark night.')),
  };
  const cipher = (uri: string) => ({
    'META-INF/encryption.xml': xml(`<e><CipherData><CipherReference URI="${uri}"/></CipherData></e>`),
  });
  const { blocks, drafts, reading } = await read('a.epub', zipOf({ ...book, ...cipher('OPS/font.otf') }));
  expect(blocks).toEqual([
    ['document-info', 'A book'],
    ['archive-member', 'OPS/c2.xhtml'],
    ['archive-member', 'OPS/c 1.xhtml'],
  ]);
  expect(drafts[0]?.metadata).toMatchObject({ Author: 'Ann; Bob' });
  expect(drafts.map(({ canonicalText }) => canonicalText)).toContain('It was a dark night.');
  expect(reading.notes).toEqual([]);
  await expect(read('a.epub', zipOf({ ...book, ...cipher('OPS/c2.xhtml') }))).rejects.toMatchObject({
    code: 'FILE_ENCRYPTED',
  });
});

test('subtitles: what is shown, with its time, without formats', async () => {
  const srt =
    '1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\n{\\an8}there.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n5\r\n';
  const { blocks, drafts } = await read('a.srt', srt);
  expect(blocks).toEqual([
    ['subtitle', 'Hello\r\nthere.'],
    ['subtitle', '5'],
  ]);
  expect(drafts[0]?.metadata).toEqual({ line: 2, from: '00:00:01,000', to: '00:00:02,500' });
  const vtt =
    'WEBVTT\n\nNOTE a comment\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hi.\n';
  expect((await read('a.vtt', vtt)).blocks).toEqual([['subtitle', 'Hi.']]);
});

test('notebooks: Markdown, code, what it printed; pictures are passed over', async () => {
  const notebook = {
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# Title\n', '\n', 'Some *text*.'] },
      {
        cell_type: 'code',
        source: 'print("a")',
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['a\n'] },
          { output_type: 'display_data', data: { 'image/png': 'iVBORw0KGgo=', 'text/plain': ['<Figure>'] } },
        ],
      },
    ],
    nbformat: 4,
  };
  const { atomizer, blocks } = await read('a.ipynb', JSON.stringify(notebook));
  expect(atomizer).toBe('notebook');
  expect(blocks).toEqual([
    ['section', '# Title\n\nSome *text*.'],
    ['code', 'print("a")'],
    ['output', 'a\n<Figure>'],
  ]);
});

test('XML: texts and attributes of elements; entities are never expanded', async () => {
  const text =
    '<!DOCTYPE a [<!ENTITY e "boom">]><doc xmlns="x" id="7"><p>One <b>two</b> three. Four.</p><p>A&#233;&amp;&e;</p><![CDATA[<raw>]]></doc>';
  const { atomizer, blocks } = await read('a.xml', xml(text));
  expect(atomizer).toBe('xml');
  expect(blocks).toEqual([
    ['xml-attributes', 'id="7"'],
    ['paragraph', 'One two three. Four.'],
    ['paragraph', 'Aé&&e;'],
    ['paragraph', '<raw>'],
  ]);
  const svg =
    '<svg xmlns="s"><title>A map</title><style>.a{}</style><path d="M0 0"/><text x="1">North <tspan>Sea</tspan></text></svg>';
  expect((await read('a.svg', svg)).blocks).toEqual([
    ['paragraph', 'A map'],
    ['paragraph', 'North Sea'],
  ]);
});

// `printf 'Hello there.\n' | xz -9 | base64` and the same of bzip2.
const xz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAMSGVsbG8gdGhlcmUuCgAAAADfFlM70m1bmAABJQ1xGcS2H7bzfQEAAAAABFla',
  'base64',
);
const bzip2 = Buffer.from('QlpoOTFBWSZTWVGVON0AAAHVgAAQQAEAQAJElAAgACIDJpoQAwtHO1MuKfi7kinChIKMqcbo', 'base64');

describe('compressed files', () => {
  test.each([
    ['a.txt.zst', zstdCompressSync('Hello there.\n'), 'zstd'],
    ['a.txt.gz', gzipSync('Hello there.\n'), 'gzip'],
    ['a.txt.xz', xz, 'xz'],
    ['a.txt.bz2', bzip2, 'bzip2'],
    ['a.txt.bz2', Buffer.concat([bzip2, bzip2]), 'bzip2'],
  ])('%s', async (name, bytes, expected) => {
    const { atomizer, blocks, drafts } = await read(name, bytes);
    expect(atomizer).toBe(expected);
    expect(blocks).toEqual([['archive-member', 'a.txt']]);
    expect(drafts[1]?.canonicalText).toMatch(/^Hello there\./);
  });

  test('an archive within has its members', async () => {
    const tar = zstdCompressSync(tarOf([{ path: 'b.txt', content: 'Inside.' }]));
    const { blocks } = await read('a.tzst', tar);
    expect(blocks).toEqual([['archive-member', 'b.txt']]);
  });

  test.each([
    ['a.xz', xz],
    ['a.bz2', bzip2],
    ['a.zst', zstdCompressSync('Hello there.\n'.repeat(100), { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  ])('%s that is cut off or damaged is refused', async (name, bytes) => {
    await expect(read(name, bytes.subarray(0, -8))).rejects.toMatchObject({ code: 'FILE_BROKEN' });
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1);
    await expect(read(name, damaged)).rejects.toMatchObject({ code: 'FILE_BROKEN' });
  });
});
