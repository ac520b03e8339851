import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { bytesSource } from '../src/source-reading.ts';
import { rawZipOf } from './archive-support.ts';

async function codes(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const { drafts, reading } = await createDefaultRegistry().atomize(bytesSource(name, bytes));
  for await (const draft of drafts) expect(draft.ordinal).toBeGreaterThanOrEqual(0);
  return reading().notes.map(({ code }) => code);
}

test.each([
  'off-01-table.xlsx',
  'off-02-slides.pptx',
  'off-03-text.odt',
  'off-04-letter.rtf',
  'off-05-mail.eml',
  'docx-32-rtf-in-docx-name.docx',
])('%s has text that is not read as its format: noted', async (name) => {
  const bytes = await readFile(new URL(`./field/cases/${name}`, import.meta.url));
  expect(await codes(name, bytes)).toContain('FORMAT_NOT_READ');
});

test.each([
  ['fields at the beginning of a page', 'page.md', 'Title: A page\nDate: 2026-01-02\nFrom: somewhere\n\n# Heading\n'],
  ['lines with colons', 'notes.txt', 'From: here\nTo: there\n\nReceived: later\n'],
  ['a text about RTF', 'about.txt', 'A file that starts with {\\rtf1 is Rich Text.\n'],
])('%s is no such format', async (_, name, text) => {
  expect(await codes(name, Buffer.from(text))).not.toContain('FORMAT_NOT_READ');
});

test('neither is a program in Java', async () => {
  const manifest = { name: 'META-INF/manifest.xml', content: Buffer.from('<x/>') };
  expect(await codes('program.jar', rawZipOf([manifest]))).not.toContain('FORMAT_NOT_READ');
});
