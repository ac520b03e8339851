/** Nodes of a parsed XML value. An xml value may be a fragment, so a document can hold several elements and text. */
export interface XmlDocument {
  readonly kind: 'document';
  readonly parent: undefined;
  readonly children: XmlChild[];
}

export interface XmlElement {
  readonly kind: 'element';
  parent: XmlParent | undefined;
  /** As written, with its prefix. */
  readonly name: string;
  readonly localName: string;
  /** '' = no namespace. */
  readonly namespace: string;
  /** Namespace declarations (xmlns, xmlns:p) are kept apart, in {@link declarations}. */
  readonly attributes: readonly XmlAttribute[];
  /** Prefix ('' = default) and namespace, as declared on this element. */
  readonly declarations: readonly (readonly [prefix: string, namespace: string])[];
  readonly children: XmlChild[];
}

export interface XmlAttribute {
  readonly kind: 'attribute';
  parent: XmlElement | undefined;
  readonly name: string;
  readonly localName: string;
  readonly namespace: string;
  readonly value: string;
}

interface XmlText {
  readonly kind: 'text';
  parent: XmlParent | undefined;
  readonly value: string;
}

interface XmlComment {
  readonly kind: 'comment';
  parent: XmlParent | undefined;
  readonly value: string;
}

interface XmlInstruction {
  readonly kind: 'instruction';
  parent: XmlParent | undefined;
  readonly name: string;
  readonly value: string;
}

export type XmlParent = XmlDocument | XmlElement;
export type XmlChild = XmlElement | XmlText | XmlComment | XmlInstruction;
export type XmlNode = XmlDocument | XmlChild | XmlAttribute;

/** Text of a node as XPath sees it: for elements and documents the text of all descendants. */
export function stringValue(node: XmlNode): string {
  if (node.kind !== 'document' && node.kind !== 'element') return node.value;
  let text = '';
  for (const child of node.children) {
    if (child.kind === 'text') text += child.value;
    else if (child.kind === 'element') text += stringValue(child);
  }
  return text;
}

/** The namespace that a prefix means at an element; undefined when it is not declared there. */
export function namespaceOf(prefix: string, at: XmlParent | undefined): string | undefined {
  if (prefix === 'xml') return 'http://www.w3.org/XML/1998/namespace';
  for (let node = at; node !== undefined; node = node.parent) {
    if (node.kind !== 'element') break;
    for (const [declared, namespace] of node.declarations) if (declared === prefix) return namespace;
  }
  return prefix === '' ? '' : undefined;
}
