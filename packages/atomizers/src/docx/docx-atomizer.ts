import { MemberDrafts } from '../archives/member-drafts.ts';
import { Spool } from '../archives/spool.ts';
import { ZipArchive } from '../archives/zip-archive.ts';
import { isZip } from '../archives/zip-atomizer.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { readBlocks } from '../source-reading.ts';
import { paragraphNode } from '../text/paragraph.ts';
import { textDrafts } from '../text/text-node.ts';
import { DocxPackage } from './docx-package.ts';
import { type DocxParagraph, DocxParagraphs } from './docx-paragraphs.ts';
import { type HeadingStyles, readHeadingStyles } from './docx-styles.ts';
import { readXml } from './xml-reader.ts';

/** The parts of a document that have text, in the order that they are read in. */
const textParts = ['footnotes', 'endnotes', 'comments', 'header', 'footer'];

/** Word documents (Office Open XML): headings, paragraphs and table cells with their sentences; notes and headers after. */
export const docxAtomizer: Atomizer = {
  name: 'docx',
  mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isZip(head)) return 0;
    if (['docx', 'docm', 'dotx'].includes(fileExtension(name))) return 0.97;
    return Buffer.from(head).includes('word/document.xml') ? 0.95 : 0;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const expansion = context.expansion.enter();
    const inner = { ...context, expansion };
    const drafts = new DraftSequence();
    await using spool = await Spool.fill(readBlocks(source, context.signal), context.signal);
    using archive = await ZipArchive.open(spool, expansion, 'DOCX');
    const parts = await DocxPackage.open(archive, new MemberDrafts(drafts, inner), inner);
    const main = (await parts.relationships('')).find(({ type }) => type === 'officeDocument')?.path;
    if (main === undefined) throw new FileBrokenError('DOCX', 'it has no main document');
    const related = await parts.relationships(main);
    const stylesPath = related.find(({ type }) => type === 'styles')?.path;
    const styles = stylesPath === undefined ? undefined : parts.part(stylesPath);
    const headings = styles === undefined ? new Map() : await readHeadingStyles(styles, stylesPath ?? '', inner);
    yield* partDrafts(drafts, 'document', main, parts.requiredPart(main), headings, inner);
    for (const type of textParts) {
      for (const { path } of related.filter((each) => each.type === type)) {
        const bytes = parts.part(path);
        if (bytes !== undefined) yield* partDrafts(drafts, type, path, bytes, headings, inner);
      }
    }
  },
};

async function* partDrafts(
  drafts: DraftSequence,
  part: string,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  headings: HeadingStyles,
  context: AtomizerContext,
): AsyncGenerator<AtomDraft> {
  const paragraphs = new DocxParagraphs(headings, context.limits.maxBlockLength);
  let number = 0;
  for await (const _ of readXml(bytes, path, paragraphs, context)) {
    for (const paragraph of paragraphs.take()) {
      number += 1;
      yield* paragraphDrafts(drafts, paragraph, { part, number });
    }
  }
}

function paragraphDrafts(
  drafts: DraftSequence,
  { kind, text, style, level }: DocxParagraph,
  where: { readonly part: string; readonly number: number },
): Generator<AtomDraft> {
  const metadata = { ...where, ...(style !== undefined && { style }), ...(level !== undefined && { level }) };
  return textDrafts(drafts, paragraphNode(text, null, metadata, kind));
}
