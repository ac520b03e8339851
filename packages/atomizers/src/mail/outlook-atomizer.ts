import type { FieldsData } from '@kenjiuno/msgreader';
import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError, FileTooLargeError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { readBlocks } from '../source-reading.ts';
import { MailDrafts } from './mail-drafts.ts';

const magic = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** The parser has all of a message in memory, and its attachments again. */
const maxMessageBytes = 32 * 1024 * 1024;

/** Messages that Outlook has saved (MS-OXMSG): headers, the body, attachments as members. */
export const outlookAtomizer: Atomizer = {
  name: 'outlook-message',
  mediaType: 'application/vnd.ms-outlook',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const isCompound = magic.every((byte, index) => head[index] === byte);
    return isCompound && ['msg', 'oft'].includes(fileExtension(name)) ? 0.95 : 0;
  },
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const { limits, signal } = context;
    const inner = { ...context, expansion: context.expansion.enter() };
    const most = Math.min(maxMessageBytes, limits.maxWholeFileBytes);
    const blocks: Uint8Array[] = [];
    let size = 0;
    for await (const block of readBlocks(source, signal)) {
      size += block.length;
      if (size > most) throw new FileTooLargeError('an Outlook message', most);
      blocks.push(block);
    }
    const mail = new MailDrafts(new DraftSequence(), inner);
    const { headers, body, attachments } = await readMessage(Buffer.concat(blocks), context);
    yield* mail.headers(headers);
    if (body !== null)
      yield* mail.body(await mail.hold(body.kind, 'utf-8', once(Buffer.from(body.text.toWellFormed()))));
    for (const { name, mediaType, content } of attachments) yield* mail.attachment(name, mediaType, once(content));
  },
};

interface Attachment {
  readonly name: string | null;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

interface OutlookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly kind: 'html' | 'text'; readonly text: string } | null;
  readonly attachments: readonly Attachment[];
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function readMessage(bytes: Buffer, { notes }: AtomizerContext): Promise<OutlookMessage> {
  // CommonJS: what is imported as default is its exports, whose default is the class.
  const { default: exported } = await import('@kenjiuno/msgreader');
  const Reader = exported.default;
  try {
    const reader = new Reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const data = reader.getFileData();
    if (data.error !== undefined) throw new FileBrokenError('an Outlook message', String(data.error));
    const attachments: Attachment[] = [];
    for (const [index, each] of (data.attachments ?? []).entries()) {
      if (each.attachmentHidden === true && each.pidContentId !== undefined) continue;
      const { fileName, content } = reader.getAttachment(index);
      const isMessage = each.innerMsgContent === true;
      const name = isMessage && !/\.msg$/i.test(fileName) ? `${fileName}.msg` : fileName;
      attachments.push({ name, mediaType: each.attachMimeTag ?? 'application/octet-stream', content });
    }
    return { headers: headersOf(data), body: bodyOf(data, notes), attachments };
  } catch (error) {
    if (error instanceof FileBrokenError) throw error;
    // Whatever the parser complains of is the file: its bytes are in memory.
    throw new FileBrokenError('an Outlook message', error instanceof Error ? error.message : String(error), error);
  }
}

function headersOf(data: FieldsData): Readonly<Record<string, string>> {
  const people = (type: string): string =>
    (data.recipients ?? [])
      .filter(({ recipType }) => recipType === type)
      .map(({ name, email, smtpAddress }) => addressText(name, smtpAddress ?? email))
      .join(', ');
  return {
    Subject: data.subject ?? '',
    From: addressText(data.senderName, data.senderSmtpAddress ?? data.senderEmail),
    To: people('to'),
    Cc: people('cc'),
    Date: data.messageDeliveryTime ?? data.clientSubmitTime ?? '',
    'Message-ID': data.messageId ?? '',
  };
}

function addressText(name: string | undefined, address: string | undefined): string {
  if (name === undefined || name === address) return address ?? '';
  return address === undefined ? name : `${name} <${address}>`;
}

function bodyOf(
  { body, bodyHtml, html, compressedRtf }: FieldsData,
  notes: AtomizerContext['notes'],
): OutlookMessage['body'] {
  if (body !== undefined && body.trim() !== '') return { kind: 'text', text: body };
  const page = bodyHtml ?? (html === undefined ? undefined : Buffer.from(html).toString('utf8'));
  if (page === undefined && compressedRtf !== undefined) notes.add('PARTS_NOT_READ', 'the body is in Rich Text only');
  return page === undefined ? null : { kind: 'html', text: page };
}
