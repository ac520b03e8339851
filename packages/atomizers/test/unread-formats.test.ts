import { expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf, zipOf } from './archive-support.ts';

async function codes(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const { drafts, reading } = await createDefaultRegistry().atomize(bytesSource(name, bytes));
  for await (const draft of drafts) expect(draft.ordinal).toBeGreaterThanOrEqual(0);
  return reading().notes.map(({ code }) => code);
}

test.each([
  ['a.7z', Buffer.from('7z\xbc\xaf\x27\x1c\0\x04rest', 'latin1')],
  ['a.doc', Buffer.from('d0cf11e0a1b11ae10000', 'hex')],
  ['a.ps', Buffer.from('%!PS-Adobe-3.0\n(Hello) show\n')],
  ['drawing.vsdx', zipOf({ '[Content_Types].xml': '<Types/>', 'visio/document.xml': '<x>text</x>' })],
])('%s has text that is not read as its format: noted', async (name, bytes) => {
  expect(await codes(name, bytes)).toContain('FORMAT_NOT_READ');
});

test.each([
  ['fields at the beginning of a page', 'page.md', 'Title: A page\nDate: 2026-01-02\nFrom: somewhere\n\n# Heading\n'],
  ['lines with colons', 'notes.txt', 'From: here\nTo: there\n\nReceived: later\n'],
  ['a text about RTF', 'about.txt', 'A file that starts with {\\rtf1 is Rich Text.\n'],
])('%s is not such a format', async (_, name, text) => {
  expect(await codes(name, Buffer.from(text))).not.toContain('FORMAT_NOT_READ');
});

test('neither is a program in Java', async () => {
  const manifest = { name: 'META-INF/manifest.xml', content: Buffer.from('<x/>') };
  expect(await codes('program.jar', rawZipOf([manifest]))).not.toContain('FORMAT_NOT_READ');
});
