import { decompressRTF } from '@kenjiuno/decompressrtf';
import msgreader, { type FieldsData } from '@kenjiuno/msgreader';
import { encodingOfCodePage } from './code-page-encoding.ts';
import type { MsgAnswer } from './msg-messages.ts';

// The library is CommonJS, whose default export is a property for Node.
const MsgReader = msgreader.default;

/**
 * Reads a message of Outlook's (MS-OXMSG): headers, the body, attachments. What is wrong with the file comes as the last answer. Has no
 * limits: it belongs into a thread that can be ended.
 */
export function* msgAnswers(bytes: Uint8Array<ArrayBuffer>): Generator<MsgAnswer> {
  try {
    const { reader, message } = readMessage(bytes);
    yield { kind: 'headers', headers: headersOf(message) };
    const body = bodyOf(message);
    if (body !== undefined) yield body;
    let unread = 0;
    for (const attachment of message.attachments ?? []) {
      if (isPictureInText(attachment, body)) continue;
      if (attachment.dataId === undefined && attachment.innerMsgContent !== true) {
        unread += 1;
        continue;
      }
      const { fileName, content } = reader.getAttachment(attachment);
      yield {
        kind: 'attachment',
        name: fileName ?? attachment.fileNameShort ?? attachment.name ?? '',
        mediaType:
          attachment.innerMsgContent === true ? 'application/vnd.ms-outlook' : (attachment.attachMimeTag ?? ''),
        bytes: Uint8Array.from(content),
      };
    }
    if (unread > 0) yield { kind: 'unread', count: unread };
    yield { kind: 'end' };
  } catch (error) {
    // Nothing but the file's bytes comes in here, so whatever goes wrong is the file's.
    yield { kind: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}

interface ReadMessage {
  readonly reader: InstanceType<typeof MsgReader>;
  readonly message: FieldsData;
}

/** Texts that aren't Unicode are in the code page that the message states: it's read once more with that. */
function readMessage(bytes: Uint8Array<ArrayBuffer>): ReadMessage {
  const reader = new MsgReader(bytes.buffer);
  const message = reader.getFileData();
  if (message.error !== undefined) throw new Error(message.error);
  const encoding = encodingOfCodePage(message.messageCodepage);
  if (encoding === undefined || encoding.startsWith('utf-16')) return { reader, message };
  const again = new MsgReader(bytes.buffer);
  again.parserConfig = { ansiEncoding: encoding };
  return { reader: again, message: again.getFileData() };
}

function headersOf(message: FieldsData): Readonly<Record<string, string>> {
  const transport = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(message.headers ?? '')?.[1]?.trim() ?? '';
  const recipients = (type: string): string =>
    (message.recipients ?? [])
      .filter(({ recipType }) => recipType === type)
      .map(({ name, smtpAddress, email }) => address(name, smtpAddress ?? email))
      .join(', ');
  return {
    Subject: message.subject ?? '',
    From: address(message.senderName, message.senderSmtpAddress ?? message.senderEmail),
    To: recipients('to'),
    Cc: recipients('cc'),
    Date: message.clientSubmitTime ?? message.messageDeliveryTime ?? transport('Date'),
    'Message-ID': message.messageId ?? transport('Message-ID'),
  };
}

function address(name = '', mail = ''): string {
  // Addresses within an organisation (`/O=…`) say nothing to anybody else.
  const shown = mail.includes('@') ? mail : '';
  if (name === '' || name === shown) return shown;
  return shown === '' ? name : `${name} <${shown}>`;
}

/** The body in the best of its forms: formatted, as text, or as Rich Text, which is all that some messages have. */
function bodyOf(message: FieldsData): Extract<MsgAnswer, { kind: 'body' }> | undefined {
  const { html, bodyHtml, body, compressedRtf, internetCodepage } = message;
  const encoding = encodingOfCodePage(internetCodepage);
  if (html !== undefined && html.length > 0) {
    return { kind: 'body', format: 'html', bytes: Uint8Array.from(html), ...(encoding !== undefined && { encoding }) };
  }
  const text = [bodyHtml, body].find((each) => each !== undefined && each.trim() !== '');
  if (text !== undefined) {
    const format = text === bodyHtml ? 'html' : 'text';
    return { kind: 'body', format, bytes: new TextEncoder().encode(text.toWellFormed()), encoding: 'utf-8' };
  }
  if (compressedRtf === undefined || compressedRtf.length === 0) return undefined;
  return { kind: 'body', format: 'rtf', bytes: Uint8Array.from(decompressRTF(Array.from(compressedRtf))) };
}

/** Pictures that the text shows are part of how it looks. */
function isPictureInText(
  { pidContentId, attachMimeTag, attachmentHidden, fileName = '' }: FieldsData,
  body: Extract<MsgAnswer, { kind: 'body' }> | undefined,
): boolean {
  if (body?.format !== 'html' || pidContentId === undefined || pidContentId === '') return false;
  const isPicture = /^image\//.test(attachMimeTag ?? '') || /\.(?:png|jpe?g|gif|bmp|svg)$/i.test(fileName);
  return isPicture && (attachmentHidden === true || Buffer.from(body.bytes).includes(`cid:${pidContentId}`));
}
