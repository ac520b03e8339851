import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { documentInfo } from '../office/document-info.ts';
import { openOfficeArchive } from '../office/open-office-archive.ts';
import { mimetypeScore } from '../office/zip-mimetype.ts';
import { readEpubPackage } from './epub-package.ts';

/** E-books (EPUB): title and author, then each chapter in the order of reading, with what is in it. */
export const epubAtomizer: Atomizer = {
  name: 'epub',
  mediaType: 'application/epub+zip',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head, name) => mimetypeScore(head, name, 'application/epub+zip', ['epub']),
  atomize: (source, context) => new FlattenedDrafts(draftsOfChapters(source, context)),
};

async function* draftsOfChapters(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  await using archive = await openOfficeArchive(source, context, 'EPUB');
  const { parts, drafts, members, context: inner } = archive;
  const { info, chapters } = await readEpubPackage(parts, inner);
  yield documentInfo(drafts, info);
  let missing = 0;
  for (const { path, isXhtml } of new Map(chapters.map((chapter) => [chapter.path, chapter])).values()) {
    const bytes = parts.part(path);
    if (bytes === undefined) missing += 1;
    else yield members.file(path, { name: path, kind: 'file', ...(isXhtml && { readAs: `${path}.xhtml` }) }, bytes);
  }
  if (missing > 0) inner.notes.add('PARTS_NOT_READ', `${source.name}: chapters that aren't in it`, missing);
}
