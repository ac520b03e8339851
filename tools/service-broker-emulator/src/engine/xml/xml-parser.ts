import { nestedTooDeep } from './errors.ts';
import type { XmlTag } from './xml-namespaces.ts';
import type { XmlAttribute, XmlDocument, XmlElement, XmlParent } from './xml-node.ts';
import { scanXml, type XmlEvents, type XmlScanOptions } from './xml-scanner.ts';

export interface XmlParseOptions extends Pick<XmlScanOptions, 'encoding' | 'allowsDocumentType'> {
  /** Keep text that is only white space between tags (CONVERT style 1). @default false */
  readonly preserveWhitespace?: boolean;
}

/** Levels of elements, attributes and texts that a value of type xml may have. */
const maximumDepth = 128;

/**
 * Parses an XML value: a document or a fragment (several elements, text at the top, nothing at all).
 *
 * @throws {SqlError} 9400 and on, with line and character, when the text is not well formed; 6359 for a document type;
 *   6335 when it is nested deeper than 128 levels
 */
export function parseXml(text: string, options: XmlParseOptions = {}): XmlDocument {
  const builder = new TreeBuilder(options.preserveWhitespace === true);
  scanXml(text, builder, options);
  return builder.end();
}

class TreeBuilder implements XmlEvents {
  readonly #document: XmlDocument = { kind: 'document', parent: undefined, children: [] };
  /** Whether white space between tags is kept, for each open element. */
  readonly #keepsSpace: boolean[];
  #parent: XmlParent = this.#document;
  #text = '';
  #isWritten = true;

  constructor(preserveWhitespace: boolean) {
    this.#keepsSpace = [preserveWhitespace];
  }

  end(): XmlDocument {
    this.#endText();
    return this.#document;
  }

  startElement(tag: XmlTag): void {
    this.#endText();
    const attributes: XmlAttribute[] = [];
    const { name, localName, namespace, declarations } = tag;
    const element: XmlElement = {
      kind: 'element',
      parent: this.#parent,
      name,
      localName,
      namespace,
      attributes,
      declarations,
      children: [],
    };
    let keepsSpace = this.#keepsSpace.at(-1) ?? false;
    for (const attribute of tag.attributes) {
      attributes.push({ kind: 'attribute', parent: element, ...attribute });
      if (attribute.name === 'xml:space') keepsSpace = this.#keepsSpace[0] === true || attribute.value === 'preserve';
    }
    const depth = this.#keepsSpace.length;
    if (depth > maximumDepth) throw nestedTooDeep('element');
    if (depth === maximumDepth && attributes.length > 0) throw nestedTooDeep('attribute');
    this.#parent.children.push(element);
    this.#parent = element;
    this.#keepsSpace.push(keepsSpace);
  }

  endElement(): void {
    this.#endText();
    this.#parent = this.#parent.parent ?? this.#document;
    this.#keepsSpace.pop();
  }

  text(value: string, isWritten: boolean): void {
    this.#text += value;
    this.#isWritten &&= isWritten;
  }

  comment(value: string): void {
    this.#endText();
    this.#parent.children.push({ kind: 'comment', parent: this.#parent, value });
  }

  instruction(name: string, value: string): void {
    this.#endText();
    this.#parent.children.push({ kind: 'instruction', parent: this.#parent, name, value });
  }

  /** Text, references and CDATA sections without a tag between them are one node, unless all of it is literal white space. */
  #endText(): void {
    const value = this.#text;
    if (value === '') return;
    const isKept = !this.#isWritten || this.#keepsSpace.at(-1) === true || /[^ \t\r\n]/.test(value);
    this.#text = '';
    this.#isWritten = true;
    if (!isKept) return;
    if (this.#keepsSpace.length > maximumDepth) throw nestedTooDeep('text');
    this.#parent.children.push({ kind: 'text', parent: this.#parent, value });
  }
}
