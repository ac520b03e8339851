import { DocxMath } from '../docx/docx-math.ts';
import { isSymbolFont, privateSigns, symbolOfField, symbolText } from '../docx/symbol-fonts.ts';
import { NestingTooDeepError } from '../errors.ts';
import { maxInfoLength } from '../office/document-info.ts';
import type { AtomizerLimits } from '../options.ts';
import { piecesOf } from '../text/line-splitter.ts';
import { codePageDecoder, codePageOf } from './rtf-charsets.ts';
import { RtfFormField } from './rtf-form-field.ts';
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
  /** The element of a formula that it is, by its name in WordprocessingML. */
  math: string | undefined;
  /** What to go back to when it ends, of one that stands apart. */
  outer: { readonly text: string; readonly part: string | undefined } | undefined;
  codePage: number;
  /** The font, where its characters are signs of its own. */
  symbols: string | undefined;
  /** Characters that stand in for one of Unicode. */
  skipped: number;
}

/** What the font table says of a font. */
interface Font {
  name: string;
  codePage: number | undefined;
  hasSymbols: boolean;
  /** Charset 0, which many programs write whatever the document's code page is. */
  isAnsi: boolean;
}

/** Groups of formulas that decide how their parts are joined. */
const mathGroup =
  /^m(?:oMath|f|num|den|sSup|sSub|sSubSup|sup|sub|e|rad|deg|d|nary|func|fName|acc|m|mr|eqArr|limLow|limUpp|lim)$/;
const ansiCharset = 0;
const symbolCharset = 2;
/** A font of signs whose meaning isn't known. */
const unknownSymbols = '';
const word = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?/y;
/** Longer than any control word. */
const maxWordLength = 48;
const infoNames: ReadonlyMap<string, string> = new Map([
  ['title', 'Title'],
  ['author', 'Author'],
  ['subject', 'Subject'],
  ['keywords', 'Keywords'],
]);
const maxFontName = 64;
/** Bytes that are decoded at a time: a text may go on for megabytes without a control word. */
const bytesAtOnce = 64 * 1024;
/** Code pages that a document states by a word of their own. */
const documentCodePages: ReadonlyMap<string, number> = new Map([
  ['mac', 10_000],
  ['pc', 437],
  ['pca', 850],
]);

