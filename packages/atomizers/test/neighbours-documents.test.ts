import { describe, expect, test } from 'vitest';
import { zipOf } from './archive-support.ts';
import { readFile } from './neighbours-support.ts';

function odf(kind: string, body: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:form="f" xmlns:presentation="p">${body}</office:document-content>`,
    ...more,
  });
}

const formula =
  '<math xmlns="m"><semantics><mrow><mi>E</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></mrow><annotation>E = {a + b} over 2</annotation></semantics></math>';

describe('OpenDocument', () => {
  test('forms: labels, what is typed, boxes, the option that is chosen', async () => {
    const form =
      '<office:forms><form:form><form:fixed-text form:label="Name:"/><form:text form:name="n" form:current-value="Ann"/><form:password form:value="secret"/><form:checkbox form:label="I agree" form:current-state="checked"/><form:listbox><form:option form:label="Green"/><form:option form:label="Blue" form:selected="true"/></form:listbox></form:form></office:forms>';
    expect(await readFile('a.odt', odf('text', `${form}<text:p>Body.</text:p>`))).toMatchObject({
      texts: ['Name:', 'Ann', '☒ I agree', 'Blue', 'Body.'],
      notes: [],
    });
  });

  test('formulas, as objects and as documents', async () => {
    const bytes = odf('text', '<text:p>By Einstein.</text:p>', { 'Object 1/content.xml': formula });
    expect((await readFile('a.odt', bytes)).texts).toEqual(['By Einstein.', 'E=(a+b)/2']);
    const alone = zipOf({ mimetype: 'application/vnd.oasis.opendocument.formula', 'content.xml': formula });
    expect((await readFile('a.odf', alone)).texts).toEqual(['E=(a+b)/2']);
  });

  test('footers and dates that a presentation declares, readings, texts of cells that are attributes', async () => {
    const slides =
      '<presentation:footer-decl>Company</presentation:footer-decl><presentation:date-time-decl>3 May</presentation:date-time-decl><draw:page><draw:frame><draw:text-box><text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby>へ</text:p></draw:text-box></draw:frame></draw:page>';
    expect((await readFile('a.odp', odf('presentation', slides))).texts).toEqual([
      'Company',
      '3 May',
      '東京(とうきょう)へ',
    ]);
    const table =
      '<table:table table:name="T"><table:table-row><table:table-cell office:value-type="string" office:string-value="Only here"/></table:table-row></table:table>';
    expect((await readFile('a.ods', odf('spreadsheet', table))).texts).toEqual(['Only here']);
  });

  test('a DOCTYPE that declares nothing, as OpenOffice 2 wrote it; one that declares something is refused', async () => {
    const manifest = (subset: string): string =>
      `<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"${subset}><manifest:manifest xmlns:manifest="m"/>`;
    const bytes = (subset: string): Buffer =>
      odf('text', '<text:p>Old text.</text:p>', { 'META-INF/manifest.xml': manifest(subset) });
    expect((await readFile('a.odt', bytes(''))).texts).toEqual(['Old text.']);
    await expect(readFile('a.odt', bytes(' [<!ENTITY a "b">]'))).rejects.toMatchObject({
      code: 'XML_DOCTYPE_FORBIDDEN',
    });
  });
});

describe('EPUB', () => {
  test('chapters are XHTML whatever they are called; pages outside the order are read, contents aren’t; a DOCTYPE', async () => {
    const item = (id: string, href: string, more = ''): string =>
      `<item id="${id}" href="${href}" media-type="application/xhtml+xml"${more}/>`;
    const page = (body: string): string => `<html><head><title/><script src="a.js"/></head><body>${body}</body></html>`;
    const bytes = zipOf({
      mimetype: 'application/epub+zip',
      'content.opf': `<!DOCTYPE package PUBLIC "+//ISBN 0-9673008-1-9//DTD OEB 1.2 Package//EN" "x"><package><manifest>${item('n', 'notes.html')}${item('a', 'c1.html')}${item('t', 'toc.xhtml', ' properties="nav"')}</manifest><spine><itemref idref="a"/></spine></package>`,
      'c1.html': page('<p>A dark night.</p>'),
      'notes.html': page('<p>A note.</p>'),
      'toc.xhtml': page('<p>Contents</p>'),
    });
    expect(await readFile('a.epub', bytes)).toMatchObject({
      members: ['c1.html', 'notes.html'],
      leaves: ['A dark night.', 'A note.'],
      notes: [],
    });
  });
});

const fonts =
  '{\\fonttbl{\\f0\\fnil\\fcharset0 Arial;}{\\f1\\fnil\\fcharset2 Symbol;}{\\f2\\fnil\\fcharset2{\\*\\panose 05}Wingdings;}{\\f3\\fnil\\fcharset2 Marlett;}}';
const rtf = (text: string, head = `\\ansi\\ansicpg1252\\deff0${fonts}`): Buffer =>
  Buffer.from(`{\\rtf1${head}${text}\\par}`, 'latin1');

