import { MemberDrafts } from '../archives/member-drafts.ts';
import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { ArchiveBombError } from '../errors.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { readBlocks } from '../source-reading.ts';
import { isMailbox } from './mail-headers.ts';
import { MailboxSplitter } from './mailbox-splitter.ts';

/** Bytes of a message that is hardly one; many of them are refused. */
const fewBytes = 400;
const manyMessages = 2_000;

/** Mailboxes (mbox, RFC 4155): each message as a member, with what is in it. */
export const mailboxAtomizer: Atomizer = {
  name: 'mailbox',
  mediaType: 'application/mbox',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (isMailbox(Buffer.from(head).toString('latin1')) ? 0.95 : 0),
  atomize: (source, context) => new FlattenedDrafts(draftsOfMessages(source, context)),
};

async function* draftsOfMessages(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<DraftsOfPiece> {
  const inner = { ...context, expansion: context.expansion.enter() };
  const drafts = new DraftSequence();
  const members = new MemberDrafts(drafts, inner);
  const splitter = new MailboxSplitter(readBlocks(source, context.signal));
  for (let number = 1; ; number++) {
    const message = await splitter.next();
    if (message === undefined) return;
    // Not counted like members of archives: mailboxes have many thousands. But messages have headers.
    const { maxArchiveMembers } = context.limits;
    if (number > Math.min(manyMessages, maxArchiveMembers) && splitter.bytes < number * fewBytes) {
      throw new ArchiveBombError('maxArchiveMembers', maxArchiveMembers);
    }
    const name = `message ${number}.eml`;
    yield members.file(name, { name, kind: 'file' }, message);
  }
}
