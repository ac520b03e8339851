import type { XmlAttributes, XmlHandler } from './xml-reader.ts';

const maxValueLength = 4096;

/** The title, author and so on of an Office document, from `docProps/core.xml`. */
export class CoreProperties implements XmlHandler {
  static readonly #names: Readonly<Record<string, string>> = {
    title: 'Title',
    creator: 'Author',
    subject: 'Subject',
    keywords: 'Keywords',
    description: 'Description',
    category: 'Category',
    lastModifiedBy: 'LastModifiedBy',
    created: 'CreationDate',
    modified: 'ModDate',
  };
  readonly #found: Record<string, string> = {};
  #name: string | undefined;

  open(name: string): void {
    this.#name = CoreProperties.#names[name];
  }

  close(): void {
    this.#name = undefined;
  }

  text(text: string): void {
    if (this.#name === undefined) return;
    const value = `${this.#found[this.#name] ?? ''}${text}`.slice(0, maxValueLength).toWellFormed();
    if (value.trim() !== '') this.#found[this.#name] = value;
  }

  /** What is known, by the names that PDF has for it. */
  get properties(): Readonly<Record<string, string>> {
    return this.#found;
  }
}

/** The words of a chart: titles, axes, and the names of series and categories. */
export class ChartTexts implements XmlHandler {
  #inText = false;
  #names = 0;
  #text = '';
  #ready: string[] = [];

  open(name: string, _attributes: XmlAttributes): void {
    if (name === 'strCache') this.#names += 1;
    this.#inText = name === 't' || (name === 'v' && this.#names > 0);
  }

  close(name: string): void {
    if (name === 'strCache') this.#names -= 1;
    this.#inText = false;
    // A run of rich text ends with its paragraph, a name with its value.
    if ((name === 'p' || (name === 'v' && this.#names > 0)) && this.#text.trim() !== '') this.#flush();
  }

  text(text: string): void {
    if (!this.#inText) return;
    this.#text += text;
    if (this.#text.length > maxValueLength) this.#flush();
  }

  /** The texts that have come to their end. */
  take(): readonly string[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #flush(): void {
    this.#ready.push(this.#text.toWellFormed());
    this.#text = '';
  }
}
