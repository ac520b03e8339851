import { MemberDrafts } from '../archives/member-drafts.ts';
import { Spool } from '../archives/spool.ts';
import { ZipArchive } from '../archives/zip-archive.ts';
import type { AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DocxPackage } from '../docx/docx-package.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { readBlocks } from '../source-reading.ts';

/** A document that is a ZIP archive, opened. */
export interface OfficeArchive extends AsyncDisposable {
  readonly parts: DocxPackage;
  readonly drafts: DraftSequence;
  /** For documents within, counted by the budget for what is inside. */
  readonly members: MemberDrafts;
  /** The context for what is inside. */
  readonly context: AtomizerContext;
}

/**
 * Opens a document that is a ZIP archive.
 *
 * @param format what it is called in errors
 * @throws FileBrokenError, FileEncryptedError, ArchiveBombError, TemporaryFileError
 */
export async function openOfficeArchive(
  source: AtomizerSource,
  context: AtomizerContext,
  format: string,
): Promise<OfficeArchive> {
  await using stack = new AsyncDisposableStack();
  const inner = { ...context, expansion: context.expansion.enter() };
  const drafts = new DraftSequence();
  const spool = stack.use(await Spool.fill(readBlocks(source, context.signal), context.signal));
  const archive = stack.use(await ZipArchive.open(spool, inner.expansion, format));
  const parts = await DocxPackage.open(archive, new MemberDrafts(drafts, inner), inner, format);
  const owned = stack.move();
  return {
    parts,
    drafts,
    members: new MemberDrafts(drafts, inner),
    context: inner,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
