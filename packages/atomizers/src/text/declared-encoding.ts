/** Names that people and programs write for what WHATWG calls otherwise. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['latin-1', 'windows-1252'],
  ['latin_1', 'windows-1252'],
  ['iso-latin-1', 'windows-1252'],
  ['cp932', 'shift_jis'],
  ['windows-31j', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['mbcs', ''],
]);

/**
 * The encoding that a text says itself to be in: an XML declaration, a `meta` element, `@charset`, the cookie of Python,
 * Emacs and Vim in a comment of the first two lines.
 *
 * @param head the first bytes, read as Latin-1
 * @returns its name in lower case; undefined where nothing is said
 */
export function declaredEncoding(head: string): string | undefined {
  const name =
    /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(head)?.[1] ??
    (/^\s*</.test(head) ? /<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1] : undefined) ??
    /^@charset\s+["']([\w.:-]{1,40})["'];/i.exec(head)?.[1] ??
    cookie(head);
  if (name === undefined) return undefined;
  const lower = name.toLowerCase().replace(/-(?:unix|dos|mac)$/, '');
  return (otherNames.get(lower) ?? lower) || undefined;
}

function cookie(head: string): string | undefined {
  const lines = head.split(/\r\n|\n|\r/, 2);
  for (const line of lines) {
    if (!/^\s*(?:#|\/\/|\/\*|--|;|%|"|<!--)/.test(line)) continue;
    const found = /\b(?:file)?(?:coding|encoding)[:=]\s*([\w.:-]{2,40})/.exec(line);
    if (found !== null) return found[1];
  }
  return undefined;
}
