import { createHash } from 'node:crypto';
import { getDocumentProxy } from 'unpdf';
import { isSymbolFont, symbolText } from '../docx/symbol-fonts.ts';
import { CharacterMaps } from './character-maps.ts';
import { dingbats } from './dingbats.ts';
import { drawnAnnotations } from './drawn-annotations.ts';
import { isOnlyDrawn, pageMarks } from './page-marks.ts';
import { type PageItem, pageParagraphs } from './page-paragraphs.ts';
import type { PdfAnswer, PdfNote } from './pdf-messages.ts';

/** pdf.js says by warnings alone that a font, and all text in it, was left out. */
const warnings = 1;
const infoKeys = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer', 'CreationDate', 'ModDate'];

/** What pdf.js warns of when text may be missing: it has no codes for that. */
const lossWarnings: readonly (readonly [code: PdfNote['code'], pattern: RegExp])[] = [
  ['FONT_NOT_READ', /translateFont failed|font loading/],
  ['PAGES_NOT_READ', /ignoring (?:sub-stream|errors)|stream is cut off/],
  ['PARTS_NOT_READ', /getTextContent - ignoring XObject/],
];

/** Unicode's private area, where symbol fonts have their signs. */
const privateCharacter = /[\ue000-\uf8ff]/;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;
type TextContent = Awaited<ReturnType<PdfPage['getTextContent']>>;
/** A file that hangs on a page. */
interface AttachedFile {
  readonly id: string;
  readonly filename: string;
}

type PdfTextItem = Extract<TextContent['items'][number], { str: string }>;

/**
 * Reads a PDF with pdf.js: one answer after the other; the next page is only read when it's asked for. A page that can't be
 * read is noted; what is wrong with the whole file comes as the last answer. Has no limits: it belongs into a thread that
 * can be ended.
 *
 * @param takeWarnings gives what pdf.js has warned of since the last time
 */
export async function* pdfAnswers(bytes: Uint8Array, takeWarnings: () => readonly string[]): AsyncGenerator<PdfAnswer> {
  let document: PdfDocument | undefined;
  let last: PdfAnswer = { kind: 'end' };
  try {
    // The encoded fonts of a text aren't needed to read it, nor are images; nothing in the file is ever run.
    const options = {
      verbosity: warnings,
      stopAtErrors: false,
      disableFontFace: true,
      useSystemFonts: false,
      maxImageSize: 1,
      BinaryDataFactory: CharacterMaps,
      cMapPacked: true,
      useWorkerFetch: false,
    };
    document = await getDocumentProxy(bytes, options);
    const { info } = await document.getMetadata();
    const known = new Map(Object.entries(info));
    const named = infoKeys.map((key): [string, unknown] => [key, known.get(key)]);
    const texts = named.filter((each): each is [string, string] => typeof each[1] === 'string' && each[1] !== '');
    const form: PdfNote = {
      code: 'FORM_NOT_READ',
      count: 1,
      detail: 'the form is XFA; what is on the pages stands for it',
    };
    yield {
      kind: 'info',
      pages: document.numPages,
      info: Object.fromEntries(texts),
      notes: known.get('IsXFAPresent') === true ? [form] : [],
    };
    const failures: unknown[] = [];
    const attached: AttachedFile[] = [];
    for (let number = 1; number <= document.numPages; number++) {
      yield await pageAnswer(document, number, takeWarnings, { onFailure: (error) => failures.push(error), attached });
    }
    // Of a file without a page that can be read there is nothing to keep.
    if (failures.length === document.numPages) throw failures[0];
    yield* attachmentAnswers(document, attached);
  } catch (error) {
    // Nothing but the file's bytes comes in here, so whatever goes wrong is the file's.
    const isPassword = error instanceof Error && error.name === 'PasswordException';
    last = isPassword ? { kind: 'encrypted' } : { kind: 'broken', detail: detailOf(error) };
  }
  // Before the last answer: the thread reads another file afterwards, and this one's work must be over.
  await document?.loadingTask.destroy().catch(() => undefined);
  yield last;
}

