import type { OcrParagraph } from './ocr-provider.ts';

/** The level of a word in Tesseract's table; those above it are pages, blocks, paragraphs and lines. */
const wordLevel = '5';

interface Gathered {
  readonly picture: number;
  readonly lines: Map<string, string[]>;
  confidence: number;
  words: number;
}

/**
 * The paragraphs in what `tesseract … tsv` prints: `level page_num block_num par_num line_num word_num left top width height conf text`.
 * Words with neither letters nor digits are left out: they are lines and specks.
 */
export function paragraphsOfTsv(tsv: string): readonly OcrParagraph[] {
  const paragraphs = new Map<string, Gathered>();
  for (const row of tsv.split('\n')) {
    const [level, page = '', block, paragraph, line = '', , , , , , confidence, ...rest] = row.split('\t');
    const word = rest.join('\t').trim();
    if (level !== wordLevel || word === '') continue;
    const key = `${page} ${block} ${paragraph}`;
    const known = paragraphs.get(key) ?? {
      picture: Number(page),
      lines: new Map<string, string[]>(),
      confidence: 0,
      words: 0,
    };
    paragraphs.set(key, known);
    const words = known.lines.get(line) ?? [];
    known.lines.set(line, words);
    words.push(word);
    known.confidence += Math.min(100, Math.max(0, Number(confidence) || 0));
    known.words += 1;
  }
  return Array.from(paragraphs.values(), ({ picture, lines, confidence, words }) => ({
    picture,
    text: Array.from(lines.values(), (each) => each.join(' ')).join('\n'),
    confidence: Math.round(confidence / words),
  })).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
}
