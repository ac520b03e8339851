import { MemberDrafts } from '../archives/member-drafts.ts';
import { Spool } from '../archives/spool.ts';
import { ZipArchive } from '../archives/zip-archive.ts';
import { isZip } from '../archives/zip-atomizer.ts';
import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { readBlocks } from '../source-reading.ts';
import { DocxDrafts } from './docx-drafts.ts';
import { DocxPackage } from './docx-package.ts';
import { readHeadingStyles } from './docx-styles.ts';

/** The parts of a document that have text, in the order that they are read in. */
const textParts = ['footnotes', 'endnotes', 'comments', 'header', 'footer', 'diagramData'];

/** Word documents (Office Open XML): headings, paragraphs and table cells with their sentences; notes and headers after. */
export const docxAtomizer: Atomizer = {
  name: 'docx',
  mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isZip(head)) return 0;
    if (['docx', 'docm', 'dotx', 'dotm'].includes(fileExtension(name))) return 0.97;
    return Buffer.from(head).includes('word/document.xml') ? 0.95 : 0;
  },
  atomize: (source, context) => new FlattenedDrafts(draftsOfParts(source, context)),
};

async function* draftsOfParts(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  const expansion = context.expansion.enter();
  const inner = { ...context, expansion };
  const sequence = new DraftSequence();
  const members = new MemberDrafts(sequence, inner);
  await using spool = await Spool.fill(readBlocks(source, context.signal), context.signal);
  using archive = await ZipArchive.open(spool, expansion, 'DOCX');
  const parts = await DocxPackage.open(archive, new MemberDrafts(sequence, inner), inner);
  const roots = await parts.relationships('');
  const main = roots.find(({ type }) => type === 'officeDocument')?.path;
  if (main === undefined) throw new FileBrokenError('DOCX', 'it has no main document');
  const related = await parts.relationships(main);
  const stylesPath = related.find(({ type }) => type === 'styles')?.path;
  const styles = stylesPath === undefined ? undefined : parts.part(stylesPath);
  const headings = styles === undefined ? new Map() : await readHeadingStyles(styles, stylesPath ?? '', inner);
  const drafts = new DocxDrafts(sequence, members, parts, headings, inner);
  yield* drafts.properties(roots.find(({ type }) => type === 'core-properties')?.path ?? 'docProps/core.xml');
  yield* drafts.part('document', main, parts.requiredPart(main));
  const read = new Set([main]);
  const partOf = async function* (type: string, path: string): AsyncGenerator<DraftsOfPiece> {
    const bytes = read.has(path) ? undefined : parts.part(path);
    read.add(path);
    if (bytes !== undefined) yield* drafts.part(type, path, bytes);
  };
  for (const type of textParts) {
    for (const each of related) if (each.type === type && !each.isExternal) yield* partOf(type, each.path);
  }
  if (related.some(({ type }) => type === 'subDocument')) {
    inner.notes.add('PARTS_NOT_READ', `${source.name}: a document that stands in a file of its own`);
  }
  // What hangs on the document, and on its headers and notes.
  for (const host of [...read]) {
    for (const each of host === main ? related : await parts.relationships(host)) {
      if (each.isExternal || read.has(each.path)) continue;
      if (each.type === 'diagramData') yield* partOf(each.type, each.path);
      read.add(each.path);
      yield* drafts.related(each);
    }
  }
}
