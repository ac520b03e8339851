import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { readBlocks } from '../source-reading.ts';
import { MemberDrafts } from './member-drafts.ts';
import { memberVariant } from './member-variant.ts';
import { Spool } from './spool.ts';
import { UnreadPackage } from './unread-package.ts';
import { ZipArchive } from './zip-archive.ts';

/** ZIP: members with what is in them. The archive itself is put aside in a temporary file, for its directory is its end. */
export const zipAtomizer: Atomizer = {
  name: 'zip',
  mediaType: 'application/zip',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (isZip(head)) return 0.9;
    // Something may be before the archive: what a proxy sent, or a program that unpacks it.
    return fileExtension(name) === 'zip' ? 0.3 : 0;
  },
  variant: (source) => memberVariant('', source),
  atomize: (source, context) => new FlattenedDrafts(draftsOfMembers(source, context)),
};

async function* draftsOfMembers(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  const expansion = context.expansion.enter();
  const drafts = new DraftSequence();
  const members = new MemberDrafts(drafts, { ...context, expansion }, source.encoding);
  await using spool = await Spool.fill(readBlocks(source, context.signal), context.signal);
  using archive = await ZipArchive.open(spool, expansion, 'ZIP');
  if (archive.bytesAround > 0) {
    context.notes.add('BYTES_AROUND_ARCHIVE', `${source.name}: not part of the archive`, archive.bytesAround);
  }
  const unread = new UnreadPackage();
  for await (const member of archive.members()) {
    const path = members.admit(member);
    unread.see(path);
    if (member.kind === 'refused') yield [members.refused(path, member.reason ?? 'unknown')];
    if (member.kind === 'file') yield members.file(path, member, member.open());
  }
  for (const encoding of archive.namesGuessed) {
    context.notes.add('ENCODING_GUESSED', `${source.name}: names of members, read as ${encoding}`);
  }
  if (unread.name !== undefined) {
    context.notes.add('FORMAT_NOT_READ', `${source.name}: ${unread.name}, read as the archive that it is`);
  }
}

/** Whether bytes begin like a ZIP archive; an empty one has its directory only. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
