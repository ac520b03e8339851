import type { TextNode } from './text-node.ts';

// No language is given, so Unicode's own rules count, and the result doesn't depend on the machine's language.
const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** A paragraph and its sentences; one of a single sentence has no children. Sentences keep the white space after them. */
export function paragraphNode(
  text: string,
  start: number | null,
  metadata: Readonly<Record<string, unknown>>,
  atomType = 'paragraph',
): TextNode {
  const sentences: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = sentences.length - 1;
    // Blank lines are segments of their own; they belong to the sentence before them.
    if (last >= 0 && (segment.trim() === '' || sentences[last]?.trim() === '')) sentences[last] += segment;
    else sentences.push(segment);
  }
  const children: TextNode[] = [];
  let at = start;
  for (const sentence of sentences) {
    children.push({ atomType: 'sentence', text: sentence, start: at });
    if (at !== null) at += sentence.length;
  }
  return children.length > 1 ? { atomType, text, start, metadata, children } : { atomType, text, start, metadata };
}
