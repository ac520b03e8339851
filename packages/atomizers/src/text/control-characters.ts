/**
 * How many characters of a text are ones that texts don't have: control characters but for bell to carriage return, end of
 * file, escape and separators, and what stands for bytes that weren't valid.
 */
export function countOddCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 7 || (code > 13 && code < 0x1a) || code >= 0xfffd) count += 1;
  }
  return count;
}

/** How many characters are C1 control characters, which no text has; DOS and Mac letters become such in a wrong encoding. */
export function countC1Controls(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80 && code < 0xa0) count += 1;
  }
  return count;
}
