import { describe, expect, test } from 'vitest';
import { zipOf } from './archive-support.ts';
import { readFile, relationshipsOf } from './neighbours-support.ts';

const paragraph = (inner: string): string => `<w:p>${inner}</w:p>`;
const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const mark = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
const field = (instruction: string): string =>
  `${mark('begin')}<w:r><w:instrText>${instruction}</w:instrText></w:r>${mark('end')}`;

function docx(
  body: string,
  related: readonly (readonly [id: string, type: string, target: string])[] = [],
  parts: Readonly<Record<string, string>> = {},
): Buffer {
  return zipOf({
    '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'word/document.xml']),
    'word/document.xml': `<w:document xmlns:w="w" xmlns:r="r" xmlns:mc="mc"><w:body>${body}</w:body></w:document>`,
    'word/_rels/document.xml.rels': relationshipsOf(...related),
    ...parts,
  });
}

const chart = (series: string): string => `<c:chartSpace xmlns:c="c">${series}</c:chartSpace>`;
const point = (text: string): string => `<c:pt idx="0"><c:v>${text}</c:v></c:pt>`;

describe('Word', () => {
  test.each([
    ['a sign', ' SYMBOL 97 \\f "Symbol" ', 'Angle α.', []],
    ['a button', ' MACROBUTTON NoMacro [Click here] ', 'Angle [Click here].', []],
    ['a formula', ' EQ \\f(1,2) ', 'Angle .', ['PARTS_NOT_READ']],
  ])('fields without a result: %s', async (_, instruction, text, notes) => {
    const bytes = docx(paragraph(run('Angle ') + field(instruction) + run('.')));
    expect(await readFile('a.docx', bytes)).toMatchObject({ texts: [text], notes });
  });

  test('signs whose font is known by the style only are noted, ticks of Wingdings 2 are read', async () => {
    expect((await readFile('a.docx', docx(paragraph(run('&#xf061; x'))))).notes).toEqual(['FONT_WITHOUT_UNICODE']);
    const tick = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>P</w:t></w:r>';
    expect(await readFile('a.docx', docx(paragraph(tick)))).toMatchObject({ texts: ['✓'], notes: [] });
  });

  test('charts: levels of categories, names written out, years, what is drawn on them, newer kinds, those of headers', async () => {
    const old = chart(
      `<c:ser><c:tx><c:v>Series</c:v></c:tx><c:cat><c:multiLvlStrRef><c:multiLvlStrCache><c:lvl>${point('May')}</c:lvl><c:lvl>${point('Spring')}</c:lvl></c:multiLvlStrCache></c:multiLvlStrRef></c:cat><c:val><c:numCache>${point('5')}</c:numCache></c:val></c:ser><c:ser><c:cat><c:numCache><c:formatCode>General</c:formatCode>${point('2019')}</c:numCache></c:cat></c:ser>`,
    );
    const bytes = docx(
      paragraph(run('Body.')),
      [
        ['r1', 'chart', 'charts/chart1.xml'],
        ['r2', 'header', 'header1.xml'],
      ],
      {
        'word/charts/chart1.xml': old,
        'word/charts/_rels/chart1.xml.rels': relationshipsOf(['r1', 'chartUserShapes', 'drawing1.xml']),
        'word/charts/drawing1.xml': '<x xmlns:a="a"><a:p><a:r><a:t>Drawn on it</a:t></a:r></a:p></x>',
        'word/header1.xml': `<w:hdr xmlns:w="w">${paragraph(run('Head'))}</w:hdr>`,
        'word/_rels/header1.xml.rels': relationshipsOf(['r1', 'chartEx', 'charts/chartEx1.xml']),
        'word/charts/chartEx1.xml':
          '<cx:chartSpace xmlns:cx="cx"><cx:data><cx:strDim><cx:f>A1</cx:f><cx:lvl><cx:pt>Branch</cx:pt></cx:lvl></cx:strDim><cx:numDim><cx:lvl><cx:pt>7</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartSpace>',
      },
    );
    expect(await readFile('a.docx', bytes)).toMatchObject({
      texts: ['Body.', 'Head', 'Series', 'May', 'Spring', '2019', 'Drawn on it', 'Branch'],
      notes: [],
    });
  });

  test('a document that stands in a file of its own is noted', async () => {
    const bytes = docx(paragraph(run('Master.')), [['r1', 'subDocument', 'chapter.docx']]);
    expect(await readFile('a.docx', bytes)).toMatchObject({ texts: ['Master.'], notes: ['PARTS_NOT_READ'] });
  });

  test('Word’s XML in one file has its words in pieces, which is noted', async () => {
    const text = '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:p xmlns:w="w"><w:t>Wo</w:t></w:p>';
    expect((await readFile('a.xml', text)).notes).toEqual(['FORMAT_NOT_READ']);
  });
});

function workbook(rows: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return zipOf({
    '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relationshipsOf(['r1', 'worksheet', 'worksheets/sheet1.xml']),
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ...more,
  });
}

