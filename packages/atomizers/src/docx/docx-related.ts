import { maxInfoLength } from '../office/document-info.ts';
import type { XmlHandler } from './xml-reader.ts';

/** The title, author and so on of an Office document, from `docProps/core.xml`. */
export class CoreProperties implements XmlHandler {
  static readonly #names: ReadonlyMap<string, string> = new Map([
    ['title', 'Title'],
    ['creator', 'Author'],
    ['subject', 'Subject'],
    ['keywords', 'Keywords'],
    ['description', 'Description'],
    ['category', 'Category'],
    ['lastModifiedBy', 'LastModifiedBy'],
    ['created', 'CreationDate'],
    ['modified', 'ModDate'],
  ]);
  readonly #found: Record<string, string> = {};
  #name: string | undefined;

  open(name: string): void {
    this.#name = CoreProperties.#names.get(name);
  }

  close(): void {
    this.#name = undefined;
  }

  text(text: string): void {
    if (this.#name === undefined) return;
    const value = `${this.#found[this.#name] ?? ''}${text}`.slice(0, maxInfoLength);
    if (value.trim() !== '') this.#found[this.#name] = value;
  }

  /** What is known, by the names that PDF has for it. */
  get properties(): Readonly<Record<string, string>> {
    return this.#found;
  }
}