/** Reads Rich Text (Microsoft's specification 1.9.1) that comes in pieces. Pictures and objects are passed over. */
export class RtfReader {
  readonly #limits: Pick<AtomizerLimits, 'maxNesting' | 'maxBlockLength'>;
  readonly #groups: Group[] = [];
  readonly #fonts = new Map<number, Font>();
  #documentCodePage = 1252;
  #defaultFont = 0;
  /** Whether fonts have different charsets: then 0 is one of them. */
  #hasCharsets = false;
  #instruction = '';
  #form: RtfFormField | undefined;
  readonly #math = new DocxMath();
  /** Elements of a formula that are open. */
  readonly #formula: string[] = [];
  /** What a field shows if it has no result, and how much text there was before that. */
  #sign: { readonly text: string; readonly at: number } | undefined;
  #added = 0;
  #state: Group = newGroup(1252);
  #rest = '';
  #binary = 0;
  #bytes: number[] = [];
  /** For bytes that go on from ones that were decoded already. */
  #decoder: ReturnType<typeof codePageDecoder> | undefined;
  #toSkip = 0;
  #text = '';
  #part: string | undefined;
  #font = 0;
  #ready: RtfParagraph[] = [];
  #hasEnded = false;
  /** Characters of symbol fonts whose sign isn't known. */
  meaningless = 0;
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
    this.#state = { ...this.#state, isNew: true, isStarred: false, math: undefined, outer: undefined };
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
    const closed = this.#state;
    if (closed.math !== undefined) {
      this.#formula.pop();
      this.#text = this.#math.close(closed.math, this.#formula.at(-1), this.#text);
    }
    this.#state = this.#groups.pop() ?? newGroup(1252);
    if (closed.destination === 'fonttbl' && this.#state.destination !== 'fonttbl') this.#chooseFont(this.#defaultFont);
    const ended = closed.destination === this.#state.destination ? undefined : closed.destination;
    if (ended === 'fldinst') this.#endInstruction();
    // A field that is a sign has no result in old files.
    if (ended === 'field' && this.#sign !== undefined && this.#added === this.#sign.at) this.#add(this.#sign.text);
    if (ended === 'field') this.#sign = undefined;
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
    this.#form?.word(name, value);
    if (name === 'u') {
      const character = String.fromCharCode((value ?? 0) & 0xffff);
      this.#character(state.symbols === undefined ? character : symbolText(state.symbols, character));
      this.#toSkip = state.skipped;
    } else if (name === 'uc') state.skipped = value ?? 1;
    else if (documentCodePages.has(name)) this.#setCodePage(documentCodePages.get(name) ?? 1252);
    else if (name === 'ansicpg') this.#setCodePage(value || 1252);
    else if (name === 'deff') this.#defaultFont = value ?? 0;
    else if (name === 'f') this.#chooseFont(value ?? 0);
    else if (name === 'fcharset') this.#setCharset(value ?? 0);
    else if (name === 'cpg') this.#describeFont({ codePage: value });
    else if (name === 'v' || name === 'deleted') state.isVeiled = value !== 0;
    else if (name === 'plain') {
      state.isVeiled = false;
      this.#chooseFont(this.#defaultFont);
    } else if (paragraphWords.has(name)) this.#endParagraph('paragraph');
    else if (cellWords.has(name)) this.#endParagraph('table-cell');
    else {
      const character = characterWords.get(name);
      if (character !== undefined) this.#character(character);
    }
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
    if (mathGroup.test(name) && !state.isHidden) this.#beginMath(state, name.slice(1));
    // What brackets and signs a formula has is in groups of their own: the usual ones are taken.
    if (/^m[a-z]\w*Pr$/i.test(name)) state.isHidden = true;
    if (name === 'formfield') this.#form = new RtfFormField();
    if (name === 'ffl' && this.#form !== undefined) {
      this.#form.beginEntry();
      state.isHidden = false;
      state.destination = name;
    }
    if (state.destination === 'fldinst') return;
    if (['fonttbl', 'info', 'field', 'fldinst'].includes(name) || infoNames.has(name)) state.destination = name;
    if (!apartGroups.has(name) || state.isHidden) return;
    state.outer = { text: this.#text, part: this.#part };
    this.#text = '';
    this.#part = name.replace(/^(header|footer).$/, '$1').replace(/^(?:shptxt|dptxbxtext)$/, 'text-box');
  }

  #beginMath(state: Group, name: string): void {
    state.math = name === 'oMath' || this.#formula.length > 0 ? name : undefined;
    if (state.math === undefined) return;
    this.#text += this.#math.open(name, '', this.#formula.at(-1), this.#text);
    this.#formula.push(name);
  }

  #chooseFont(font: number): void {
    this.#font = font;
    if (this.#state.destination === 'fonttbl') {
      if (!this.#fonts.has(font))
        this.#fonts.set(font, { name: '', codePage: undefined, hasSymbols: false, isAnsi: false });
      return;
    }
    const known = this.#fonts.get(font);
    this.#state.codePage =
      known?.codePage ?? (known?.isAnsi === true && this.#hasCharsets ? 1252 : this.#documentCodePage);
    const name = known !== undefined && isSymbolFont(known.name) ? known.name : undefined;
    this.#state.symbols = name ?? (known?.hasSymbols === true ? unknownSymbols : undefined);
  }

  #setCodePage(codePage: number): void {
    this.#documentCodePage = codePage;
    this.#state.codePage = codePage;
  }

  #setCharset(charset: number): void {
    const codePage = codePageOf(charset);
    this.#hasCharsets ||= codePage !== undefined;
    this.#describeFont({ codePage, hasSymbols: charset === symbolCharset, isAnsi: charset === ansiCharset });
  }

