import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { AtomizerError } from '../src/errors.ts';
import { pdfAnswers } from '../src/pdf/pdf-answers.ts';
import { PdfWarnings } from '../src/pdf/pdf-warnings.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';
import { corpusBytes, corpusNames } from './corpus-support.ts';
import { expectInvariants } from './draft-invariants.ts';
import texts from './programs/texts.json' with { type: 'json' };

/** A generator of numbers below a bound that gives the same ones each time (mulberry32). */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const pieces = [
  '"',
  '\0',
  '{"a":[',
  ']]>',
  '<',
  '</p><table>',
  '\r',
  '\n\n',
  '```',
  '%PDF-',
  'stream\n',
  'endobj',
  'PK\x03\x04',
  '\xff\xfe',
  '\xed\xa0\x80',
  ',,,',
  '<!DOCTYPE a [',
  '&#0;',
  '9'.repeat(400),
  '['.repeat(600),
  '../',
];

/** A few changes of the kinds that damage and malice make: bits flipped, parts cut out, doubled, put in. */
function mutate(original: Buffer, random: (bound: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let change = random(4); change >= 0; change--) {
    const at = random(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + random(64));
    const before = bytes.subarray(0, at);
    switch (random(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random(256);
        break;
      case 2:
        bytes = Buffer.concat([before, bytes.subarray(to)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([before, Buffer.from(pieces[random(pieces.length)] ?? '', 'latin1'), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([before, random(3) === 0 ? Buffer.alloc(0) : bytes.subarray(at)]);
    }
  }
  return bytes;
}

const programs = join(import.meta.dirname, 'programs');
/** Formats that are text, which no program is needed for, and those that Node can't write. */
const small: Readonly<Record<string, Buffer>> = {
  'a.rtf': Buffer.from(
    String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 A;}}\f0 Zo\'eb \u8364 ?\par{\footnote n}\trowd c\cell\row}`,
  ),
  'a.mht': Buffer.from(
    'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Caf=C3=A9</p>\r\n--b--\r\n',
  ),
  'a.srt': Buffer.from(
    '1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\nthere.\n\n2\n00:00:03,000 --> 00:00:04,000\nYes.\n',
  ),
  'a.vtt': Buffer.from('WEBVTT\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hi.\n'),
  'a.svg': Buffer.from('<svg xmlns="s"><title>A map</title><text x="1">North <tspan>Sea</tspan></text></svg>'),
  'a.xml': Buffer.from(
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "b">]><a id="7"><b>One <c>two</c>.</b><![CDATA[<raw>]]></a>',
  ),
  // `printf 'Hello there.\n' | xz -9 | base64` and the same of bzip2.
  'a.txt.xz': Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAMSGVsbG8gdGhlcmUuCgAAAADfFlM70m1bmAABJQ1xGcS2H7bzfQEAAAAABFla',
    'base64',
  ),
  'a.txt.bz2': Buffer.from('QlpoOTFBWSZTWVGVON0AAAHVgAAQQAEAQAJElAAgACIDJpoQAwtHO1MuKfi7kinChIKMqcbo', 'base64'),
  'a.txt.zst': zstdCompressSync('Hello there.\n'.repeat(20)),
};
/** What is read in a thread, which takes a while to start, is damaged in tests of its own. */
const isInThread = (name: string): boolean => /\.(?:pdf|msg)$/.test(name);
const fuzzFiles: readonly (readonly [name: string, times: number, bytes: Buffer])[] = [
  ...corpusNames.filter((name) => !isInThread(name)).map((name) => [name, 200, corpusBytes(name)] as const),
  ...Object.keys(texts)
    .filter((name) => !isInThread(name))
    .map((name) => [name, 50, readFileSync(join(programs, name))] as const),
  ...Object.entries(small).map(([name, bytes]) => [name, 50, bytes] as const),
];

/** Runs a file to its end; fails for anything but drafts and this package's own errors. */
async function expectDraftsOrRefusal(name: string, bytes: Buffer, round: number): Promise<void> {
  try {
    const { drafts } = await atomize(bytesSource(name, bytes), { limits: { maxAtoms: 20_000 } });
    expectInvariants(drafts);
  } catch (error) {
    // The round says which mutation it was, so that it can be looked at again.
    if (!(error instanceof AtomizerError)) throw new Error(`${name}, round ${round}`, { cause: error });
  }
}

test.each(fuzzFiles)('%s damaged in %i ways ends with drafts or a refusal', { timeout: 120_000 }, async (...file) => {
  const [name, times, original] = file;
  for (let round = 0; round < times; round++)
    await expectDraftsOrRefusal(name, mutate(original, randomNumbers(round)), round);
});

test('a PDF damaged in 200 ways ends with pages or what is wrong with it', { timeout: 120_000 }, async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const original = corpusBytes('field-notes.pdf');
  const ends = new Set<string>();
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from(mutate(original, randomNumbers(round)));
    let last = '';
    for await (const answer of pdfAnswers(bytes, new PdfWarnings())) last = answer.kind;
    ends.add(last);
  }
  expect([...ends].sort()).toEqual(['broken', 'end']);
});

test('a damaged PDF is refused through its thread, too', { timeout: 120_000 }, async () => {
  const original = corpusBytes('field-notes.pdf');
  for (const bytes of [original.subarray(0, 300), original.subarray(0, 20), Buffer.from('%PDF-1.7\n')]) {
    await expect(atomize(bytesSource('broken.pdf', bytes))).rejects.toMatchObject({
      code: 'FILE_BROKEN',
      format: 'PDF',
    });
  }
  for (let round = 0; round < 3; round++)
    await expectDraftsOrRefusal('a.pdf', mutate(original, randomNumbers(round)), round);
});
