/// <reference path="./mailsplit.d.ts" />
import type { MimeNode } from 'mailsplit';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { readBlocks } from '../source-reading.ts';
import { type MailBody, MailDrafts } from './mail-drafts.ts';
import { isMailbox, isMessage, messageBytes } from './mail-headers.ts';
import { messageParts } from './message-parts.ts';

const extensions = ['eml', 'mht', 'mhtml', 'emlx'];
const headerNames = ['Subject', 'From', 'To', 'Cc', 'Reply-To', 'Date', 'Message-ID'];

/** Messages (RFC 5322 with MIME) and web pages that are saved as one (MHT): headers, the body, attachments as members. */
export const mailAtomizer: Atomizer = {
  name: 'mail',
  mediaType: 'message/rfc822',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const text = Buffer.from(head).toString('latin1');
    const isNamedMail = extensions.includes(fileExtension(name));
    if (isMailbox(text) || !isMessage(text, isNamedMail)) return 0;
    return isNamedMail ? 0.95 : 0.85;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const inner = { ...context, expansion: context.expansion.enter() };
    const mail = new MailDrafts(new DraftSequence(), inner);
    let held: { readonly body: MailBody; readonly alternative: MimeNode | undefined } | undefined;
    for await (const { node, body } of messageParts(
      messageBytes(readBlocks(source, context.signal)),
      context.limits.maxArchiveMembers,
    )) {
      if (node.root) yield* mail.headers(await headersOf(node));
      if (node.multipart !== false) continue;
      const kind = bodyKind(node);
      const alternative = alternativeAbove(node);
      // Of several forms of one text the last that is understood is the best (RFC 2046, 5.1.4).
      const isOtherForm = kind !== undefined && alternative !== undefined && held?.alternative === alternative;
      if (held !== undefined && !isOtherForm) yield* mail.body(held.body);
      if (!isOtherForm) held = undefined;
      if (kind !== undefined) held = { body: await mail.hold(kind, node.charset || undefined, body), alternative };
      else if (!isSignature(node) && !isPictureInText(node))
        yield* mail.attachment(node.filename || null, node.contentType || '', body);
    }
    if (held !== undefined) yield* mail.body(held.body);
  },
};

async function headersOf({ headers }: MimeNode): Promise<Readonly<Record<string, string>>> {
  const { default: libmime } = await import('libmime');
  return Object.fromEntries(
    headerNames.map((name) => [name, libmime.decodeWords(headers.getFirst(name).replaceAll(/\r?\n(?=[ \t])/g, ''))]),
  );
}

/** What a part is read as, if it's part of what a person sees as the message. */
function bodyKind({ contentType, disposition, filename }: MimeNode): MailBody['kind'] | undefined {
  if (disposition === 'attachment' || (filename !== false && filename !== '')) return undefined;
  if (contentType === 'text/html' || contentType === 'application/xhtml+xml') return 'html';
  return contentType === false || contentType === 'text/plain' ? 'text' : undefined;
}

function alternativeAbove(node: MimeNode): MimeNode | undefined {
  for (let above = node.parentNode; above !== undefined; above = above.parentNode) {
    if (above.multipart === 'alternative') return above;
  }
  return undefined;
}

/** What a message is signed with has nothing to read in it. */
function isSignature({ contentType, parentNode }: MimeNode): boolean {
  return parentNode?.multipart === 'signed' && /^application\/(?:x-)?(?:pkcs7|pgp)-signature$/.test(contentType || '');
}

/** Pictures and styles that the text shows, as a letterhead does, are part of how it looks. */
function isPictureInText({ contentType, disposition, filename, parentNode }: MimeNode): boolean {
  if (disposition === 'attachment' || !/^(?:image\/|font\/|text\/css)/.test(contentType || '')) return false;
  return parentNode?.multipart === 'related' || filename === false || filename === '';
}
