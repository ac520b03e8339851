import type PostalMime from 'postal-mime';
import { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError, FileTooLargeError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import type { AtomizerLimits } from '../options.ts';
import { readBlocks } from '../source-reading.ts';
import { type Attachment, type MailMessage, mailDrafts } from './mail-drafts.ts';
import { isMailbox, isMessage } from './mail-headers.ts';

const extensions = ['eml', 'mht', 'mhtml', 'emlx'];
/** What the parser holds of a message at a time is several times its size. */
const maxMessageBytes = 32 * 1024 * 1024;
const maxHeaderBytes = 1024 * 1024;
/** Parts of messages in parts. */
const maxNestedParts = 64;

type Email = Awaited<ReturnType<typeof PostalMime.parse>>;
type Address = Email['from'];

/** Messages (RFC 5322 with MIME) and web pages that are saved as one (MHT): headers, the body, attachments as members. */
export const mailAtomizer: Atomizer = {
  name: 'mail',
  mediaType: 'message/rfc822',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const text = Buffer.from(head).toString('latin1');
    if (isMailbox(text) || !isMessage(text)) return 0;
    return extensions.includes(fileExtension(name)) ? 0.95 : 0.85;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const inner = { ...context, expansion: context.expansion.enter() };
    const drafts = new DraftSequence();
    const bytes = await wholeMessage(source, context.limits, context.signal);
    const message = await readMessage(bytes);
    yield* mailDrafts(message, drafts, new MemberDrafts(drafts, inner), inner);
  },
};

async function wholeMessage(source: AtomizerSource, limits: AtomizerLimits, signal: AbortSignal): Promise<Buffer> {
  const most = Math.min(maxMessageBytes, limits.maxWholeFileBytes);
  const blocks: Uint8Array[] = [];
  let size = 0;
  for await (const block of readBlocks(source, signal)) {
    size += block.length;
    if (size > most) throw new FileTooLargeError('a message', most);
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

async function readMessage(bytes: Uint8Array): Promise<MailMessage> {
  const { default: parser } = await import('postal-mime');
  let email: Email;
  try {
    email = await parser.parse(bytes, {
      forceRfc822Attachments: true,
      maxNestingDepth: maxNestedParts,
      maxHeadersSize: maxHeaderBytes,
    });
  } catch (error) {
    throw new FileBrokenError('a message', error instanceof Error ? error.message : String(error), error);
  }
  return {
    headers: headersOf(email),
    html: email.html ?? null,
    text: email.text ?? null,
    attachments: email.attachments.filter((each) => !isPictureInText(each)).map(attachmentOf),
  };
}

function headersOf({ subject, from, to, cc, replyTo, date, messageId }: Email): Readonly<Record<string, string>> {
  return {
    Subject: subject ?? '',
    From: addressText(from),
    To: (to ?? []).map(addressText).join(', '),
    Cc: (cc ?? []).map(addressText).join(', '),
    'Reply-To': (replyTo ?? []).map(addressText).join(', '),
    Date: date ?? '',
    'Message-ID': messageId ?? '',
  };
}

function addressText(address: Address): string {
  if (address === undefined) return '';
  if (address.group !== undefined) return `${address.name}: ${address.group.map(addressText).join(', ')}`;
  return address.name === '' ? (address.address ?? '') : `${address.name} <${address.address ?? ''}>`;
}

type EmailAttachment = Email['attachments'][number];

/** Pictures and styles that the text shows, as a letterhead does, are part of how it looks. */
function isPictureInText({ mimeType, related, disposition, filename }: EmailAttachment): boolean {
  if (disposition === 'attachment' || !/^(?:image\/|font\/|text\/css)/.test(mimeType)) return false;
  return related === true || filename === null;
}

function attachmentOf({ filename, mimeType, content }: EmailAttachment): Attachment {
  const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
  return { name: filename, mediaType: mimeType, content: bytes };
}
