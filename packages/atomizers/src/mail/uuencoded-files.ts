/** A file in the text of an old message. */
export interface UuencodedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const beginning = /^begin [0-7]{3,4} (\S[^\r\n]{0,254})\r?$/;
const blank = 0x20;

/**
 * Parts the text of a message from the files in it, each between `begin 644 name` and `end` (POSIX, uuencode). What isn't a file from
 * beginning to end stays text.
 */
export function splitUuencoded(body: Buffer): { readonly text: Buffer; readonly files: readonly UuencodedFile[] } {
  if (!/(?:^|\n)begin [0-7]{3,4} /.test(body.toString('latin1'))) return { text: body, files: [] };
  const lines = body.toString('latin1').split('\n');
  const text: string[] = [];
  const files: UuencodedFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const name = beginning.exec(line)?.[1];
    const file = name === undefined ? undefined : fileAt(lines, at + 1);
    if (name === undefined || file === undefined) {
      text.push(line);
      continue;
    }
    files.push({ name, bytes: file.bytes });
    at = file.end;
  }
  return files.length === 0 ? { text: body, files } : { text: Buffer.from(text.join('\n'), 'latin1'), files };
}

/** The file whose first line is at a place, and where its `end` is. */
function fileAt(lines: readonly string[], start: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = start; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    if (line === 'end') return { bytes: Buffer.concat(parts), end: at };
    const part = decodedLine(line);
    if (part === undefined) return undefined;
    parts.push(part);
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
  const bytes = Buffer.alloc(Math.ceil(length / 3) * 3);
  for (let at = 0; at < characters; at++) {
    const code = line.charCodeAt(at + 1);
    const sixBits = Number.isNaN(code) ? 0 : (code - blank) & 63;
    const bit = at * 6;
    const shift = 10 - (bit % 8);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | ((sixBits << shift) >> 8);
    if (bit % 8 > 2) bytes[(bit >> 3) + 1] = (bytes[(bit >> 3) + 1] ?? 0) | ((sixBits << shift) & 0xff);
  }
  return bytes.subarray(0, length);
}
