import { createHash } from 'node:crypto';
import { getDocumentProxy } from 'unpdf';
import { CharacterMaps } from './character-maps.ts';
import { annotationTexts, patternTexts } from './drawn-texts.ts';
import { isOnlyDrawn, isUndrawnButton, pageMarks } from './page-marks.ts';
import { type PageItem, pageParagraphs } from './page-paragraphs.ts';
import type { PdfDocument, PdfPage } from './pdf-document.ts';
import { type PdfFont, PdfFonts, textInFont } from './pdf-fonts.ts';
import type { PdfAnswer, PdfMark, PdfNote } from './pdf-messages.ts';
import type { PdfWarnings } from './pdf-warnings.ts';

/** pdf.js says by warnings alone that a font, and all text in it, was left out. */
const warningLevel = 1;
const infoKeys = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer', 'CreationDate', 'ModDate'];
/** Of a pattern that tiles what is painted with it. Its dictionary is that of a stream, so it's never compressed itself. */
const tilingPattern = /^\/PatternType\s*1\b/;
/** Longer than the entry. */
const patternEntryBytes = 32;

/** Unicode's private area, where symbol fonts have their signs. */
const privateCharacter = /[\ue000-\uf8ff]/;

type TextContent = Awaited<ReturnType<PdfPage['getTextContent']>>;
type PdfTextItem = Extract<TextContent['items'][number], { str: string }>;

/** A file that hangs on a page. */
interface AttachedFile {
  readonly id: string;
  readonly filename: string;
}

/** What a reading keeps from page to page. */
interface Reading {
  readonly document: PdfDocument;
  readonly warnings: PdfWarnings;
  readonly fonts: PdfFonts;
  readonly hasPatterns: boolean;
  /** Files that hang on the pages so far. */
  readonly attached: AttachedFile[];
  /** Why pages couldn't be read. */
  readonly failures: unknown[];
}

/**
 * Reads a PDF with pdf.js: one answer after the other; the next page is only read when it's asked for. A page that can't be
 * read is noted; what is wrong with the whole file comes as the last answer. Has no limits: it belongs into a thread that
 * can be ended.
 *
 * @param warnings has what pdf.js warns of meanwhile
 */
export async function* pdfAnswers(bytes: Uint8Array, warnings: PdfWarnings): AsyncGenerator<PdfAnswer> {
  let document: PdfDocument | undefined;
  let last: PdfAnswer = { kind: 'end' };
  try {
    // pdf.js takes the bytes.
    const [fonts, hasPatterns] = [new PdfFonts(bytes), hasTilingPattern(bytes)];
    // The encoded fonts of a text aren't needed to read it, nor are images; nothing in the file is ever run.
    const options = {
      verbosity: warningLevel,
      stopAtErrors: false,
      disableFontFace: true,
      // Says what fonts are called that aren't in the file; none is looked for.
      useSystemFonts: true,
      fontExtraProperties: true,
      maxImageSize: 1,
      BinaryDataFactory: CharacterMaps,
      cMapPacked: true,
      useWorkerFetch: false,
    };
    document = await getDocumentProxy(bytes, options);
    yield await infoAnswer(document);
    const reading: Reading = { document, warnings, fonts, hasPatterns, attached: [], failures: [] };
    for (let number = 1; number <= document.numPages; number++) yield await pageAnswer(reading, number);
    // Of a file without a page that can be read there is nothing to keep.
    if (reading.failures.length === document.numPages) throw reading.failures[0] ?? new Error('it has no pages');
    yield* attachmentAnswers(reading);
  } catch (error) {
    // Nothing but the file's bytes comes in here, so whatever goes wrong is the file's.
    const isPassword = error instanceof Error && error.name === 'PasswordException';
    last = isPassword ? { kind: 'encrypted' } : { kind: 'broken', detail: detailOf(error) };
  }
  // Before the last answer: the thread reads another file afterwards, and this one's work must be over.
  await document?.loadingTask.destroy().catch(() => undefined);
  yield last;
}

function hasTilingPattern(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = file.indexOf('/PatternType'); at !== -1; at = file.indexOf('/PatternType', at + 1)) {
    if (tilingPattern.test(file.toString('latin1', at, at + patternEntryBytes))) return true;
  }
  return false;
}

async function infoAnswer(document: PdfDocument): Promise<PdfAnswer> {
  const { info } = await document.getMetadata();
  const known = new Map(Object.entries(info));
  const named = infoKeys.map((key): [string, unknown] => [key, known.get(key)]);
  const texts = named.filter((each): each is [string, string] => typeof each[1] === 'string' && each[1] !== '');
  const form: PdfNote = {
    code: 'FORM_NOT_READ',
    count: 1,
    detail: 'the form is XFA; what is on the pages stands for it',
  };
  return {
    kind: 'info',
    pages: document.numPages,
    info: Object.fromEntries(texts),
    notes: known.get('IsXFAPresent') === true ? [form] : [],
  };
}

