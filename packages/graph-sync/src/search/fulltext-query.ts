/**
 * The full-text query that finds texts with all the words of `text`, or with any of them. Each word becomes a phrase in quotes, in which
 * nothing but quotes and backslashes means anything to Lucene; so no text that a person types is an operator, a wildcard
 * or a syntax error. A word that the analyzer takes apart (`wi-fi`) must appear with its parts side by side.
 *
 * @returns an empty string when there is nothing to look for
 */
export function fulltextQuery(text: string, wanted: 'all' | 'any' = 'all'): string {
  const words = text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(words)]
    .map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`)
    .join(wanted === 'all' ? ' AND ' : ' OR ');
}
