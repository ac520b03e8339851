import { Tokenizer } from '@huggingface/tokenizers';
import { ModelUnusableError } from '../errors.ts';
import type { TokenCounter } from '../token-counter.ts';
import type { ModelFiles } from './model-folder.ts';

/** Encodings that are kept: texts are counted when calls are planned and encoded when they are made. */
const keptEncodings = 1_024;

/** Most tokens of one that is kept: a text that has more is counted once, to be cut, and a thousand of them would fill the memory. */
const longestKept = 8_192;

/** A model's own tokenizer: counts tokens, cuts texts at them, and encodes texts. */
export class ModelTokenizer implements TokenCounter {
  readonly isEstimate = false;
  readonly #tokenizer: Tokenizer;
  /** Tokens that the model puts around a text. */
  readonly #own: number;
  readonly #kept = new Map<string, Int32Array>();

  /** @throws ModelUnusableError when tokenizer.json isn't one that the library knows */
  constructor({ tokenizer, tokenizerConfig, modelFile }: ModelFiles) {
    try {
      this.#tokenizer = new Tokenizer(tokenizer, tokenizerConfig);
      this.#own = this.#tokenizer.encode('').ids.length;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ModelUnusableError(modelFile, `its tokenizer.json can't be used: ${reason}`, { cause });
    }
  }

  /** Tokens of a text, with those that the model puts around it. */
  encode(text: string): Int32Array {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    const ids = Int32Array.from(this.#tokenizer.encode(text).ids);
    if (ids.length > longestKept) return ids;
    if (this.#kept.size >= keptEncodings)
      for (const [oldest] of this.#kept.entries().take(1)) this.#kept.delete(oldest);
    this.#kept.set(text, ids);
    return ids;
  }

  count(text: string): number {
    return Math.max(0, this.encode(text).length - this.#own);
  }

  /** Cuts between words, and a word only where it is longer than a window. */
  windows(text: string, maxTokens: number, overlap: number): readonly string[] {
    if (this.count(text) <= maxTokens) return [text];
    const words = this.#words(text, maxTokens);
    const windows: string[] = [];
    for (let first = 0; first < words.length; ) {
      let end = first;
      for (let sum = 0; end < words.length; end += 1) {
        sum += words[end]?.tokens ?? 0;
        if (sum > maxTokens && end > first) break;
      }
      const slice = (to: number) => text.slice(words[first]?.start, words[to - 1]?.end);
      // Some tokenizers make more of words together than of each alone.
      while (end - first > 1 && this.count(slice(end)) > maxTokens) end -= 1;
      windows.push(slice(end));
      if (end >= words.length) break;
      let next = end;
      for (let sum = 0; next - 1 > first; next -= 1) {
        sum += words[next - 1]?.tokens ?? 0;
        if (sum > overlap) break;
      }
      first = next;
    }
    return windows;
  }

  #words(text: string, maxTokens: number): readonly Word[] {
    const words: Word[] = [];
    for (const match of text.matchAll(/\S+/gu)) {
      const open = [{ start: match.index, end: match.index + match[0].length }];
      for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
        const { start, end } = piece;
        const tokens = this.#tokenizer.encode(text.slice(start, end)).ids.length - this.#own;
        const middle = wholeCharacter(text, Math.floor((start + end) / 2));
        if (tokens <= maxTokens || middle <= start) words.push({ start, end, tokens });
        else open.push({ start: middle, end }, { start, end: middle });
      }
    }
    return words;
  }
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

/** The place itself, or the one before it where it is in the middle of a surrogate pair. */
function wholeCharacter(text: string, place: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(place)) ? place - 1 : place;
}
