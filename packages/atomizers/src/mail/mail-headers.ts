/** Fields that begin a message, in any order; folded lines belong to the one before. */
const headerBlock = /^(?:From \S.*\r?\n)?((?:[A-Za-z][A-Za-z0-9-]*:.*\r?\n(?:[ \t].*\r?\n)*){2,})/;
const anyOf = (names: string): RegExp => new RegExp(`^(?:${names}):`, 'im');
const mime = anyOf('MIME-Version');
const sender = anyOf('From');
const transport = anyOf('Message-ID|Received|Return-Path');

/** Whether a text begins with the header of a message (RFC 5322, RFC 2045). */
export function isMessage(head: string): boolean {
  const fields = headerBlock.exec(head)?.[1];
  if (fields === undefined) return false;
  return mime.test(fields) || (sender.test(fields) && transport.test(fields));
}

/** Whether a text begins like a mailbox: with a line before the message that says when it came (RFC 4155). */
export function isMailbox(head: string): boolean {
  return /^From \S.{0,200}\d{4}.*\r?\n[A-Za-z][A-Za-z0-9-]*:/.test(head);
}
