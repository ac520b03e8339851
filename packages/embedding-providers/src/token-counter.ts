import type { EmbeddingModelFacts } from './embedding-models.ts';

/** Counts tokens of a model and cuts texts at them. */
export interface TokenCounter {
  /** Whether counts are estimates. */
  readonly isEstimate: boolean;
  count(text: string): number;
  /** Pieces of at most `maxTokens` tokens, each overlapping the one before by `overlap` tokens. One piece for a text that fits. */
  windows(text: string, maxTokens: number, overlap: number): readonly string[];
}

/**
 * Characters of a token where no tokenizer is at hand: about 4 in English, 1 to 2 in Chinese, code and base64. Too many:
 * inputs exceed the model's limit. Too few: long texts are cut more often than necessary.
 */
const charactersPerToken = 2.5;

const estimating: TokenCounter = {
  isEstimate: true,
  count: (text) => Math.ceil(text.length / charactersPerToken),
  windows: (text, maxTokens, overlap) => {
    const size = Math.floor(maxTokens * charactersPerToken);
    if (text.length <= size) return [text];
    const step = Math.max(1, size - Math.floor(overlap * charactersPerToken));
    const pieces: string[] = [];
    for (let start = 0; ; start += step) {
      pieces.push(wholeCharacters(text, start, start + size));
      if (start + size >= text.length) return pieces;
    }
  },
};

/** A piece of a text without half of a surrogate pair at its ends. */
function wholeCharacters(text: string, start: number, end: number): string {
  const isLow = (at: number) => at > 0 && at < text.length && /[\uDC00-\uDFFF]/.test(text.charAt(at));
  return text.slice(isLow(start) ? start + 1 : start, isLow(end) ? end - 1 : end);
}

/**
 * Longest run of characters without white space, or of white space, that the tokenizer gets whole: its time grows with the square of a run,
 * and a megabyte of one letter would take half an hour. Cut there, it makes at most a token more of each part.
 */
const longestRun = 400;
const hasLongRun = new RegExp(`\\S{${longestRun}}|\\s{${longestRun}}`, 'u');
/** White space belongs to the word after it, as the tokenizer has it. */
const runs = new RegExp(`\\s{0,${longestRun}}\\S{1,${longestRun}}|\\s{1,${longestRun}}`, 'gu');

/** The counter for a model without its folder. Loads the table of OpenAI's tokenizer, a megabyte, when it is first asked for. */
export async function tokenCounterFor({ tokenizer }: Pick<EmbeddingModelFacts, 'tokenizer'>): Promise<TokenCounter> {
  if (tokenizer !== 'cl100k_base') return estimating;
  const { encode, decode } = await import('gpt-tokenizer/encoding/cl100k_base');
  // Words like <|endoftext|> in a text are text.
  const encoded = (text: string) => encode(text, { disallowedSpecial: new Set() });
  const tokensOf = (text: string) =>
    hasLongRun.test(text) ? (text.match(runs) ?? []).flatMap(encoded) : encoded(text);
  return {
    isEstimate: false,
    count: (text) => tokensOf(text).length,
    windows: (text, maxTokens, overlap) => {
      const tokens = tokensOf(text);
      if (tokens.length <= maxTokens) return [text];
      const step = Math.max(1, maxTokens - overlap);
      const pieces: string[] = [];
      for (let start = 0; ; start += step) {
        // A cut inside of a character leaves replacement characters at the ends.
        pieces.push(decode(tokens.slice(start, start + maxTokens)).replace(/^\uFFFD+|\uFFFD+$/gu, ''));
        if (start + maxTokens >= tokens.length) return pieces;
      }
    },
  };
}
