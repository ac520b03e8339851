import { NestingTooDeepError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import { codePageOf, decodeCodePage } from './rtf-charsets.ts';
import { apartGroups, cellWords, characterWords, hiddenGroups, paragraphWords, shownGroups } from './rtf-words.ts';

/** A paragraph or a cell of a table. */
export interface RtfParagraph {
  readonly kind: 'paragraph' | 'table-cell';
  readonly text: string;
  /** Where it is, if not in the text itself: `footnote`, `header`. */
  readonly part?: string;
}

interface Group {
  isHidden: boolean;
  /** Text that is hidden by its format, or was deleted. */
  isVeiled: boolean;
  /** Whether nothing of it was seen yet but `\*`. */
  isNew: boolean;
  isStarred: boolean;
  destination: string;
  /** What to go back to when it ends, of one that stands apart. */
  outer: { readonly text: string; readonly part: string | undefined } | undefined;
  codePage: number;
  /** Characters that stand in for one of Unicode. */
  skipped: number;
}

const word = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?/y;
/** Longer than any control word. */
const maxWordLength = 48;
const infoNames: Readonly<Record<string, string>> = {
  title: 'Title',
  author: 'Author',
  subject: 'Subject',
  keywords: 'Keywords',
};
const maxInfoLength = 4096;

/** Reads Rich Text (Microsoft's specification 1.9.1) that comes in pieces. Pictures and objects are passed over. */
export class RtfReader {
  readonly #limits: Pick<AtomizerLimits, 'maxNesting' | 'maxBlockLength'>;
  readonly #groups: Group[] = [];
  readonly #fonts = new Map<number, number>();
  #state: Group = newGroup(1252);
  #rest = '';
  #binary = 0;
  #bytes: number[] = [];
  #toSkip = 0;
  #text = '';
  #part: string | undefined;
  #font = 0;
  #ready: RtfParagraph[] = [];
  #hasEnded = false;
  /** Embedded objects that weren't opened. */
  objects = 0;
  /** Title, author and so on, by the names that PDF has for them. */
  readonly info: Record<string, string> = {};

  constructor(limits: Pick<AtomizerLimits, 'maxNesting' | 'maxBlockLength'>) {
    this.#limits = limits;
  }

  /** Whether its last group was closed. */
  get isComplete(): boolean {
    return this.#hasEnded;
  }

  /** The paragraphs that are complete with these bytes. @throws NestingTooDeepError */
  push(bytes: Uint8Array): readonly RtfParagraph[] {
    const text = this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    this.#read(text, false);
    return this.#take();
  }

  /** The last paragraphs. */
  end(): readonly RtfParagraph[] {
    this.#read(this.#rest, true);
    this.#flushBytes();
    this.#endParagraph('paragraph');
    return this.#take();
  }

  #read(text: string, isLast: boolean): void {
    let at = 0;
    while (at < text.length) {
      if (this.#binary > 0) {
        const count = Math.min(this.#binary, text.length - at);
        this.#binary -= count;
        at += count;
        continue;
      }
      // A word may go on in the next piece.
      if (text[at] === '\\' && !isLast && text.length - at < maxWordLength) break;
      at = this.#token(text, at);
    }
    this.#rest = text.slice(at);
  }

  /** @returns where the next one begins */
  #token(text: string, at: number): number {
    switch (text[at]) {
      case '{':
        this.#open();
        return at + 1;
      case '}':
        this.#close();
        return at + 1;
      case '\\':
        return this.#control(text, at);
      case '\r':
      case '\n':
        return at + 1;
      default:
        return this.#plain(text, at);
    }
  }

  #plain(text: string, at: number): number {
    let end = at + 1;
    while (end < text.length && !'{}\\\r\n'.includes(text.charAt(end))) end += 1;
    for (let index = at; index < end; index++) this.#byte(text.charCodeAt(index));
    return end;
  }

  #control(text: string, at: number): number {
    word.lastIndex = at;
    const match = word.exec(text);
    if (match !== null) {
      this.#word(match[1] ?? '', match[2] === undefined ? undefined : Number(match[2]));
      return word.lastIndex;
    }
    const sign = text[at + 1];
    if (sign === "'") {
      const code = Number.parseInt(text.slice(at + 2, at + 4), 16);
      if (!Number.isNaN(code)) this.#byte(code);
      return at + 4;
    }
    if (sign === '*') this.#state.isStarred = true;
    else if (sign === '~') this.#character('\u00a0');
    else if (sign === '_') this.#character('\u2011');
    else if (sign === '\\' || sign === '{' || sign === '}') this.#byte(sign.charCodeAt(0));
    else if (sign === '\r' || sign === '\n') this.#endParagraph('paragraph');
    return at + 2;
  }

  #open(): void {
    this.#flushBytes();
    if (this.#groups.length >= this.#limits.maxNesting) throw new NestingTooDeepError('RTF', this.#limits.maxNesting);
    this.#groups.push(this.#state);
    this.#state = { ...this.#state, isNew: true, isStarred: false, outer: undefined };
  }

  #close(): void {
    this.#flushBytes();
    this.#toSkip = 0;
    const { outer } = this.#state;
    if (outer !== undefined) {
      this.#endParagraph('paragraph');
      this.#text = outer.text;
      this.#part = outer.part;
    }
    this.#state = this.#groups.pop() ?? newGroup(1252);
    if (this.#groups.length === 0) this.#hasEnded = true;
  }

  #word(name: string, value: number | undefined): void {
    const state = this.#state;
    if (name !== 'u' && name !== 'uc') this.#toSkip = 0;
    if (name === 'bin') {
      this.#binary = Math.max(0, value ?? 0);
      return;
    }
    if (state.isNew) this.#begin(state, name);
    this.#flushBytes();
    if (name === 'u') {
      this.#character(String.fromCharCode((value ?? 0) & 0xffff));
      this.#toSkip = state.skipped;
    } else if (name === 'uc') state.skipped = value ?? 1;
    else if (name === 'ansicpg') state.codePage = value ?? 1252;
    else if (name === 'mac') state.codePage = 10_000;
    else if (name === 'pc') state.codePage = 437;
    else if (name === 'f') this.#chooseFont(value ?? 0);
    else if (name === 'fcharset') this.#fonts.set(this.#font, codePageOf(value ?? 0) ?? 0);
    else if (name === 'cpg') this.#fonts.set(this.#font, value ?? 0);
    else if (name === 'v' || name === 'deleted') state.isVeiled = value !== 0;
    else if (name === 'plain') state.isVeiled = false;
    else if (paragraphWords.has(name)) this.#endParagraph('paragraph');
    else if (cellWords.has(name)) this.#endParagraph('table-cell');
    else if (characterWords[name] !== undefined) this.#character(characterWords[name]);
  }

  /** A group's first word says what it's for. */
  #begin(state: Group, name: string): void {
    state.isNew = false;
    const isUnknown = state.isStarred && !shownGroups.has(name) && !apartGroups.has(name);
    if (name === 'objdata') this.objects += 1;
    if (isUnknown || hiddenGroups.has(name)) state.isHidden = true;
    // Of two forms of a text the one in Unicode is taken.
    if (name === 'upr') state.isHidden = true;
    if (name === 'ud') state.isHidden = false;
    if (name === 'fonttbl' || name === 'info' || infoNames[name] !== undefined) state.destination = name;
    if (!apartGroups.has(name) || state.isHidden) return;
    state.outer = { text: this.#text, part: this.#part };
    this.#text = '';
    this.#part = name.replace(/^(header|footer).$/, '$1').replace('shptxt', 'text-box');
  }

  #chooseFont(font: number): void {
    this.#font = font;
    const codePage = this.#fonts.get(font);
    if (this.#state.destination === 'fonttbl') return;
    this.#state.codePage = codePage === undefined || codePage === 0 ? (this.#groups[1]?.codePage ?? 1252) : codePage;
  }

  #byte(code: number): void {
    this.#state.isNew = false;
    if (this.#toSkip > 0) this.#toSkip -= 1;
    else if (!this.#state.isHidden && !this.#state.isVeiled) this.#bytes.push(code);
  }

  #character(text: string): void {
    if (this.#state.isHidden || this.#state.isVeiled) return;
    this.#add(text);
  }

  #flushBytes(): void {
    if (this.#bytes.length === 0) return;
    const text = decodeCodePage(this.#bytes, this.#state.codePage);
    this.#bytes = [];
    this.#add(text);
  }

  #add(text: string): void {
    const { destination } = this.#state;
    if (destination === 'fonttbl' || destination === 'info') return;
    const name = infoNames[destination];
    if (name !== undefined) {
      this.info[name] = `${this.info[name] ?? ''}${text}`.slice(0, maxInfoLength).toWellFormed();
      return;
    }
    this.#text += text;
    if (this.#text.length > this.#limits.maxBlockLength) this.#endParagraph('paragraph');
  }

  #endParagraph(kind: RtfParagraph['kind']): void {
    this.#flushBytes();
    if (this.#state.isHidden) return;
    const text = this.#text.toWellFormed();
    this.#text = '';
    if (text.trim() !== '') this.#ready.push({ kind, text, ...(this.#part !== undefined && { part: this.#part }) });
  }

  #take(): readonly RtfParagraph[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

function newGroup(codePage: number): Group {
  return {
    isHidden: false,
    isVeiled: false,
    isNew: false,
    isStarred: false,
    destination: '',
    outer: undefined,
    codePage,
    skipped: 1,
  };
}
