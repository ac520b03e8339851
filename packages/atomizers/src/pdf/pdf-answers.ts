import { getDocumentProxy } from 'unpdf';
import { pageParagraphs } from './page-paragraphs.ts';
import type { PdfAnswer } from './pdf-messages.ts';

/** Errors only; pdf.js explains everything that it doesn't like on the console otherwise. */
const quiet = 0;
const infoKeys = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer', 'CreationDate', 'ModDate'];

/**
 * Reads a PDF with pdf.js: one answer after the other; the next page is only read when it's asked for. Whatever is wrong
 * comes as the last answer. Has no limits: it belongs into a thread that can be ended.
 */
export async function* pdfAnswers(bytes: Uint8Array): AsyncGenerator<PdfAnswer> {
  try {
    // The encoded fonts of a text aren't needed to read it, nor are images; nothing in the file is ever run.
    const options = {
      verbosity: quiet,
      stopAtErrors: true,
      disableFontFace: true,
      useSystemFonts: false,
      maxImageSize: 1,
    };
    const document = await getDocumentProxy(bytes, options);
    const { info } = await document.getMetadata();
    const known = new Map(Object.entries(info));
    const named = infoKeys.map((key): [string, unknown] => [key, known.get(key)]);
    const texts = named.filter((each): each is [string, string] => typeof each[1] === 'string' && each[1] !== '');
    yield { kind: 'info', pages: document.numPages, info: Object.fromEntries(texts) };
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      page.cleanup();
      yield { kind: 'page', page: number, paragraphs: pageParagraphs(items.filter((item) => 'str' in item)) };
    }
    yield { kind: 'end' };
  } catch (error) {
    // Nothing but the file's bytes comes in here, so whatever goes wrong is the file's.
    const isPassword = error instanceof Error && error.name === 'PasswordException';
    yield isPassword
      ? { kind: 'encrypted' }
      : { kind: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}
