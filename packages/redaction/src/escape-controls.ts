/**
 * What acts on a terminal, or on the direction and order of the text around it, instead of being shown: control characters of both sets,
 * line and paragraph separators, formatting characters, halves of surrogate pairs. The joiners stay: emoji and several scripts need them.
 * A tab stays, too.
 */
const acting = /(?![\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** How {@link escapeControls} treats line feeds. */
export interface EscapeOptions {
  /** Whether the text is several lines; otherwise a line feed is escaped too, so that nothing in a line can look like a line. */
  readonly keepLineFeeds?: boolean;
}

/**
 * The text with everything that acts on a terminal written out (`\u001b`, `\n`), so that it can be printed whatever its origin: names, documents
 * and messages can't move the cursor, set a title or the clipboard, or forge a line. Of JSON with line feeds between its values only, the
 * result is JSON of the same value.
 */
export function escapeControls(text: string, { keepLineFeeds = false }: EscapeOptions = {}): string {
  return text.replace(acting, (character) => {
    if (character === '\n') return keepLineFeeds ? character : '\\n';
    if (character === '\r') return '\\r';
    let escaped = '';
    for (let unit = 0; unit < character.length; unit += 1) {
      escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
