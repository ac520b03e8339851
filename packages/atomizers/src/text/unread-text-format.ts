/**
 * The format of a text whose letters are wrapped in a format of their own that isn't read: what a person sees is in the atoms only
 * among its commands or in an encoding.
 *
 * @param head the beginning of the text
 */
export function unreadTextFormat(head: string): string | undefined {
  if (head.startsWith('%!PS')) return 'a PostScript program';
  return /^-----BEGIN (?:PGP MESSAGE|PKCS7|CMS)-----/m.test(head) ? 'an encrypted message' : undefined;
}
