import { isZip } from '../archives/zip-atomizer.ts';
import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { FileBrokenError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { OfficeParts } from '../office/office-parts.ts';
import { openOfficeArchive } from '../office/open-office-archive.ts';
import { DocxDrafts } from './docx-drafts.ts';
import { readHeadingStyles } from './docx-styles.ts';

const format = 'DOCX';
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
  await using archive = await openOfficeArchive(source, context, format);
  const { parts, drafts: sequence, context: inner } = archive;
  const roots = await parts.relationships('');
  const main = roots.find(({ type }) => type === 'officeDocument')?.path;
  if (main === undefined) throw new FileBrokenError(format, 'it has no main document');
  const related = await parts.relationships(main);
  const stylesPath = related.find(({ type }) => type === 'styles')?.path;
  const styles = stylesPath === undefined ? undefined : parts.part(stylesPath);
  const headings = styles === undefined ? new Map() : await readHeadingStyles(styles, stylesPath ?? '', inner);
  const office = new OfficeParts({ format, parts, drafts: sequence, members: archive.members, context: inner });
  const drafts = new DocxDrafts(sequence, parts, headings, inner);
  yield* office.properties();
  yield* drafts.part('document', main, parts.requiredPart(main));
  const read = new Set([main]);
  const partOf = async function* (type: string, path: string): AsyncGenerator<DraftsOfPiece> {
    if (read.has(path)) return;
    read.add(path);
    const bytes = parts.part(path);
    if (bytes !== undefined) yield* drafts.part(type, path, bytes);
    else inner.notes.add('PARTS_NOT_READ', `${path}: a part that is missing or can't be opened`);
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
      yield* office.embedded(each, {});
    }
  }
}