describe('Rich Text', () => {
  test.each([
    ['signs', "Angle {\\f1 a}, {\\f1\\u-3999\\'61}, {\\f2\\'fc}.", 'Angle α, α, ✔.', []],
    [
      'a field that is a sign, with and without a result',
      '{\\field{\\*\\fldinst SYMBOL 97 \\\\f "Symbol"}{\\fldrslt\\f1}}{\\field{\\*\\fldinst SYMBOL 98 \\\\f "Symbol"}{\\fldrslt\\f1 b}}.',
      'αβ.',
      [],
    ],
    ['signs of an unknown font', '{\\f3 ab} c', 'ab c', ['FONT_WITHOUT_UNICODE']],
    [
      'boxes and lists of forms',
      "{\\field{\\*\\fldinst FORMCHECKBOX {\\*\\formfield{\\fftype1\\ffres25\\ffdefres1{\\*\\ffname Agreed}}}}{\\fldrslt }} agreed, {\\field{\\*\\fldinst FORMDROPDOWN {\\*\\formfield{\\fftype2\\ffres1{\\*\\ffname C}{\\*\\ffl Red}{\\*\\ffl Gr\\'fcn}}}}{\\fldrslt }}.",
      '☒ agreed, Grün.',
      [],
    ],
  ])('%s', async (_, text, right, notes) => {
    expect(await readFile('a.rtf', rtf(text))).toMatchObject({ texts: [right], notes });
  });

  test.each([
    ['of the default font', '\\ansi\\deff0{\\fonttbl{\\f0\\fcharset204 Arial;}}', "\\'cf\\'f0{\\b\\'e8}", 'При'],
    ['of the document', '\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fnil Arial;}}', "\\f0\\'cf\\'f0\\'e8", 'При'],
    ['behind \\plain', `\\ansi\\deff0{\\fonttbl{\\f0 A;}{\\f1\\fcharset204 B;}}`, "\\f1\\'cf\\plain\\'e9", 'Пé'],
    [
      'of ANSI beside another',
      '\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fcharset204 A;}{\\f1\\fcharset0 B;}}',
      "\\f0\\'cf\\f1\\'e9",
      'Пé',
    ],
    ['of OS/2', '\\pca ', "Gr\\'81\\'e1e", 'Grüße'],
  ])('the code page %s', async (_, head, text, right) => {
    expect((await readFile('a.rtf', rtf(text, head))).texts).toEqual([right]);
  });

  test('fields within instructions, and what is behind the end', async () => {
    const inner = '{\\field{\\*\\fldinst MERGEFIELD A}{\\fldrslt inner}}';
    const bytes = rtf(`{\\field{\\*\\fldinst IF 1=1 ${inner} "b"}{\\fldrslt shown}}`);
    const { texts } = await readFile('a.rtf', Buffer.concat([bytes, Buffer.from('\r\n\0')]));
    expect(texts).toEqual(['shown']);
  });

  test('formulas', async () => {
    const half = '{\\mmath{\\*\\moMath{\\mf{\\mfPr{\\mctrlPr}}{\\mnum{\\mr 1+x}}{\\mden{\\mr 2}}}}}';
    expect((await readFile('a.rtf', rtf(`Half ${half}.`))).texts).toEqual(['Half (1+x)/2.']);
  });

  test('text boxes of old, and of both forms of a box one', async () => {
    const old = '{\\*\\do\\dptxbx{\\dptxbxtext\\pard Old box\\par}}';
    expect((await readFile('a.rtf', rtf(`A${old}B`))).texts).toEqual(['Old box', 'AB']);
    const box = `{\\shp{\\*\\shpinst{\\shptxt Box\\par}}{\\shprslt\\pard Box\\par}}`;
    expect((await readFile('a.rtf', rtf(`A${box}B`))).texts).toEqual(['Box', 'AB']);
  });
});

describe('notebooks', () => {
  const notebook = (outputs: readonly object[]): string =>
    JSON.stringify({ cells: [{ cell_type: 'code', source: 'x', outputs }], nbformat: 4 });

  test('names of errors; HTML where the text only stands for it; other formats are noted', async () => {
    const shown = (data: object): object => ({ output_type: 'display_data', data });
    const bytes = notebook([
      { output_type: 'error', ename: 'ZeroDivisionError', evalue: 'by zero' },
      shown({ 'text/html': ['<b>Only</b>', ' HTML'], 'text/plain': ['<IPython.core.display.HTML object>'] }),
      shown({ 'text/html': '<p>table</p>', 'text/plain': 'a table' }),
    ]);
    const { leaves, notes } = await readFile('a.ipynb', bytes);
    expect(leaves).toEqual([
      'x',
      'ZeroDivisionError\nby zero\n<IPython.core.display.HTML object>\na table',
      'Only HTML',
    ]);
    expect(notes).toEqual([]);
    const json = notebook([shown({ 'application/json': {}, 'text/plain': '<IPython.core.display.JSON object>' })]);
    expect((await readFile('a.ipynb', json)).notes).toEqual(['PARTS_NOT_READ']);
  });
});

describe('subtitles', () => {
  test.each([
    ['no milliseconds', '1\n00:00:01 --> 00:00:02\nA\n\n2\n00:00:03 --> 00:00:04\nB\n', ['A', 'B']],
    ['odd times', '1\n0:00:01:5 --> 0:00:02.25\nA\n\n2\n00: 00: 03, 000 -> 00: 00: 04, 000\nB\n', ['A', 'B']],
    ['no blank line', '1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB\n', ['A', 'B']],
    [
      'a blank line within',
      '1\n00:00:01,000 --> 00:00:02,000\nA\n\nmore\n\n2\n00:00:03,000 --> 00:00:04,000\nB\n',
      ['A', 'more', 'B'],
    ],
  ])('SubRip with %s', async (_, text, right) => {
    expect((await readFile('a.srt', text)).texts).toEqual(right);
  });

  test('angle brackets that do not belong to a tag', async () => {
    const text = '1\n00:00:01,000 --> 00:00:02,000\n<i>I</i> <3 you & <me>, {\\an8}<font color="red">too</font>\n';
    expect((await readFile('a.srt', text)).texts).toEqual(['I <3 you & <me>, too']);
  });

  test('WebVTT: names of cues, notes and styles aren’t shown', async () => {
    const text = 'WEBVTT - T\n\nNOTE\nno\n\nSTYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.000\nA\n\nno cue\n';
    expect((await readFile('a.vtt', text)).texts).toEqual(['A']);
  });
});
