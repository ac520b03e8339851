import { redactAddresses } from './redact-addresses.ts';
import { hiddenSecret, isSecretName } from './secret-names.ts';

const privateKeyBlock = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;

/** A header with its value up to the end of the line. The scheme of an Authorization says much to a reader and nothing to a thief. */
const header =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-(?:api|functions)-key|api-key|ocp-apim-subscription-key)(:[^\S\r\n]*)((?:Basic|Bearer|Digest|Negotiate|NTLM|SharedKey|SharedKeyLite)[^\S\r\n]+)?[^\r\n]+/gi;

/** The value of an Authorization header, wherever it stands. */
const schemeAndToken = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g;

/** A key of the HTTP API, also one that was cut or got something behind it; its first part says which one and opens nothing. */
const apiKey = /(?<![A-Za-z0-9])(hk_[0-9a-f]{12}_)[\w-]{8,}/g;

/** What a JSON Web Token is looked for in. */
const dottedRun = /[\w.-]+/g;

/** In a run, whose parts are looked at one by one: a pattern for the whole token would begin anew at every `-`. */
const tokenStart = /(?:^|[^\w])eyJ[\w-]{8,}$/;

/** A name, and what a value behind it looks like. Every pattern of a name has one place in a run of its characters where it can begin. */
interface Shape {
  readonly name: RegExp;
  /** @returns where the value that begins at `start` ends; `start` for none */
  readonly endOf: (text: string, start: number, lines: LineEnds) => number;
}

/** A text of JSON, also one whose quotes were escaped or whose end was cut off, or a number. */
const jsonValue =
  /"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$)|\\(["'])(?:\\\\\\\1|[\s\S])*?(?:\\\1|$)|\d[\d.]*/y;
