import { createHash } from 'node:crypto';
import { normalised } from './vectors.ts';

/**
 * A vector of the words in a text and of the groups of three letters in them, by feature hashing (Weinberger et al. 2009): each
 * feature adds to one number, with a sign that its hash gives. Texts with words in common are near; what they mean has no
 * part in it.
 *
 * @param text with at least one letter or digit, else the vector is that of the whole text
 * @param dimension numbers of the vector
 */
export function lexicalHashVector(text: string, dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [text];
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const word of words) {
    add(`w:${word}`, 1);
    const letters = [...`^${word}$`];
    for (let at = 0; at + 3 <= letters.length; at += 1) add(`t:${letters.slice(at, at + 3).join('')}`, 0.3);
  }
  for (const [feature, count] of counts) {
    const hash = createHash('sha256').update(feature).digest();
    const place = hash.readUInt32LE(0) % dimension;
    // The square root keeps a word that is repeated a hundred times from being all that the vector says.
    vector[place] = (vector[place] ?? 0) + Math.sqrt(count) * ((hash[4] ?? 0) % 2 === 0 ? 1 : -1);
  }
  // Features may cancel each other.
  if (vector.every((value) => value === 0)) vector[0] = 1;
  return normalised(vector);
}
