// C0 and C1 controls, line and paragraph separators, and what turns the direction of writing: with these, a text of
// a document could clear the terminal that lists it, or forge a line.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A text from data as a part of one line: control characters become blanks, what is longer than `most` is cut. */
export function printable(text: string, most = 60): string {
  // Of a text of megabytes the beginning is enough: no character has more than two units, and what is unprintable becomes a blank.
  const line = text
    .slice(0, most * 16)
    .replaceAll(unprintable, ' ')
    .trim();
  // By code points, or half a character could remain.
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}
