import { expect, test } from 'vitest';
import { AtomizerError } from '../src/errors.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';

/**
 * A file of 4 MB may take 20 s of a processor, so one of 1 MB a quarter of it; what runs beside this test doesn't count. What is
 * quadratic takes far more.
 */
const limitMs = 5_000;
const length = 1024 * 1024;
const times = (text: string): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const mail = 'From: a@example.com\r\nMIME-Version: 1.0\r\n';

const files: readonly (readonly [name: string, what: string, text: string])[] = [
  ['a.txt', 'blank lines', times('\n')],
  ['a.txt', 'one line', times('x')],
  ['a.txt', 'CR alone', times('a\r')],
  ['a.txt', 'points', times('. ')],
  ['a.md', 'blank lines', times('\n')],
  ['a.md', 'headings', times('# a\n')],
  ['a.md', 'fences', times('```\n')],
  ['a.md', 'open comments', times('<!-- ')],
  ['a.md', 'HTML blocks', times('<div>\n')],
  ['a.md', 'items in items', times('- ')],
  ['a.md', 'front matter without an end', `---\n${times('a: b\n')}`],
  ['a.csv', 'blank lines', `a,b\n${times('\n')}`],
  ['a.csv', 'uneven rows', `a,b\n${times('1,2,3\n')}`],
  ['a.csv', 'quotation marks', `a,b\n${times('"')}`],
  ['a.csv', 'quotation marks that open', `a,b\n${times('"x\n')}`],
  ['a.csv', 'delimiters', `a,b\n${times(',')}`],
  ['a.csv', 'backslashes', `a,b\n"\\"${times('\\')}`],
  ['a.csv', 'a title', `Report\n${times('1,Ann,Oslo\n')}`],
  ['a.tsv', 'quotation marks', times('"a\t"b\n')],
  ['a.json', 'brackets', `[${times('[],')}[]]`.replace(',[[]]', ',[]]')],
  ['a.json', 'escapes', `["${times('\\u00e9').slice(0, -4)}"]`],
  ['a.ndjson', 'short lines', times('{}\n')],
  ['a.ndjson', 'records', times('{"a":1}\n')],
  ['a.html', 'elements that stay open', times('<b>')],
  ['a.html', 'paragraphs that stay open', times('<p><font>x')],
  ['a.html', 'end tags', times('</p>')],
  ['a.html', 'references', times('&nbsp;')],
  ['a.html', 'line breaks', times('<br>')],
  ['a.html', 'readings', times('<ruby>a<rt>b</rt></ruby>')],
  ['a.xhtml', 'elements that close themselves', times('<i/>')],
  ['a.rtf', 'paragraphs', `{\\rtf1 ${times('a\\par ')}`],
  ['a.rtf', 'groups', `{\\rtf1 ${times('{}')}`],
  ['a.rtf', 'notes', `{\\rtf1 x${times('{\\footnote a}')}`],
  ['a.eml', 'parts', `${mail}Content-Type: multipart/mixed; boundary=b\r\n\r\n${times('--b\r\n\r\nx\r\n')}`],
  ['a.eml', 'lines', `${mail}\r\n${times('Hello.\r\n')}`],
  ['a.mbox', 'messages', times(`From a Fri Jan  2 03:04:05 2026\n${mail}\n`)],
  ['a.xml', 'elements in elements', `<a>${times('<b>x')}`],
  ['a.xml', 'attributes', `<a>${times('<b a="1"/>')}`],
  ['a.srt', 'open tags', `00:00:01,000 --> 00:00:02,000\n${times('<b')}`],
  ['a.ipynb', 'cells', `{"cells":[${times('{"source":"a"},')}`],
  ['a.py', 'blank lines', times('\n')],
  ['a.py', 'definitions', times('def f():\n\n')],
];

test.each(files)('%s of %s takes no more than its length suggests', { timeout: 60_000 }, async (name, _, text) => {
  const started = process.cpuUsage();
  try {
    await atomize(bytesSource(name, Buffer.from(text)));
  } catch (error) {
    // It may be refused, as long as that doesn't take long.
    if (!(error instanceof AtomizerError)) throw error;
  }
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(limitMs);
});
