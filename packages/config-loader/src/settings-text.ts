/** The text of a settings file. */
export interface SettingsText {
  readonly text: string;
  /** What a person should know of it although it was read. */
  readonly warning?: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes a settings file as .NET does: by its byte order mark UTF-16 of either order, as Windows PowerShell writes it, otherwise UTF-8.
 * Bytes that aren't UTF-8 become U+FFFD, which the warning says; .NET says nothing.
 *
 * @param name of the file, for the warning
 */
export function decodeSettings(bytes: Uint8Array, name: string): SettingsText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) };
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
    return {
      text,
      warning: `${name} isn't UTF-8 (line ${line}): what can't be read is replaced by U+FFFD. Save it as UTF-8`,
    };
  }
}

/** Where the lines of a text begin, to find the line of a place without counting from the start each time. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** @param offset in UTF-16 units from 0; line and column count from 1 */
  positionOf(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
