import { hiddenSecret } from './secret-names.ts';

/**
 * `://user:`, and no port behind the colon. Who writes an address by hand forgets to escape its password, so that may hold blanks and any
 * sign; it ends at the last `@` of the word that has the first one.
 */
const urlPassword = /(:\/\/[^\s:/?#@["'<>]*:)(?!\d{1,5}(?![\w@]))[^\r\n@"<>]{1,200}@(?:[^\s@"'<>]*@)*/g;

/** The same without any `@`: a name and a password whose server was forgotten. */
const urlWithoutServer = /(:\/\/[^\s:/?#@["'<>]+:)(?!\d{1,5}(?![\w@])|\*{3})[^\s"'<>]+/g;

/** `://token@`. */
const urlToken = /(:\/\/)[^\s:/?#@"'<>]+@/g;

/** What has no blank in it. */
const word = /[^\s"'<>]+/g;

/** `user:` at the beginning of a word or of an item in a list. A single letter is a drive. */
const plainUser = /(?:^|[=,;([{])[\w.+-]{2,64}:\/?/;

/** Replaces logins in addresses, also in malformed ones where something is missing or wasn't escaped. */
export function redactAddresses(text: string): string {
  if (!text.includes('@') && !text.includes('://')) return text;
  return text
    .replace(urlPassword, `$1${hiddenSecret}@`)
    .replace(urlWithoutServer, `$1${hiddenSecret}`)
    .replace(urlToken, `$1${hiddenSecret}@`)
    .replace(word, redactWord);
}

/** `user:password@server` without `://`. */
function redactWord(each: string): string {
  const last = each.lastIndexOf('@');
  if (last < 0 || each.includes('://')) return each;
  const user = plainUser.exec(each.slice(0, last));
  if (user === null) return each;
  return `${each.slice(0, user.index + user[0].length)}${hiddenSecret}${each.slice(last)}`;
}
