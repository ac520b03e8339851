import { isCompoundFile } from '../archives/compound-file-atomizer.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { readWholeFile } from '../threads/whole-file.ts';
import { MailDrafts } from './mail-drafts.ts';
import type { MsgPart } from './msg-messages.ts';

/** The stream that each message has (MS-OXMSG, section 2.4), in the directory of the compound file. */
const properties = Buffer.from('__properties_version1.0', 'utf16le');

/** The parser follows chains of sectors that have no end; what has one takes a fraction of a second. */
const processorMs = 10_000;

/** Outlook's messages (MSG): headers, the body, attachments and messages within as members. The whole file is in memory. */
export const msgAtomizer: Atomizer = {
  name: 'outlook-message',
  mediaType: 'application/vnd.ms-outlook',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    if (!isCompoundFile(head)) return 0;
    return ['msg', 'oft'].includes(fileExtension(name)) || Buffer.from(head).includes(properties) ? 0.95 : 0;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const { limits, signal, notes, threads } = context;
    const bytes = await readWholeFile(source, 'MSG', limits.maxWholeFileBytes, signal);
    const expansion = context.expansion.enter();
    const mail = new MailDrafts(new DraftSequence(), { ...context, expansion });
    const counted = (piece: Uint8Array): AsyncIterable<Uint8Array> =>
      expansion.count(once(piece), () => Number.POSITIVE_INFINITY);
    const reading = { format: 'MSG', module: 'mail/msg-worker', processorMs, limits, signal };
    for await (const part of threads.read<MsgPart>(bytes, reading)) {
      if (part.kind === 'headers') yield* mail.headers(part.headers);
      else if (part.kind === 'unread') {
        notes.add('PARTS_NOT_READ', `${source.name}: attachments without a file of their own`, part.count);
      } else if (part.kind === 'body') {
        yield* mail.body(await mail.hold(part.format, part.encoding, counted(part.bytes)));
      } else yield* mail.attachment(part.name, part.mediaType, counted(part.bytes));
    }
  },
};

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece;
}
