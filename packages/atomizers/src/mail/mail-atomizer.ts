/// <reference path="./mailsplit.d.ts" />
import { isUtf8 } from 'node:buffer';
import type { MimeNode } from 'mailsplit';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { readBlocks } from '../source-reading.ts';
import { showsText } from './html-body.ts';
import { type MailBody, MailDrafts } from './mail-drafts.ts';
import { isMailbox, isMessage, messageBytes } from './mail-headers.ts';
import { messageParts } from './message-parts.ts';

const extensions = ['eml', 'mht', 'mhtml', 'emlx'];
/** Copies of a text for some programs, beside the HTML for all. */
const copyTypes = new Set(['text/x-amp-html', 'text/watch-html']);
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
    let held:
      | { readonly body: MailBody; readonly alternative: MimeNode | undefined; readonly form: MimeNode }
      | undefined;
    for await (const { node, body } of messageParts(
      messageBytes(readBlocks(source, context.signal)),
      context.limits.maxArchiveMembers,
    )) {
      if (node.root) yield* mail.headers(await headersOf(node));
      if (node.multipart !== false) continue;
      const { alternative, form } = formOf(node);
      if (alternative !== undefined && copyTypes.has(node.contentType || '')) continue;
      const kind = bodyKind(node);
      // Of several forms of one text the last that is understood is the best (RFC 2046, 5.1.4); a form may have several parts.
      const isOtherForm = alternative !== undefined && held?.alternative === alternative && held.form !== form;
      if (held !== undefined && !isOtherForm) {
        yield* mail.body(held.body);
        held = undefined;
      }
      if (kind !== undefined) {
        const next = await mail.hold(kind, node.charset || undefined, body);
        // A picture of a text isn't better than the text.
        if (held === undefined || kind !== 'html' || showsText(next, context.limits)) {
          held = { body: next, alternative, form };
        }
      } else if (!isSignature(node) && !isPictureInText(node))
        yield* mail.attachment(utf8Header(node.filename || '') || null, node.contentType || '', body);
    }
    if (held !== undefined) yield* mail.body(held.body);
  },
};

async function headersOf({ headers }: MimeNode): Promise<Readonly<Record<string, string>>> {
  const { default: libmime } = await import('libmime');
  return Object.fromEntries(
    headerNames.map((name) => {
      const value = utf8Header(headers.getFirst(name).replaceAll(/\r?\n(?=[ \t])/g, ''));
      return [name, libmime.decodeWords(value)];
    }),
  );
}

/** A header that has UTF-8 in it (RFC 6532), which comes as one character for each byte. */
function utf8Header(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

/** What a part is read as, if it's part of what a person sees as the message. */
function bodyKind({ contentType, disposition, filename }: MimeNode): MailBody['kind'] | undefined {
  if (disposition === 'attachment' || (filename !== false && filename !== '')) return undefined;
  if (contentType === 'text/html' || contentType === 'application/xhtml+xml') return 'html';
  return contentType === false || contentType === 'text/plain' ? 'text' : undefined;
}

/** Of the forms of one text, which one a part belongs to: the form is the alternative's own part. */
function formOf(node: MimeNode): { readonly alternative: MimeNode | undefined; readonly form: MimeNode } {
  let form = node;
  for (let above = node.parentNode; above !== undefined; above = above.parentNode) {
    if (above.multipart === 'alternative') return { alternative: above, form };
    form = above;
  }
  return { alternative: undefined, form };
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
