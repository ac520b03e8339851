/**
 * Whether functions take a surrogate pair for one character: under collations with supplementary characters (`_SC`, and all of
 * version 140), not under others. Source: Microsoft's "Collation and Unicode support", "Supplementary characters".
 */
export function countsPairs(collation: string | undefined): boolean {
  return collation !== undefined && /_(SC|140)(_|$)/i.test(collation) && !/_BIN2?(_|$)/i.test(collation);
}

const surrogate = /[\uD800-\uDFFF]/;

/** Characters of a text as its collation counts them. */
export function charactersOf(text: string, collation: string | undefined): string | readonly string[] {
  return surrogate.test(text) && countsPairs(collation) ? [...text] : text;
}

/** A part of a text by characters as its collation counts them; `start` and `end` as of `slice`. */
export function sliceCharacters(text: string, collation: string | undefined, start: number, end?: number): string {
  const part = charactersOf(text, collation).slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}

/** How many characters of a text stand before a position of its UTF-16 units. */
export function charactersBefore(text: string, collation: string | undefined, units: number): number {
  return charactersOf(text.slice(0, units), collation).length;
}