describe('Excel', () => {
  test('characters that XML can’t hold', async () => {
    const cell = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
    const shared = '<sst><si><t>one_x000D_\ntwo</t></si></sst>';
    const bytes = workbook(`<row><c t="s"><v>0</v></c>${cell('a_x000a_b')}${cell('_x005F_x0041_')}</row>`, {
      'xl/sharedStrings.xml': shared,
    });
    expect((await readFile('a.xlsx', bytes)).texts).toEqual(['"one\ntwo"\t"a\nb"\t_x0041_']);
  });

  test('threads of comments are there once, captions of controls too', async () => {
    const bytes = workbook('<row><c><v>1</v></c></row>', {
      'xl/worksheets/_rels/sheet1.xml.rels': relationshipsOf(
        ['r1', 'vmlDrawing', '../drawings/vml1.vml'],
        ['r2', 'comments', '../comments1.xml'],
        ['r3', 'threadedComment', '../threads1.xml'],
        ['r4', 'drawing', '../drawings/drawing1.xml'],
      ),
      'xl/comments1.xml':
        '<comments><authors><author>tc={1}</author><author>Ann</author></authors><commentList><comment authorId="0"><text><t>[Threaded comment] Right?</t></text></comment><comment authorId="1"><text><t>A note</t></text></comment></commentList></comments>',
      'xl/threads1.xml': '<ThreadedComments><threadedComment><text>Right?</text></threadedComment></ThreadedComments>',
      'xl/drawings/vml1.vml':
        '<xml xmlns:v="v" xmlns:x="x"><v:shape><v:textbox><div><font>Press<br>me</font></div></v:textbox><x:ClientData><x:Anchor>1, 2</x:Anchor></x:ClientData></v:shape><v:shape><v:textbox><div>In both</div></v:textbox></v:shape></xml>',
      'xl/drawings/drawing1.xml': '<x xmlns:a="a"><sp><a:p><a:r><a:t>In both</a:t></a:r></a:p></sp></x>',
    });
    expect((await readFile('a.xlsx', bytes)).texts).toEqual(['1', 'A note', 'Right?', 'In both', 'Press\nme']);
  });
});

const shape = (inner: string, placeholder = ''): string => `<p:sp>${placeholder}<a:p>${inner}</a:p></p:sp>`;
const text = (inner: string): string => `<a:r><a:t>${inner}</a:t></a:r>`;

function presentation(tree: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return zipOf({
    '_rels/.rels': relationshipsOf(['r1', 'officeDocument', 'ppt/presentation.xml']),
    'ppt/presentation.xml': '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId id="1" r:id="r1"/></p:presentation>',
    'ppt/_rels/presentation.xml.rels': relationshipsOf(['r1', 'slide', 'slides/slide1.xml']),
    'ppt/slides/slide1.xml': `<p:sld xmlns:p="p" xmlns:a="a" xmlns:m="m" xmlns:mc="mc">${tree}</p:sld>`,
    ...more,
  });
}

describe('PowerPoint', () => {
  test('formulas, and no fallback of what is read', async () => {
    const half =
      '<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>';
    const alternative = (requires: string, choice: string, fallback: string): string =>
      `<mc:AlternateContent><mc:Choice Requires="${requires}">${choice}</mc:Choice><mc:Fallback>${fallback}</mc:Fallback></mc:AlternateContent>`;
    const slide =
      alternative('a14', shape(half), shape(text('A picture'))) +
      alternative('cx1', '<p:graphicFrame/>', shape(text('This chart isn’t available'))) +
      alternative('p99', '<p:graphicFrame/>', shape(text('For old programs')));
    expect((await readFile('a.pptx', presentation(slide))).texts).toEqual(['1/2', 'For old programs']);
  });

  test('vertical tabs and signs', async () => {
    const sign = `<a:r><a:rPr><a:sym typeface="Wingdings"/></a:rPr><a:t>&#xf0e0; next</a:t></a:r>`;
    const { texts, notes } = await readFile('a.pptx', presentation(shape(sign) + shape(text('one_x000B_two'))));
    expect(texts).toEqual(['→ next', 'one\ntwo']);
    expect(notes).toEqual([]);
    expect((await readFile('a.pptx', presentation(shape(text('&#xf0e0;'))))).notes).toEqual(['FONT_WITHOUT_UNICODE']);
  });

  test('what stands on all slides of a layout or master, without what is there to be replaced', async () => {
    const part = (own: string): string =>
      `<x xmlns:p="p" xmlns:a="a">${shape(text('Click to edit'), '<p:ph type="title"/>')}${shape(text(own))}</x>`;
    const bytes = presentation(shape(text('Slide')), {
      'ppt/slides/_rels/slide1.xml.rels': relationshipsOf(['r1', 'slideLayout', '../slideLayouts/slideLayout1.xml']),
      'ppt/slideLayouts/slideLayout1.xml': part('Confidential'),
      'ppt/slideLayouts/_rels/slideLayout1.xml.rels': relationshipsOf(['r1', 'slideMaster', '../master1.xml']),
      'ppt/master1.xml': part('Acme'),
    });
    expect((await readFile('a.pptx', bytes)).texts).toEqual(['Slide', 'Confidential', 'Acme']);
  });
});
