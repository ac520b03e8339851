import { isZip } from '../archives/zip-atomizer.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { fileExtension } from '../file-extension.ts';
import { openOfficeArchive } from '../office/open-office-archive.ts';
import { readEpubPackage } from './epub-package.ts';

/** E-books (EPUB): title and author, then each chapter in the order of reading, with what is in it. */
export const epubAtomizer: Atomizer = {
  name: 'epub',
  mediaType: 'application/epub+zip',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isZip(head)) return 0;
    const start = Buffer.from(head.subarray(0, 128)).toString('latin1');
    if (start.includes('mimetypeapplication/epub+zip')) return 0.97;
    return fileExtension(name) === 'epub' ? 0.96 : 0;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    await using archive = await openOfficeArchive(source, context, 'EPUB');
    const { parts, drafts, members, context: inner } = archive;
    const { info, chapters } = await readEpubPackage(parts, inner);
    if (Object.keys(info).length > 0) {
      yield drafts.add({
        atomType: 'document-info',
        contentType: 'application/json',
        content: Buffer.from(JSON.stringify(info)),
        canonicalText: info.Title ?? null,
        metadata: info,
      });
    }
    let missing = 0;
    for (const path of new Set(chapters)) {
      const bytes = parts.part(path);
      if (bytes === undefined) missing += 1;
      else yield* members.file(path, { name: path, kind: 'file' }, bytes);
    }
    if (missing > 0) inner.notes.add('PARTS_NOT_READ', `${source.name}: chapters that aren't in it`, missing);
  },
};
