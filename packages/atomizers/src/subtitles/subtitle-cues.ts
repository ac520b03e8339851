import type { Line } from '../text/line-splitter.ts';

/** What is shown at a time. */
export interface SubtitleCue {
  readonly text: string;
  readonly line: number;
  /** As in the file. */
  readonly from: string;
  readonly to: string;
}

/** Also without milliseconds, with a colon before them or blanks within, as people and programs write it. */
const time = String.raw`(?:\d{1,3}[ ]?:[ ]?)?\d{1,2}[ ]?:[ ]?\d{2}(?:[ ]?[.,:][ ]?\d{1,3})?`;
const timing = new RegExp(String.raw`^\s*(${time})[ \t]*--?>[ \t]*(${time})(?!\d)`);
/** Blocks of WebVTT that aren't shown. */
const unshownBlock = /^(?:\ufeff?WEBVTT|NOTE|STYLE|REGION)(?:[ \t]|$)/;
/** Formats within the text: tags of both formats, and positions that some players know. */
const formats =
  /<\/?(?:[bisucv]|ruby|rt|lang|font|span|em|strong|br)(?:[.\s][^<>\n]{0,200})?\/?>|<(?:\d+:)?\d{2}:\d{2}\.\d{3}>|\{\\[^}\n]{0,200}\}/gi;

/** What stands for a character in WebVTT (section 4.2.2), and isn't anything else in SubRip. */
const references: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
};

/**
 * Takes the cues out of the lines of SubRip or WebVTT. Lines without a time are numbers, names of cues, comments and styles; in SubRip
 * other ones belong to the cue before them, which has a blank line in it.
 */
export class SubtitleCues {
  readonly #maxLength: number;
  #open: { from: string; to: string; line: number; text: string } | undefined;
  /** The last cue, for what stands behind a blank line. */
  #last: { readonly from: string; readonly to: string } | undefined;
  /** A line that may be the number or the name of the next cue. */
  #between: Line | undefined;
  #isVtt = false;
  #isUnshown = false;

  /** @param maxLength longest cue in UTF-16 code units; a longer one goes on as the next */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The cues that are complete with a line. */
  push(line: Line): readonly SubtitleCue[] {
    const { text, number } = line;
    if (number === 1 && /^\ufeff?WEBVTT/.test(text)) this.#isVtt = true;
    const match = timing.exec(text);
    if (match !== null) {
      const cues = this.#beforeTime();
      this.#open = { from: match[1] ?? '', to: match[2] ?? '', line: number, text: '' };
      return cues;
    }
    if (text.trim() === '') {
      this.#isUnshown = false;
      return [...this.#lost(), ...this.#close()];
    }
    if (this.#open === undefined) return this.#outside(line);
    this.#open.text += text;
    if (this.#open.text.length <= this.#maxLength) return [];
    const { from, to } = this.#open;
    const cues = this.#close();
    this.#open = { from, to, line: number, text: '' };
    return cues;
  }

  /** The last cue. */
  end(): readonly SubtitleCue[] {
    return [...this.#lost(), ...this.#close()];
  }

  /** What is complete where the time of a cue stands: the line before it is the cue's number or name. */
  #beforeTime(): readonly SubtitleCue[] {
    this.#between = undefined;
    if (this.#open !== undefined)
      this.#open.text = this.#open.text.replace(/(^|\n|\r)[ \t]*\d{1,6}[ \t]*(?:\r\n|\n|\r)$/, '$1');
    return this.#close();
  }

  /** A line that is in no cue. */
  #outside(line: Line): readonly SubtitleCue[] {
    const cues = this.#lost();
    if (this.#isVtt) this.#isUnshown ||= unshownBlock.test(line.text);
    if (!this.#isUnshown) this.#between = line;
    return cues;
  }

  /** The line between cues, now that it's known to be neither number nor name: text behind a blank line. */
  #lost(): readonly SubtitleCue[] {
    const line = this.#between;
    this.#between = undefined;
    // Browsers don't show it.
    if (line === undefined || this.#isVtt || /^\s*\d+\s*$/.test(line.text)) return [];
    return asCue({ from: this.#last?.from ?? '', to: this.#last?.to ?? '', line: line.number, text: line.text });
  }

  #close(): readonly SubtitleCue[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    this.#last = open;
    return asCue(open);
  }
}

function asCue(cue: SubtitleCue): readonly SubtitleCue[] {
  const text = cue.text
    .replaceAll(formats, '')
    .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (name) => references[name] ?? name)
    .trim();
  return text === '' ? [] : [{ ...cue, text: text.toWellFormed() }];
}
