import { posix } from 'node:path';
import type { AtomizerContext } from '../atomizer.ts';
import { type DocxPackage, decodedPath } from '../docx/docx-package.ts';
import { readWholeXml, type XmlAttributes, type XmlHandler } from '../docx/xml-reader.ts';
import { FileBrokenError, FileEncryptedError } from '../errors.ts';
import { maxInfoLength } from '../office/document-info.ts';

const format = 'EPUB';
const xhtml = 'application/xhtml+xml';
const infoNames: ReadonlyMap<string, string> = new Map([
  ['title', 'Title'],
  ['creator', 'Author'],
  ['subject', 'Subject'],
  ['description', 'Description'],
  ['language', 'Language'],
  ['publisher', 'Publisher'],
  ['date', 'CreationDate'],
]);

/** What a book says of itself. */
export interface EpubPackage {
  /** Title, author and so on, by the names that PDF has for them. */
  readonly info: Readonly<Record<string, string>>;
  /** The chapters in the order of reading, then pages that aren't in it, such as notes. */
  readonly chapters: readonly EpubChapter[];
}

/** A chapter of a book. */
interface EpubChapter {
  readonly path: string;
  /** Whether the book says that it's XHTML, whatever it's called. */
  readonly isXhtml: boolean;
}

/**
 * Reads what is in a book and in which order (EPUB 3.3, section 5).
 *
 * @throws FileBrokenError, FileEncryptedError where chapters are encrypted
 */
export async function readEpubPackage(parts: DocxPackage, context: AtomizerContext): Promise<EpubPackage> {
  let root: string | undefined;
  await readPart(parts, 'META-INF/container.xml', context, (name, attributes) => {
    if (name === 'rootfile') root ??= attributes['full-path'];
  });
  root ??= parts.paths.find((path) => path.endsWith('.opf'));
  if (root === undefined) throw new FileBrokenError(format, 'it has no package document');
  const book = new PackageDocument();
  await readWholeXml(parts.requiredPart(root), root, book, context, format);
  const folder = posix.dirname(root);
  const chapters = book.chapters.map(({ href, mediaType }) => ({
    path: posix.normalize(posix.join(folder, linked(href))),
    isXhtml: mediaType === xhtml,
  }));
  const encrypted = new Set<string>();
  await readPart(parts, 'META-INF/encryption.xml', context, (name, { URI }) => {
    if (name === 'CipherReference' && URI !== undefined) encrypted.add(linked(URI));
  });
  // Fonts are often disguised, which hides no text.
  if (chapters.some(({ path }) => encrypted.has(path))) throw new FileEncryptedError(format);
  return { info: book.info, chapters };
}

async function readPart(
  parts: DocxPackage,
  path: string,
  context: AtomizerContext,
  open: XmlHandler['open'],
): Promise<void> {
  const bytes = parts.part(path);
  if (bytes === undefined) return;
  await readWholeXml(bytes, path, { open, close: () => undefined, text: () => undefined }, context, format);
}

/** The path of what a link leads to, without the place in it. */
function linked(href: string): string {
  return decodedPath(href.replace(/#.*$/, ''));
}

interface EpubItem {
  readonly href: string;
  readonly mediaType: string;
  readonly isContents: boolean;
}

class PackageDocument implements XmlHandler {
  readonly info: Record<string, string> = {};
  readonly #items = new Map<string, EpubItem>();
  readonly #order: string[] = [];
  #name: string | undefined;

  get chapters(): readonly EpubItem[] {
    const read = this.#order.flatMap((id) => this.#items.get(id) ?? []);
    const hrefs = new Set(read.map(({ href }) => href));
    // The table of contents says nothing that the chapters don't.
    const others = [...this.#items.values()].filter((item) => item.mediaType === xhtml && !item.isContents);
    return [...read, ...others.filter(({ href }) => !hrefs.has(href))];
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'item') {
      const { id = '', href = '', 'media-type': mediaType = '', properties = '' } = attributes;
      this.#items.set(id, { href, mediaType, isContents: /(?:^|\s)nav(?:\s|$)/.test(properties) });
    }
    if (name === 'itemref') this.#order.push(attributes.idref ?? '');
    this.#name = infoNames.get(name);
    // Of several authors or subjects each counts.
    if (this.#name !== undefined && this.info[this.#name] !== undefined) this.info[this.#name] += '; ';
  }

  close(): void {
    this.#name = undefined;
  }

  text(text: string): void {
    if (this.#name === undefined) return;
    const value = `${this.info[this.#name] ?? ''}${text}`.slice(0, maxInfoLength);
    if (value.trim() !== '') this.info[this.#name] = value;
  }
}
