/** Lines that go on in the next one, amid a word, and texts in an encoding for mail, or in base64. */
const folded = /\r?\n[ \t]\S/;
const codedFormats: readonly (readonly [start: RegExp, coding: RegExp, name: string])[] = [
  [/^\s*BEGIN:VCALENDAR/, new RegExp(`${folded.source}|QUOTED-PRINTABLE`), 'a calendar'],
  [/^\s*BEGIN:VCARD/, new RegExp(`${folded.source}|QUOTED-PRINTABLE`), 'an address card'],
  [/^(?:version: 1\s+)?dn::? /, new RegExp(`${folded.source}|\n[\\w;-]+:: `), 'a directory as LDIF'],
];

/**
 * The format of a text whose letters are wrapped in a format of their own that isn't read: what a person sees is in the atoms only
 * among its commands or in an encoding.
 *
 * @param head the beginning of the text
 */
export function unreadTextFormat(head: string): string | undefined {
  if (head.startsWith('%!PS')) return 'a PostScript program';
  if (/<\?mso-application progid="Word\.Document"\?>|<pkg:package\b/.test(head)) return 'a Word document as XML';
  const coded = codedFormats.find(([start]) => start.test(head));
  if (coded?.[1].test(head) === true) return coded[2];
  return /^-----BEGIN (?:PGP MESSAGE|PKCS7|CMS)-----/m.test(head) ? 'an encrypted message' : undefined;
}
