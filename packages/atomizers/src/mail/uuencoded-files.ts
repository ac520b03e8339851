/** A file in the text of an old message. */
export interface UuencodedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const beginning = /(?<=^|\n)begin [0-7]{3,4} (\S[^\r\n]{0,254})\r?\n/g;
const blank = 0x20;
/** Of a line: 45 bytes in 60 characters, what says how many there are, a checksum, and a few more. */
const maxLineLength = 128;

/**
 * Parts the text of a message from the files in it, each between `begin 644 name` and `end` (POSIX, uuencode). What isn't a file from
 * beginning to end stays text.
 */
export function splitUuencoded(body: Buffer): { readonly text: Buffer; readonly files: readonly UuencodedFile[] } {
  const all = body.toString('latin1');
  const text: Buffer[] = [];
  const files: UuencodedFile[] = [];
  let from = 0;
  for (const match of all.matchAll(beginning)) {
    const file = match.index < from ? undefined : fileAt(all, match.index + match[0].length);
    if (file === undefined) continue;
    text.push(body.subarray(from, match.index));
    files.push({ name: match[1] ?? '', bytes: file.bytes });
    from = file.end;
  }
  return files.length === 0 ? { text: body, files } : { text: Buffer.concat([...text, body.subarray(from)]), files };
}

/** The file whose first line is at a place, and where the line behind its `end` is. */
function fileAt(text: string, start: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = start; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const next = feed === -1 ? text.length : feed + 1;
    if (next - at > maxLineLength) return undefined;
    const line = text.slice(at, next).replace(/\r?\n$/, '');
    if (line === 'end') return { bytes: Buffer.concat(parts), end: next };
    const part = decodedLine(line);
    if (part === undefined) return undefined;
    parts.push(part);
    at = next;
  }
  return undefined;
}

/** Three bytes in four characters each; the first says how many bytes there are. Undefined: it isn't such a line. */
function decodedLine(line: string): Buffer | undefined {
  if (line === '' || !/^[ -`]+$/.test(line)) return undefined;
  const length = (line.charCodeAt(0) - blank) & 63;
  const characters = Math.ceil(length / 3) * 4;
  // Blanks at its end may have got lost, and some programs add a checksum.
  if (line.length - 1 > characters + 1) return undefined;
  const bytes = Buffer.alloc((characters / 4) * 3);
  for (let at = 0; at < characters; at += 4) {
    const group = [1, 2, 3, 4].reduce((all, next) => (all << 6) | sixBits(line.charCodeAt(at + next)), 0);
    bytes.writeUIntBE(group, (at / 4) * 3, 3);
  }
  return bytes.subarray(0, length);
}

/** @param code NaN behind the line's end, where blanks were */
function sixBits(code: number): number {
  return Number.isNaN(code) ? 0 : (code - blank) & 63;
}
