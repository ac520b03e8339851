import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { deflateSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { FileTooLargeError } from '../src/errors.ts';
import { parseLimits } from '../src/options.ts';
import { pageParagraphs } from '../src/pdf/page-paragraphs.ts';
import type { PdfPart } from '../src/pdf/pdf-messages.ts';
import { bytesSource } from '../src/source-reading.ts';
import { processorMsFor } from '../src/threads/processor-time.ts';
import { ReaderThreads } from '../src/threads/reader-threads.ts';
import { zipOf } from './archive-support.ts';
import { atomize, atomizeWithNotes, textOf } from './atomize-support.ts';
import { corpusSource } from './corpus-support.ts';
import { pdfOf, pdfOfPages } from './pdf-support.ts';

const mebi = 1024 * 1024;
const plain = pdfOf(deflateSync('BT ET'));
/** A PDF that has something else in one place. */
const changed = (from: string, to: string) => Buffer.from(plain.toString('latin1').replace(from, to), 'latin1');
const thirtyTwo = `<${'ab'.repeat(32)}>`;
const encryption = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${thirtyTwo} /U ${thirtyTwo} >> /ID [<aa> <aa>]`;
const xObject = '/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 4 0 R >> >>';

test.each([
  ['a page tree that is its own child', changed('/Kids [3 0 R]', '/Kids [2 0 R]'), 'FILE_BROKEN'],
  ['200,000 arrays in each other', changed('/Resources << >>', `/Resources ${'['.repeat(200_000)}`), 'FILE_BROKEN'],
  ['a password', changed('/Root 1 0 R', `/Root 1 0 R ${encryption}`), 'FILE_ENCRYPTED'],
  ['nothing behind the header', Buffer.from('%PDF-1.7\n'), 'FILE_BROKEN'],
])('a PDF with %s is refused', { timeout: 120_000 }, async (_, bytes, code) => {
  await expect(atomize(bytesSource('a.pdf', bytes))).rejects.toMatchObject({ code, retryable: false });
});

test('a form that shows itself is noted', { timeout: 120_000 }, async () => {
  const bytes = Buffer.from(
    pdfOf(deflateSync('/X Do'))
      .toString('latin1')
      .replace('/Resources << >>', '/Resources << /XObject << /X 4 0 R >> >>')
      .replace('<< /Length', `<< ${xObject} /Length`),
    'latin1',
  );
  const { notes } = await atomizeWithNotes(bytesSource('a.pdf', bytes));
  expect(notes).not.toEqual([]);
});

test('a PDF that takes too long is given up', { timeout: 120_000 }, async () => {
  const bytes = pdfOf(deflateSync(Buffer.alloc(20_000_000, 'q ')));
  const failure = atomize(bytesSource('a.pdf', bytes), { limits: { maxWorkerMs: 3000 } });
  await expect(failure).rejects.toMatchObject({ code: 'TIME_EXCEEDED', limitMs: 3000 });
});

test('reading ends when the signal says so, in the middle of the work', { timeout: 120_000 }, async () => {
  const bytes = pdfOf(deflateSync(Buffer.alloc(20_000_000, 'q ')));
  const stop = new AbortController();
  const source = {
    ...bytesSource('a.pdf', bytes),
    async *open() {
      yield bytes;
      // By the time that it fires the thread is at work, or just about to be: it has to end either way.
      setTimeout(() => stop.abort(new Error('enough')), 500);
    },
  };
  await expect(atomize(source, { signal: stop.signal })).rejects.toThrow('enough');
});

/** Counts the threads that are started from now on, until the test ends. */
function startedThreads(): () => number {
  let threads = 0;
  const count = () => {
    threads += 1;
  };
  subscribe('worker_threads', count);
  onTestFinished(() => void unsubscribe('worker_threads', count));
  return () => threads;
}
const saying = (text: string) => pdfOfPages(deflateSync(`BT /F1 12 Tf 1 0 0 1 72 200 Tm (${text}) Tj ET`), 1);
const paragraphsOf = async (source: ReturnType<typeof bytesSource>, limits = {}) =>
  (await atomize(source, { limits })).drafts
    .filter(({ atomType }) => ['paragraph', 'archive-member-problem'].includes(atomType))
    .map((draft) => draft.metadata?.code ?? textOf(draft).trim());

test('PDFs of an archive are read in one thread, those that are refused too, as each would be by itself', async () => {
  const threads = startedThreads();
  const names = Array.from({ length: 20 }, (_, index) => `Text ${index}`);
  const good = names.map((name) => [`${name}.pdf`, saying(name)]);
  const files = Object.fromEntries([
    ...good.slice(0, 10),
    ['encrypted.pdf', changed('/Root 1 0 R', `/Root 1 0 R ${encryption}`)],
    ['broken.pdf', changed('/Kids [3 0 R]', '/Kids [2 0 R]')],
    ...good.slice(10),
  ]);
  expect(await paragraphsOf(bytesSource('a.zip', zipOf(files)))).toEqual([
    ...names.slice(0, 10),
    'FILE_ENCRYPTED',
    'FILE_BROKEN',
    ...names.slice(10),
  ]);
  expect(threads()).toBe(1);
});

test('a thread that a limit has ended is replaced; a file that meets one beside others gets a thread of its own first', async () => {
  const threads = startedThreads();
  const large = pdfOf(deflateSync(Buffer.alloc(150_000_000, ' '), { level: 1 }));
  expect(large.length).toBeLessThan(1_000_000);
  const archive = zipOf({ 'a.pdf': saying('before'), 'b.pdf': large, 'c.pdf': saying('after') });
  expect(await paragraphsOf(bytesSource('a.zip', archive), { maxWorkerBytes: 96 * 1024 * 1024 })).toEqual([
    ...['before', 'MEMORY_EXCEEDED', 'after'],
  ]);
  expect(threads()).toBe(3);
});

test('files in one file take no more CPU time together than its size allows; the first isn’t held to that', async () => {
  const { signal } = new AbortController();
  const reading = { format: 'PDF', module: 'pdf/pdf-worker', processorMs: 10_000, limits: parseLimits(), signal };
  const kindsOf = async (threads: ReaderThreads): Promise<readonly string[]> => {
    const kinds: string[] = [];
    for await (const { kind } of threads.read<PdfPart>(Uint8Array.from(saying('Text')), reading)) kinds.push(kind);
    return kinds;
  };
  await using threads = new ReaderThreads(mebi, { baseMs: 1, msPerMebi: 1 });
  expect(await kindsOf(threads)).toEqual(['info', 'page']);
  await expect(kindsOf(threads)).rejects.toMatchObject({ code: 'TIME_EXCEEDED', limitMs: 2 });
  await using unknown = new ReaderThreads(null, { baseMs: 9_000, msPerMebi: 0 });
  expect([await kindsOf(unknown), await kindsOf(unknown)]).toEqual(Array(2).fill(['info', 'page']));
});

test('what a file may take grows with its size, beyond 4 MiB faster', () => {
  const time = { baseMs: 9_000, msPerMebi: 2_250 };
  expect([0, 1, 4, 6].map((mebis) => processorMsFor(mebis * mebi, time))).toEqual([9_000, 11_250, 18_000, 36_000]);
});

test('a page whose stream is cut off gives what there is of it, with a note', async () => {
  const lines = Array.from(
    { length: 400 },
    (_, index) => `1 0 0 1 72 ${290 - index / 2} Tm (Line ${index} of ${index * index}) Tj `,
  );
  const whole = deflateSync(`BT /F1 9 Tf ${lines.join('')} ET`);
  const { drafts, notes } = await atomizeWithNotes(
    bytesSource('a.pdf', pdfOfPages(whole.subarray(0, whole.length - 12), 1)),
  );
  const text = drafts.map(textOf).join('');
  expect(text).toContain('Line 300 of 90000');
  expect(notes).toEqual(['PAGES_NOT_READ']);
});

test('a PDF beyond the limit is refused before it is read, or as soon as it shows', async () => {
  const limits = { maxWholeFileBytes: 1000 };
  await expect(atomize(corpusSource('field-notes.pdf'), { limits })).rejects.toThrow(FileTooLargeError);
  const unknown = { ...corpusSource('field-notes.pdf'), size: null };
  await expect(atomize(unknown, { limits })).rejects.toMatchObject({ code: 'FILE_TOO_LARGE', limitBytes: 1000 });
});

test('lines are apart when the gap is wide, the size changes, or a column starts', () => {
  const line = (str: string, y: number, height = 10) => ({
    ...{ str, transform: [1, 0, 0, 1, 0, y], height, width: 10 },
    ...{ dir: 'ltr', hasEOL: true },
  });
  const items = [
    line('Title', 100, 20),
    line('one', 80),
    line('two', 68),
    line('far', 40),
    line('column', 80),
    line('', 60),
  ];
  expect(pageParagraphs(items)).toEqual(['Title\n', 'one\ntwo\n', 'far\n', 'column\n']);
  expect(pageParagraphs([])).toEqual([]);
});
