/** What takes no column of its own: marks on the character before, joiners. */
const zeroWidth = /^[\p{M}\u200c\u200d]$/u;

/** What terminals give two columns: scripts of East Asia with their signs, full-width forms, and emoji. */
const doubleWidth =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]$/u;

function widthOf(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return doubleWidth.test(character) ? 2 : 1;
}

/**
 * As much of a line as fits into so many columns of a terminal. A line that is longer goes on in the next one, and what is drawn over it is
 * drawn one line too low.
 */
export function cutToWidth(line: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of line) {
    // A tab leads to the next of the stops, which are eight columns apart.
    width += character === '\t' ? 8 - (width % 8) : widthOf(character);
    if (width > columns) return line.slice(0, end);
    end += character.length;
  }
  return line;
}