/** A text in quotes as JavaScript prints it; a sign alone is what a parser complains of. */
const printedValue = /"(?:[^"\\]|\\[\s\S]){2,}(?:"|$)|'(?:[^'\\]|\\[\s\S]){2,}(?:'|$)|`(?:[^`\\]|\\[\s\S]){2,}(?:`|$)/y;
const queryValue = /[^&\s#"'<>]+/y;
/** A value in an address that is itself escaped, as the parameter of another one. */
const escapedQueryValue = /(?:(?!%26)[^&\s#"'<>])+/iy;
/** The text of an XML element: what stands before its end. */
const elementValue = /<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|[^<]+(?=<\/)/y;
const argumentValue = /"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s-]\S*/y;
/** Of a connection string: in quotes, or in the braces of ODBC. */
const quotedValue = /"(?:[^"]|"")*(?:"|$)|'(?:[^']|'')*(?:'|$)|\{(?:[^}\r\n]|\}\})*\}?/y;
const wordValue = /[^;\s]+/y;

const shapes: readonly Shape[] = [
  // `"key": "name", ..., "value":` and `key="name" value=`: a setting as an object or an element of its own.
  {
    name: /\b(?:key|name)\\?["']?\s*[:=]\s*\\?(["'])(?<name>[\w.:$ -]+)\\?\1[^{}<>]{0,200}?\bvalue\\?["']?\s*[:=]\s*/gi,
    endOf: (text, start) => endOfMatch(jsonValue, text, start),
  },
  // `<name>value</name>`.
  {
    name: /<(?<name>[\w.:-]+)(?:\s[^<>]*)?>\s*/g,
    endOf: (text, start) => endOfMatch(elementValue, text, start),
  },
  // `"name":`, as in JSON inside a text, also where its quotes were escaped.
  { name: /(\\?["'])(?<name>[\w.:$ -]+)\1\s*:\s*/g, endOf: (text, start) => endOfMatch(jsonValue, text, start) },
  // `name: 'value'`, as objects are printed.
  { name: /(?<![\w.$"'\\-])(?<name>[\w.$-]+)\s*:\s*/g, endOf: (text, start) => endOfMatch(printedValue, text, start) },
  // `?name=` and `&name=`, as they stand and as XML has them.
  { name: /(?:&amp;|[?&])(?<name>[\w.-]+)=/g, endOf: (text, start) => endOfMatch(queryValue, text, start) },
  // The same in an address that is the parameter of another one.
  {
    name: /(?:%26|%3f|[?&])(?<name>[\w.-]+)%3d/gi,
    endOf: (text, start) => endOfMatch(escapedQueryValue, text, start),
  },
  // `--name value`, of a command line.
  { name: /(?<![\w-])--(?<name>[\w.:-]+)[^\S\r\n]+/g, endOf: (text, start) => endOfMatch(argumentValue, text, start) },
  // What stands after a semicolon is the last pair of a connection string: a blank doesn't end it. Its names may be of several words.
  {
    name: /(?<=(?<!&amp);\s{0,4})(?<name>[\w.:-]+(?: [\w.:-]+){0,3})\s*=\s*/g,
    endOf: (text, start, lines) => quotedEnd(text, start) ?? lines.endOfPair(start),
  },
  // `name=` and `name = `, as in connection strings, on command lines and in environments.
  {
    name: /(?<![\w.:?&-]|&amp;)(?<name>[\w.:-]+)\s*=>?\s*/g,
    endOf: (text, start, lines) => quotedEnd(text, start) ?? lines.endOfFirstPair(start),
  },
];

/**
 * Replaces the secrets that free text can be seen to carry: passwords and keys of connection strings, URLs, JSON, printed objects and
 * command lines, headers, cookies, shared access signatures, tokens, private keys. Where a value ends can't always be seen; then too much
 * is hidden. Takes time in proportion to the text, whatever that is.
 */
export function redactText(text: string): string {
  const redacted = redactAddresses(text.replace(privateKeyBlock, `-----BEGIN $1-----${hiddenSecret}`))
    .replace(header, `$1$2$3${hiddenSecret}`)
    .replace(schemeAndToken, `$1 ${hiddenSecret}`)
    .replace(apiKey, `$1${hiddenSecret}`)
    .replace(dottedRun, hideTokens);
  return shapes.reduce(hideValues, redacted);
}

/** Replaces each value that follows a secret's name. Only a value that is replaced is passed over, since others may hold pairs themselves. */
function hideValues(text: string, { name, endOf }: Shape): string {
  const lines = new LineEnds(text);
  let safe = '';
  let copied = 0;
  for (const match of text.matchAll(name)) {
    const start = match.index + match[0].length;
    if (match.index < copied || !isSecretName(match.groups?.name ?? '')) continue;
    const end = endOf(text, start, lines);
    if (end === start) continue;
    const quote = /^\\?["'`]/.exec(text.slice(start, start + 2))?.[0] ?? '';
    safe += `${text.slice(copied, start)}${quote}${hiddenSecret}${quote}`;
    copied = end;
  }
  return copied === 0 ? text : safe + text.slice(copied);
}

function endOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return start + (pattern.exec(text)?.[0].length ?? 0);
}

function quotedEnd(text: string, start: number): number | undefined {
  const end = endOfMatch(quotedValue, text, start);
  return end === start ? undefined : end;
}

/** Ends of pairs and lines behind places that come in order, each part of the text looked at once. */
class LineEnds {
  readonly #text: string;
  #semicolon = -1;
  #lineEnd = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the pair ends: at its semicolon, or with the line. */
  endOfPair(start: number): number {
    return Math.min(this.#semicolonFrom(start), this.#lineEndFrom(start));
  }

  /** The same, but where no semicolon follows in the line, it ends at the next blank. */
  endOfFirstPair(start: number): number {
    const semicolon = this.#semicolonFrom(start);
    return semicolon < this.#lineEndFrom(start) && semicolon > start
      ? semicolon
      : endOfMatch(wordValue, this.#text, start);
  }

  #semicolonFrom(start: number): number {
    if (this.#semicolon < start) this.#semicolon = indexOrEnd(this.#text.indexOf(';', start), this.#text);
    return this.#semicolon;
  }

  #lineEndFrom(start: number): number {
    if (this.#lineEnd < start) {
      const rest = /[\r\n]/g;
      rest.lastIndex = start;
      this.#lineEnd = indexOrEnd(rest.exec(this.#text)?.index ?? -1, this.#text);
    }
    return this.#lineEnd;
  }
}

function indexOrEnd(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

/** Hides the JSON Web Tokens in a run: a part that begins like one, the next one, and one more where there is one. */
function hideTokens(run: string): string {
  if (!run.includes('eyJ')) return run;
  const shown: string[] = [];
  const parts = run.split('.');
  for (let place = 0; place < parts.length; place += 1) {
    const part = parts[place] ?? '';
    const start = tokenStart.exec(part);
    if (start === null || (parts[place + 1]?.length ?? 0) < 8) {
      shown.push(part);
      continue;
    }
    shown.push(`${part.slice(0, part.indexOf('eyJ', start.index))}${hiddenSecret}`);
    place += 2;
  }
  return shown.join('.');
}
