/**
 * Why a file's name can't go into a message; null: it can. Control characters would make lists and logs lie, and XML, which messages
 * are, can hold only some of them.
 */
export function nameProblem(name: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(name)) return 'its name has control characters';
  return name.isWellFormed() ? null : "its name isn't valid Unicode";
}

/** Whether a name is that of an unfinished download or copy, or of the file by which Office locks a document. */
export function isProvisional(name: string): boolean {
  return /\.(?:crdownload|filepart|part|partial)$/i.test(name) || name.startsWith('~$');
}

/** A name for people: what isn't shown, or would move the cursor, is written as an escape. */
export function printable(name: string): string {
  return name.toWellFormed().replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** A name as bytes for people: what isn't UTF-8 is written as `\xe9`. */
export function printableBytes(name: Uint8Array): string {
  let text = '';
  let rest = Buffer.from(name);
  while (rest.length > 0) {
    const length = validLength(rest);
    text += printable(rest.subarray(0, length).toString('utf8'));
    if (length < rest.length) text += `\\x${(rest[length] ?? 0).toString(16).padStart(2, '0')}`;
    rest = rest.subarray(length + 1);
  }
  return text;
}

/** How many of the first bytes are valid UTF-8. */
function validLength(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  const bad = text.indexOf('\ufffd');
  if (bad === -1) return bytes.length;
  const length = Buffer.byteLength(text.slice(0, bad));
  // The replacement character may be in the name itself.
  const isReal = bytes.subarray(length, length + 3).toString('hex') === 'efbfbd';
  return isReal ? length + 3 + validLength(bytes.subarray(length + 3)) : length;
}
