import type { TextNode } from './text-node.ts';

// No language is given, so Unicode's own rules count, and the result doesn't depend on the machine's language.
const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

// What a sentence can end with (UAX 29, 5.1: ATerm, STerm, ParaSep). A text without any of these is one, and asking costs microseconds.
const sentenceEnd = /[\p{Sentence_Terminal}.\u2024\ufe52\uff0e\r\n\u0085\u2028\u2029]/u;

// A line that isn't the start of a list item, a quote or a table row goes on where the one before it ended.
const lineBreak = /(?:\r\n|\n|\r)(?![ \t]{0,99}(?:(?:[-*+>|•]|\d{1,9}[.)])\s|\r|\n|$))/g;

/** A paragraph and its sentences; one of a single sentence has no children. Sentences keep the white space after them. */
export function paragraphNode(
  text: string,
  start: number | null,
  metadata: Readonly<Record<string, unknown>>,
  atomType = 'paragraph',
): TextNode {
  if (!sentenceEnd.test(text)) return { atomType, text, start, metadata };
  const sentences: string[] = [];
  let lastIsBlank = true;
  const flowing = text.replaceAll(lineBreak, (found) => ' '.repeat(found.length));
  for (const {
    index,
    segment: { length },
  } of segmenter.segment(flowing)) {
    const segment = text.slice(index, index + length);
    const isBlank = segment.trim() === '';
    // Blank lines are segments of their own; they belong to the sentence before them, the first ones to the one after.
    if (sentences.length > 0 && (isBlank || lastIsBlank)) sentences[sentences.length - 1] += segment;
    else sentences.push(segment);
    lastIsBlank &&= isBlank;
  }
  const children: TextNode[] = [];
  let at = start;
  for (const sentence of sentences) {
    children.push({ atomType: 'sentence', text: sentence, start: at });
    if (at !== null) at += sentence.length;
  }
  return children.length > 1 ? { atomType, text, start, metadata, children } : { atomType, text, start, metadata };
}
