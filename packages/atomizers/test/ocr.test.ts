import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { OcrError } from '../src/ocr/ocr-provider.ts';
import { isPicture } from '../src/ocr/picture-format.ts';
import { TesseractOcr, type TesseractOptions } from '../src/ocr/tesseract-ocr.ts';
import { bytesSource } from '../src/source-reading.ts';
import { zipOf } from './archive-support.ts';
import { pdfOfObjects } from './pdf-support.ts';

const executable = join(import.meta.dirname, 'tesseract-stand-in.sh');
const standIn = (options: TesseractOptions = {}) => new TesseractOcr({ executable, ...options });
const png = (text: string) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\0', 'latin1'), Buffer.from(text)]);
const never = new AbortController().signal;

async function read(name: string, bytes: Buffer, { ocr = standIn(), limits = {} } = {}) {
  const file = await createDefaultRegistry({ ocr }).atomize(bytesSource(name, bytes), { limits });
  const drafts = [];
  for await (const draft of file.drafts) drafts.push(draft);
  return { atomizer: file.atomizer.name, drafts, notes: file.reading().notes };
}

test('paragraphs of a picture, with how sure they are; of several pictures in a file which one; a note says that it’s OCR', async () => {
  const { atomizer, drafts, notes } = await read('a.png', png('Hello'));
  expect(atomizer).toBe('picture');
  expect(drafts.map(({ canonicalText, metadata }) => [canonicalText, metadata])).toEqual([
    ['stdin stdout -l eng --psm 1 tsv\nsecond line.', { picture: 1, confidence: 70, recognized: true }],
    [expect.stringContaining('Of'), { picture: 2, confidence: 96, recognized: true }],
  ]);
  expect(notes).toEqual([{ code: 'TEXT_RECOGNIZED', count: 1, detail: 'a.png: read by OCR, with 70 % confidence' }]);
});

test('without a provider pictures are bytes, as before', async () => {
  const file = await createDefaultRegistry().atomize(bytesSource('a.png', png('Hello')));
  expect(file.atomizer.name).toBe('chunks');
});

test.each([
  ['without text', 'blank', {}, 'BYTES_KEPT', /PNG picture/],
  ['that it can’t read', 'fail', {}, 'PICTURES_NOT_READ', /ended with 1: Error in pixReadMem/],
  ['that takes too long', 'hang', { maxMs: 300 }, 'PICTURES_NOT_READ', /took more than 300 ms/],
  [
    'that takes too much memory',
    'fill',
    { maxBytes: 64 * 1024 ** 2 },
    'PICTURES_NOT_READ',
    /more than 64 MiB of memory/,
  ],
  ['that it says too much about', 'print', {}, 'PICTURES_NOT_READ', /printed more than/],
])('a picture %s is kept as bytes, with a note', async (_, text, options, code, detail) => {
  const { drafts, notes } = await read('a.png', png(text), { ocr: standIn(options) });
  expect(drafts.map(({ atomType }) => atomType)).toEqual(['chunk']);
  expect(notes[0]).toMatchObject({ code, detail: expect.stringMatching(detail) });
});