async function pageAnswer(
  document: PdfDocument,
  number: number,
  takeWarnings: () => readonly string[],
  { onFailure, attached }: { readonly onFailure: (error: unknown) => void; readonly attached: AttachedFile[] },
): Promise<PdfAnswer> {
  const notes: PdfNote[] = [];
  const note = (code: PdfNote['code'], detail: string, count = 1): void => {
    notes.push({ code, count, detail: `page ${number}: ${detail}` });
  };
  const answer = { kind: 'page', page: number, notes } as const;
  try {
    const page = await document.getPage(number);
    const content = await page.getTextContent();
    const items = await readableItems(page, content, note);
    const paragraphs = pageParagraphs(items);
    const annotations = await page.getAnnotations();
    const drawn = annotations.some(isOnlyDrawn) ? await drawnAnnotations(page) : undefined;
    const marks = pageMarks(annotations, drawn);
    for (const { fileId, file } of annotations) {
      if (typeof fileId === 'string') attached.push({ id: fileId, filename: String(file?.filename ?? '') });
    }
    if (paragraphs.length === 0 && marks.length === 0 && (await isDrawnOn(page))) {
      note('PAGES_WITHOUT_TEXT', 'there is nothing but pictures or lines on it');
    }
    page.cleanup();
    for (const warning of takeWarnings()) {
      const [code] = lossWarnings.find(([, pattern]) => pattern.test(warning)) ?? [];
      if (code !== undefined) note(code, warning);
    }
    return { ...answer, paragraphs, marks };
  } catch (error) {
    onFailure(error);
    note('PAGES_NOT_READ', detailOf(error));
    return { ...answer, paragraphs: [], marks: [] };
  }
}

/** The items of a page's text, without characters that their font gives no meaning. */
async function readableItems(
  page: PdfPage,
  { items, styles }: TextContent,
  note: (code: PdfNote['code'], detail: string, count?: number) => void,
): Promise<readonly PageItem[]> {
  const texts = items.filter((item): item is PdfTextItem => 'str' in item);
  const symbolFonts = new Set(
    Object.keys(styles).filter((font) => Number.isNaN(Number(styles[font]?.ascent ?? Number.NaN))),
  );
  // Only drawing tells what a font is called.
  if (symbolFonts.size > 0 || texts.some(({ str }) => privateCharacter.test(str))) await page.getOperatorList();
  let meaningless = 0;
  const readable = texts.map((item) => {
    const isSymbols = symbolFonts.has(item.fontName);
    const hasPrivate = privateCharacter.test(item.str);
    const font = isSymbols || hasPrivate ? fontName(page, item.fontName) : '';
    const str =
      isSymbols && font.includes('ZapfDingbats')
        ? dingbats(item.str)
        : hasPrivate
          ? symbolText(font, item.str)
          : item.str;
    const kept = withoutControls(str);
    // A font of signs that isn't in the file has no letters.
    const isGuess = isSymbols && !hasPrivate && font !== 'Symbol' && isSymbolFont(font);
    meaningless += isGuess ? kept.trim().length : str.length - kept.length + countPrivate(kept);
    return { ...item, str: kept };
  });
  if (meaningless > 0) note('FONT_WITHOUT_UNICODE', `${meaningless} characters have no meaning`, meaningless);
  return readable;
}

/** The name of a font, without the mark of a part of it and its style. */
function fontName(page: PdfPage, font: string): string {
  if (!page.commonObjs.has(font)) return '';
  return String(page.commonObjs.get(font)?.name)
    .replace(/^[A-Z]{6}\+/, '')
    .replace(/(?:-Regular|MT)$/, '');
}

function countPrivate(text: string): number {
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

async function* attachmentAnswers(document: PdfDocument, attached: readonly AttachedFile[]): AsyncGenerator<PdfAnswer> {
  const named = Array.from((await document.getAttachments()) ?? [], ([id, { filename }]) => ({ id, filename }));
  const seen = new Set<string>();
  for (const { id, filename } of [...named, ...attached]) {
    const content: unknown = await document.getAttachmentContent(id);
    if (!(content instanceof Uint8Array)) continue;
    // The document may name what hangs on one of its pages.
    const key = `${createHash('sha256').update(content).digest('hex')} ${filename}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield { kind: 'attachment', name: filename || id, bytes: content };
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
