import { hiddenSecret, isSecretName } from './secret-names.ts';

const privateKeyBlock = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;

/** The user information of a URL. */
const urlPassword = /(:\/\/[^\s:/?#@]*):[^\s/?#@]+@/g;

/** A header with its value up to the end of the line. The scheme of an Authorization says much to a reader and nothing to a thief. */
const header =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-(?:api|functions)-key|api-key|ocp-apim-subscription-key)(:\s*)((?:Basic|Bearer|Digest|Negotiate|NTLM|SharedKey|SharedKeyLite)\s+)?[^\r\n]+/gi;

/** The value of an Authorization header, wherever it stands. */
const schemeAndToken = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g;

const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;

/** `"name":`, as in JSON inside a text, also where its quotes were escaped. */
const jsonName = /(\\?["'])(?<name>[\w.:$ -]{1,64})\1\s*:\s*/g;

/** A text of JSON, also one whose quotes were escaped or whose end was cut off, or a number. */
const jsonValue =
  /"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$)|\\(["'])(?:\\\\\\\1|[\s\S])*?(?:\\\1|$)|\d[\d.]*/y;

/** `?name=` and `&name=`. */
const queryName = /[?&](?<name>[\w.-]{1,64})=/g;
const queryValue = /[^&\s#"'<>]+/y;

/** `name=` and `name = `, as in connection strings, on command lines and in environments. */
const pairName = /(?<![\w.:?&-])(?<name>[\w.:-]{1,64})\s*=\s*/g;

/** In quotes it may hold anything; otherwise it runs to the semicolon, blanks included, or, where none follows, to the next blank. */
const pairValue = /"(?:[^"]|"")*(?:"|$)|'(?:[^']|'')*(?:'|$)|[^;\r\n]+(?=;)|[^;\s]+/y;

/** What stands after a semicolon is the last pair of a connection string: a blank doesn't end it. */
const lastPairName = /(?<=;\s{0,4})(?<name>[\w.:-]{1,64})\s*=\s*/g;
const lastPairValue = /"(?:[^"]|"")*(?:"|$)|'(?:[^']|'')*(?:'|$)|[^;\r\n]+/y;

/**
 * Replaces the secrets that free text can be seen to carry: passwords and keys of connection strings, URLs, JSON and command lines,
 * headers, cookies, shared access signatures, tokens, private keys. Where a value ends can't always be seen; then too much is hidden.
 */
export function redactText(text: string): string {
  const redacted = text
    .replace(privateKeyBlock, `-----BEGIN $1-----${hiddenSecret}`)
    .replace(urlPassword, `$1:${hiddenSecret}@`)
    .replace(header, `$1$2$3${hiddenSecret}`)
    .replace(schemeAndToken, `$1 ${hiddenSecret}`)
    .replace(jsonWebToken, hiddenSecret);
  return [
    [jsonName, jsonValue] as const,
    [queryName, queryValue] as const,
    [lastPairName, lastPairValue] as const,
    [pairName, pairValue] as const,
  ].reduce((safe, [name, value]) => hideValues(safe, name, value), redacted);
}

/** Replaces each value that follows a secret's name. Only a value that is replaced is passed over, since others may hold pairs themselves. */
function hideValues(text: string, namePattern: RegExp, valuePattern: RegExp): string {
  let safe = '';
  let copied = 0;
  for (const match of text.matchAll(namePattern)) {
    const start = match.index + match[0].length;
    if (match.index < copied || !isSecretName(match.groups?.name ?? '')) continue;
    valuePattern.lastIndex = start;
    const value = valuePattern.exec(text)?.[0];
    if (value === undefined) continue;
    const quote = /^\\?["']/.exec(value)?.[0] ?? '';
    safe += `${text.slice(copied, start)}${quote}${hiddenSecret}${quote}`;
    copied = start + value.length;
  }
  return copied === 0 ? text : safe + text.slice(copied);
}
