import type { Line } from '../text/line-splitter.ts';

/** What is shown at a time. */
export interface SubtitleCue {
  readonly text: string;
  readonly line: number;
  /** As in the file. */
  readonly from: string;
  readonly to: string;
}

const timing = /^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})/;
/** Formats within the text: tags of both formats, and positions that some players know. */
const formats = /<\/?[a-z0-9][^>\n]{0,200}>|\{\\[^}\n]{0,200}\}/gi;

/** What stands for a character in WebVTT (section 4.2.2), and isn't anything else in SubRip. */
const references: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
};

/** Takes the cues out of the lines of SubRip or WebVTT. Lines without a time are numbers, comments and styles. */
export class SubtitleCues {
  readonly #maxLength: number;
  #open: { from: string; to: string; line: number; text: string } | undefined;

  /** @param maxLength longest cue in UTF-16 code units; a longer one goes on as the next */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The cue that is complete with a line. */
  push({ text, number }: Line): SubtitleCue | undefined {
    const match = timing.exec(text);
    if (match !== null) {
      const cue = this.end();
      this.#open = { from: match[1] ?? '', to: match[2] ?? '', line: number, text: '' };
      return cue;
    }
    if (this.#open === undefined) return undefined;
    if (text.trim() === '') return this.end();
    this.#open.text += text;
    if (this.#open.text.length <= this.#maxLength) return undefined;
    const { from, to, line } = this.#open;
    const cue = this.end();
    this.#open = { from, to, line, text: '' };
    return cue;
  }

  /** The last cue. */
  end(): SubtitleCue | undefined {
    const open = this.#open;
    this.#open = undefined;
    const shown = open?.text
      .replaceAll(formats, '')
      .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (name) => references[name] ?? name);
    const text = shown?.trim() ?? '';
    return open === undefined || text === '' ? undefined : { ...open, text: text.toWellFormed() };
  }
}