async function pageAnswer(reading: Reading, number: number): Promise<PdfAnswer> {
  const notes: PdfNote[] = [];
  const note = (code: PdfNote['code'], detail: string, count = 1): void => {
    notes.push({ code, count, detail: `page ${number}: ${detail}` });
  };
  const paragraphs: string[] = [];
  const marks: PdfMark[] = [];
  try {
    const page = await reading.document.getPage(number);
    const items = await readableItems(reading.fonts, page, note);
    paragraphs.push(...pageParagraphs(items));
    if (reading.hasPatterns) paragraphs.push(...(await patternTexts(page)).map((text) => `${text}\n`));
    const annotations = await page.getAnnotations();
    marks.push(...pageMarks(annotations, annotations.some(isOnlyDrawn) ? await annotationTexts(page) : undefined));
    const buttons = annotations.filter(isUndrawnButton).length;
    if (buttons > 0) note('PARTS_NOT_READ', 'buttons that are not drawn in the file', buttons);
    for (const { fileId, file } of annotations) {
      if (typeof fileId === 'string') reading.attached.push({ id: fileId, filename: String(file?.filename ?? '') });
    }
    if (paragraphs.length === 0 && marks.length === 0 && (await isDrawnOn(page))) {
      note('PAGES_WITHOUT_TEXT', 'there is nothing but pictures or lines on it');
    }
    page.cleanup();
  } catch (error) {
    if (paragraphs.length === 0 && marks.length === 0) reading.failures.push(error);
    note('PAGES_NOT_READ', detailOf(error));
  }
  for (const { code, count, detail } of reading.warnings.take()) note(code, detail, count);
  return { kind: 'page', page: number, paragraphs, marks, notes };
}

/** The items of a page's text, without characters that their font gives no meaning. */
async function readableItems(
  fonts: PdfFonts,
  page: PdfPage,
  note: (code: PdfNote['code'], detail: string, count?: number) => void,
): Promise<readonly PageItem[]> {
  const { items, styles } = await page.getTextContent();
  const texts = items.filter((item): item is PdfTextItem => 'str' in item);
  const hasPrivate = texts.some(({ str }) => privateCharacter.test(str));
  const known = await fonts.ofPage(page, styles, hasPrivate);
  let meaningless = 0;
  const readable = texts.map((item) => {
    const font = known.get(item.fontName);
    const shown = font === undefined ? item.str : textInFont(item.str, font);
    const kept = withoutControls(shown);
    meaningless += shown.length - kept.length + countMeaningless(kept, font);
    return { ...item, str: kept };
  });
  if (meaningless > 0) note('FONT_WITHOUT_UNICODE', `${meaningless} characters have no meaning`, meaningless);
  return readable;
}

function countMeaningless(text: string, font: PdfFont | undefined): number {
  if (font?.isGuess === true) return text.trim().length;
  return privateCharacter.test(text) ? [...text].filter((character) => privateCharacter.test(character)).length : 0;
}

function withoutControls(text: string): string {
  let kept = '';
  for (const character of text) if (character >= ' ' || character === '\t' || character === '\n') kept += character;
  return kept;
}

async function isDrawnOn(page: PdfPage): Promise<boolean> {
  const { fnArray } = await page.getOperatorList();
  return fnArray.length > 0;
}

/** Files in the document. What is wrong with them doesn't make its pages unreadable. */
async function* attachmentAnswers({ document, attached }: Reading): AsyncGenerator<PdfAnswer> {
  const missing: string[] = [];
  try {
    const named = Array.from((await document.getAttachments()) ?? [], ([id, { filename }]) => ({ id, filename }));
    const seen = new Set<string>();
    for (const { id, filename } of [...named, ...attached]) {
      const content: unknown = await document.getAttachmentContent(id);
      if (!(content instanceof Uint8Array)) {
        missing.push(filename || id);
        continue;
      }
      // The document may name what hangs on one of its pages.
      const key = `${createHash('sha256').update(content).digest('hex')} ${filename}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield { kind: 'attachment', name: filename || id, bytes: content };
    }
  } catch (error) {
    missing.push(detailOf(error));
  }
  if (missing.length === 0) return;
  const detail = `${missing[0]}: an attachment that can't be read`;
  yield { kind: 'notes', notes: [{ code: 'PARTS_NOT_READ', count: missing.length, detail }] };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
