import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/source-reading.ts';
import { atomizeWithNotes, leafBytes } from './atomize-support.ts';

async function textOfFile(
  name: string,
  bytes: Uint8Array,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const { drafts, notes } = await atomizeWithNotes(bytesSource(name, bytes));
  return { text: leafBytes(drafts).toString(), notes };
}

test.each([
  ['windows-1252', 'Crème brûlée costs 5 €. “Quoted”.'],
  ['windows-1252', 'Café au lait. € 5 for a crème.'],
  ['windows-1252', 'Zoë'],
  ['cp850', 'Müller aus Größenwahn, für alle, über allen'],
  ['windows-1250', 'Zażółć gęślą jaźń, příliš žluťoučký kůň úpěl ďábelské ódy.'],
  ['windows-1251', 'Привет, мир. Это небольшой тест кодировки.'],
  ['koi8-r', 'Привет, мир. Это небольшой тест кодировки.'],
  ['windows-1253', 'Καλημέρα κόσμε, τι κάνετε σήμερα;'],
  ['windows-1256', 'مرحبا بالعالم، كيف حالك اليوم'],
  ['shift_jis', 'これは日本語の文書です。二つ目の文。'],
  ['euc-jp', 'これは日本語の文書です。二つ目の文。'],
  ['gb18030', '这是一个中文文档。第二句。'],
  ['big5', '這是一個測試文件，第二句話。'],
  ['euc-kr', '한국어 문서입니다. 두 번째 문장.'],
  ['utf-16le', 'Hello there. Zoë is here.'],
  ['utf-16be', 'Hello there. Zoë is here.'],
  ['utf-32le', 'Hello there. Zoë is here.'],
  ['utf-7', 'Crème brûlée est prête.'],
])('a text in %s is read, and it is noted that this is a guess', async (encoding, text) => {
  const bytes = iconv.encode(text, encoding, { addBOM: false });
  expect(await textOfFile('a.txt', bytes)).toEqual({ text, notes: ['ENCODING_GUESSED'] });
});

test.each([
  ['a.html', '<!doctype html><meta charset=windows-1251><p>Привет', 'windows-1251'],
  [
    'a.html',
    '<!doctype html><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Žluťoučký',
    'iso-8859-2',
  ],
  ['a.xhtml', '<?xml version="1.0" encoding="ISO-8859-1"?><html><p>Grüße</p></html>', 'latin1'],
  ['a.py', '#!/usr/bin/python\n# vim: set fileencoding=euc-jp :\nx = "日本語"\n', 'euc-jp'],
  ['a.css', '@charset "iso-8859-1";\n.größe { color: red }\n', 'latin1'],
])('what %s says of its encoding counts: %s', async (name, text, encoding) => {
  const { text: read, notes } = await textOfFile(name, iconv.encode(text, encoding));
  expect(notes).toEqual([]);
  expect(text).toContain(read.split(/[\n ]/).at(-1)!);
});

test('UTF-8 that says it is Latin-1 is UTF-8, and that is noted', async () => {
  const bytes = Buffer.from('<!doctype html><meta charset="iso-8859-1"><p>Grüße');
  expect(await textOfFile('a.html', bytes)).toEqual({ text: 'Grüße', notes: ['ENCODING_MISSTATED'] });
});

test.each([
  ['a quotation mark that was pasted', 'It\x92s here.', 'It’s here.'],
  ['a byte that no encoding has', 'It\x81s here.', 'It\ufffds here.'],
  ['the first half of a character', 'a\xe6\x97b', 'a\ufffdb'],
])('UTF-8 with %s keeps its text', async (_, broken, right) => {
  const good = 'Zoë, Åsa, Jürgen: é è ê. ';
  const bytes = Buffer.concat([Buffer.from(good), Buffer.from(broken, 'latin1'), Buffer.from(good)]);
  expect(await textOfFile('a.txt', bytes)).toEqual({ text: good + right + good, notes: ['BYTES_NOT_UNDERSTOOD'] });
});

test.each([
  ['a picture', 'a.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01', 'latin1')],
  ['a picture with the name of a text', 'a.txt', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01', 'latin1')],
  ['EBCDIC', 'a.txt', Buffer.from('c8c5d3d3d640e6d6d9d3c4', 'hex')],
  ['random bytes', 'a', Buffer.from('9f3ac1e8d07b5e1180f2a4c6b8937755efcdab8967452301', 'hex')],
])('%s is not text', async (_, name, bytes) => {
  const { atomizer, drafts, notes } = await atomizeWithNotes(bytesSource(name, bytes));
  expect(atomizer).toBe('chunks');
  expect(leafBytes(drafts)).toEqual(bytes);
  expect(notes).toEqual(['BYTES_KEPT']);
});

test.each(['a = b+c; d = e+f-g', 'x+Abc- and 1+2-3', 'C++ and +49-123', '~{not~} Chinese', 'see ~{x y}~'])(
  'ASCII stays as it is: %s',
  async (text) => {
    expect(await textOfFile('a.txt', Buffer.from(text))).toEqual({ text, notes: [] });
  },
);

test.each([
  ['numbers with an exponent', '[[1e+100,1e+100],0,1]'],
  ['telephone numbers', 'Call +4930 1234 or +4915 99.'],
  ['sums in a program', 'let x = a+one;\nlet y = b+two; let z = c+AeB;'],
])('ASCII with plus signs is ASCII: %s', async (_, text) => {
  expect(await textOfFile('a.txt', Buffer.from(text))).toEqual({ text, notes: [] });
});
