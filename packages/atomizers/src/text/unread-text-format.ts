/** Fields that begin a message, in any order; folded lines belong to the one before. */
const headerBlock = /^(?:From \S.*\r?\n)?((?:[A-Za-z][A-Za-z0-9-]*:.*\r?\n(?:[ \t].*\r?\n)*){2,})/;
const anyOf = (names: string): RegExp => new RegExp(`^(?:${names}):`, 'im');
const mime = anyOf('MIME-Version');
const sender = anyOf('From');
const transport = anyOf('Message-ID|Received|Return-Path');

/**
 * The format of a text whose letters are wrapped in a format of their own that isn't read: what a person sees is in the atoms only
 * among its commands or in an encoding.
 *
 * @param head the beginning of the text
 */
export function unreadTextFormat(head: string): string | undefined {
  if (/^\s*\{\\rtf/.test(head)) return 'a Rich Text document';
  if (head.startsWith('%!PS')) return 'a PostScript program';
  const fields = headerBlock.exec(head)?.[1];
  if (fields === undefined) return undefined;
  return mime.test(fields) || (sender.test(fields) && transport.test(fields)) ? 'a message (mail, MHT)' : undefined;
}