test('where it isn’t installed, or lacks a language, the file is read without it, and it says what to install', async () => {
  const missing = standIn({ executable: join(import.meta.dirname, 'no-such-program') });
  await expect(missing.describe(never)).rejects.toThrow(/no-such-program isn't installed/);
  await expect(standIn({ languages: ['eng', 'nor'] }).describe(never)).rejects.toThrow(/has deu, eng, osd and not nor/);
  expect(await standIn({ languages: ['eng', 'deu'] }).describe(never)).toBe('Tesseract 9.8.7, eng+deu');
  expect(() => standIn({ languages: ['eng; rm'] })).toThrow(TypeError);
  const { drafts, notes } = await read('a.zip', zipOf({ 'a.png': png('x'), 'b.txt': 'Text.' }), { ocr: missing });
  expect(drafts.map(({ canonicalText }) => canonicalText)).toContain('Text.');
  expect(notes.map(({ code }) => code)).toEqual(['PICTURES_NOT_READ', 'BYTES_KEPT']);
});

test('the signal ends it at once, and it gets nothing of the environment but where things are', async () => {
  const stop = new AbortController();
  const hanging = standIn().recognize(png('hang'), stop.signal);
  stop.abort(new Error('enough'));
  await expect(hanging).rejects.toThrow('enough');
  const [{ text } = { text: '' }] = await standIn().recognize(png('env'), never);
  expect(text.split(' ').filter((name) => !['_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name))).toEqual([
    ...['LC_ALL', 'OMP_THREAD_LIMIT', 'PATH'],
    ...(process.env.TESSDATA_PREFIX === undefined ? [] : ['TESSDATA_PREFIX']),
  ]);
});

test('pictures beyond the time for all of a file are noted and not read', async () => {
  const files = { 'a.png': png('Hello'), 'b.png': png('Hello') };
  const { notes } = await read('a.zip', zipOf(files), { limits: { maxOcrMs: 1 } });
  expect(notes).toMatchObject([
    { code: 'TEXT_RECOGNIZED', count: 1 },
    { code: 'PICTURES_NOT_READ', count: 1, detail: expect.stringContaining('b.png: all pictures before it took 1 ms') },
    { code: 'BYTES_KEPT' },
  ]);
});

test('pages of a PDF without text are recognised in their place; those with text aren’t', async () => {
  const image = (dict: string, data: Buffer) =>
    stream(`/Type /XObject /Subtype /Image /Width 32 /Height 40 ${dict}`, data);
  const page = (content: number) =>
    Buffer.from(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents ${content} 0 R /Resources << /XObject << /G 3 0 R /B 4 0 R >> /Font << /F1 5 0 R >> >> >>`,
    );
  const bytes = pdfOfObjects([
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [6 0 R 7 0 R 8 0 R] /Count 3 >>'),
    image('/BitsPerComponent 8 /ColorSpace /DeviceRGB', Buffer.alloc(32 * 40 * 3, 255)),
    image('/BitsPerComponent 1 /ColorSpace /DeviceGray', Buffer.alloc(4 * 40, 0xf0)),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    ...[page(9), page(10), page(11)],
    stream('', Buffer.from('q 300 0 0 300 0 0 cm /G Do Q')),
    stream('', Buffer.from('BT /F1 12 Tf 72 200 Td (Typed.) Tj ET q 9 0 0 9 0 0 cm /G Do Q')),
    stream('', Buffer.from('q 300 0 0 300 0 0 cm /B Do Q')),
  ]);
  const { drafts, notes } = await read('a.pdf', bytes);
  const shown = drafts.filter(({ parent }) => parent === null).map(({ canonicalText }) => canonicalText);
  expect(shown).toEqual([expect.stringContaining('P5 32 40 255'), 'Typed.', expect.stringContaining('P5 32 40 255')]);
  expect(notes).toMatchObject([{ code: 'TEXT_RECOGNIZED', count: 2 }]);
  const { notes: failed } = await read('a.pdf', bytes, { ocr: standIn({ executable: 'no-such-program' }) });
  expect(failed.map(({ code, count }) => [code, count])).toEqual([
    ['PICTURES_NOT_READ', 2],
    ['PAGES_WITHOUT_TEXT', 2],
  ]);
});

test('pictures are recognised by their first bytes', () => {
  const bitmap = Buffer.from('424d7e00000000000000360000002800000004000000', 'hex');
  expect([png(''), bitmap, Buffer.from('RIFFxxxxWEBPVP8 '), Buffer.from('II*\0')].map(isPicture)).toEqual(
    Array(4).fill(true),
  );
  expect([Buffer.from('BM, the company'), Buffer.from('RIFFxxxxWAVE')].map(isPicture)).toEqual([false, false]);
  expect(new OcrError('x')).toMatchObject({ code: 'OCR_FAILED', retryable: false });
});

function stream(dict: string, data: Buffer): Buffer {
  const packed = deflateSync(data);
  const head = `<< ${dict} /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream')]);
}
