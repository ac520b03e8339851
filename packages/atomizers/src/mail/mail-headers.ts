/** Fields that begin a message, in any order; folded lines belong to the one before. */
const headerBlock = /^(?:From \S.*\r?\n)?((?:[A-Za-z][A-Za-z0-9-]*:.*(?:\r?\n|$)(?:[ \t].*(?:\r?\n|$))*)+)/;
/** The same with all names that there may be (RFC 5322, 2.2), for files whose name says that they're messages. */
const namedHeaderBlock = /^(?:From \S.*\r?\n)?((?:[!-9;-~]+:.*(?:\r?\n|$)(?:[ \t].*(?:\r?\n|$))*)+)/;
/** A byte order mark and empty lines, which editors leave before a message; as Latin-1. */
const emptyStart = /^(?:\xef\xbb\xbf)?(?:\r?\n){0,8}/;
const anyOf = (names: string): RegExp => new RegExp(`^(?:${names}):`, 'im');
const mime = anyOf('MIME-Version');
const sender = anyOf('From');
const transport = anyOf('Message-ID|Received|Return-Path');
const usual = anyOf('From|To|Subject|Date|Sender|Message-ID|Received|Return-Path|Content-Type');
/** Apple's Mail has the length of the message in a line before it, and a list of properties behind it. */
const lengthLine = /^\d{1,12} *\r?\n/;

/**
 * Whether a text begins with the header of a message (RFC 5322, RFC 2045).
 *
 * @param isNamedMail whether the file's name says so, too: then a single field is enough
 */
export function isMessage(head: string, isNamedMail: boolean): boolean {
  const start = isNamedMail ? head.replace(emptyStart, '').replace(lengthLine, '') : head;
  const fields = (isNamedMail ? namedHeaderBlock : headerBlock).exec(start)?.[1];
  if (fields === undefined) return false;
  if (isNamedMail) return usual.test(fields) || mime.test(fields);
  return fields.includes('\n') && (mime.test(fields) || (sender.test(fields) && transport.test(fields)));
}

/** Whether a text begins like a mailbox: with a line before the message that says when it came (RFC 4155). */
export function isMailbox(head: string): boolean {
  return /^(?:\xef\xbb\xbf)?From \S.{0,200}\d{4}.*\r?\n[A-Za-z][A-Za-z0-9-]*:/.test(head);
}

/** The bytes of a message without what Apple's Mail has around it. */
export async function* messageBytes(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = Number.POSITIVE_INFINITY;
  let isFirst = true;
  for await (const block of blocks) {
    let piece = block;
    if (isFirst) {
      isFirst = false;
      const head = Buffer.from(block.subarray(0, 64)).toString('latin1');
      const empty = emptyStart.exec(head)?.[0] ?? '';
      const line = lengthLine.exec(head.slice(empty.length))?.[0] ?? '';
      if (line !== '') left = Number.parseInt(line, 10);
      piece = block.subarray(empty.length + line.length);
    }
    if (left <= 0) return;
    yield piece.subarray(0, left);
    left -= piece.length;
  }
}