  #describeFont(description: Partial<Font>): void {
    const font = this.#fonts.get(this.#font);
    if (font !== undefined) Object.assign(font, description);
  }

  #endInstruction(): void {
    const text = this.#form?.shown ?? symbolOfField(this.#instruction);
    this.#instruction = '';
    this.#form = undefined;
    if (text !== undefined && !this.#state.isHidden && !this.#state.isVeiled) this.#sign = { text, at: this.#added };
  }

  #byte(code: number): void {
    this.#state.isNew = false;
    // Behind the end there may be a zero; words are there if a bracket too much has ended it.
    if (code === 0) return;
    if (this.#toSkip > 0) this.#toSkip -= 1;
    else if (!this.#state.isHidden && !this.#state.isVeiled) {
      this.#bytes.push(code);
      if (this.#bytes.length >= bytesAtOnce) this.#decodeBytes();
    }
  }

  #character(text: string): void {
    if (this.#state.isHidden || this.#state.isVeiled) return;
    this.#add(text);
  }

  #flushBytes(): void {
    if (this.#bytes.length > 0) this.#decodeBytes();
    const decoder = this.#decoder;
    this.#decoder = undefined;
    if (decoder !== undefined) this.#decoded(decoder.end() ?? '');
  }

  /** Makes text of the bytes so far, which may end amid a character. */
  #decodeBytes(): void {
    const bytes = Buffer.from(this.#bytes);
    this.#bytes = [];
    const { symbols, codePage } = this.#state;
    if (symbols !== undefined && symbols !== unknownSymbols) {
      this.#add(symbolText(symbols, bytes.toString('latin1')));
      return;
    }
    this.#decoder ??= codePageDecoder(codePage);
    this.#decoded(this.#decoder.write(bytes));
  }

  #decoded(text: string): void {
    if (this.#state.symbols === unknownSymbols) this.meaningless += text.replaceAll(/\s/g, '').length;
    this.#add(text);
  }

  #add(text: string): void {
    const { destination } = this.#state;
    if (destination === 'fonttbl') {
      const font = this.#fonts.get(this.#font);
      if (font !== undefined) font.name = `${font.name}${text}`.replace(/;.*$/s, '').slice(0, maxFontName);
      return;
    }
    if (destination === 'ffl') {
      this.#form?.addToEntry(text);
      return;
    }
    if (destination === 'fldinst' && this.#instruction.length < maxInfoLength)
      this.#instruction += text.slice(0, maxInfoLength);
    if (destination === 'info' || destination === 'fldinst') return;
    const name = infoNames.get(destination);
    if (name !== undefined) {
      this.info[name] = `${this.info[name] ?? ''}${text}`.slice(0, maxInfoLength);
      return;
    }
    this.meaningless += privateSigns(text);
    this.#text += text;
    this.#added += text.length;
    const { maxBlockLength } = this.#limits;
    if (this.#text.length <= maxBlockLength) return;
    const pieces = [...piecesOf(this.#text, maxBlockLength)];
    this.#text = pieces.pop() ?? '';
    for (const piece of pieces) this.#emit('paragraph', piece);
  }

  #endParagraph(kind: RtfParagraph['kind']): void {
    this.#flushBytes();
    if (this.#state.isHidden || this.#state.destination === 'fldinst') return;
    const text = this.#text;
    this.#text = '';
    this.#emit(kind, text);
  }

  #emit(kind: RtfParagraph['kind'], text: string): void {
    if (text.trim() === '') return;
    this.#ready.push({ kind, text: text.toWellFormed(), ...(this.#part !== undefined && { part: this.#part }) });
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
    math: undefined,
    outer: undefined,
    codePage,
    symbols: undefined,
    skipped: 1,
  };
}
