import { namespaceOf, type XmlAttribute, type XmlElement, type XmlNode } from './xml-node.ts';

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#x0D;' };
const attributeEscapes: Readonly<Record<string, string>> = {
  ...textEscapes,
  '"': '&quot;',
  '\t': '&#x09;',
  '\n': '&#x0A;',
};

/** Text as the content of an element. */
export function escapeXmlText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (character) => textEscapes[character] ?? character) : text;
}

/** Text between the double quotes of an attribute. */
export function escapeXmlAttribute(text: string): string {
  return /[&<>\r"\t\n]/.test(text)
    ? text.replace(/[&<>\r"\t\n]/g, (character) => attributeEscapes[character] ?? character)
    : text;
}

/** A node as text, the way SQL Server writes xml values: double quotes, `<a/>` for what is empty, no declaration. */
export function serializeXml(node: XmlNode): string {
  switch (node.kind) {
    case 'document':
      return node.children.map(serializeXml).join('');
    case 'element':
      return serializeElement(node, inheritedDeclarations(node));
    case 'attribute':
      return escapeXmlText(node.value);
    case 'text':
      return escapeXmlText(node.value);
    case 'comment':
      return `<!--${node.value}-->`;
    case 'instruction':
      return node.value === '' ? `<?${node.name}?>` : `<?${node.name} ${node.value}?>`;
  }
}

function serializeElement(element: XmlElement, inherited: readonly (readonly [string, string])[]): string {
  let text = `<${element.name}`;
  for (const [prefix, namespace] of [...inherited, ...element.declarations]) {
    text += ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeXmlAttribute(namespace)}"`;
  }
  for (const attribute of element.attributes) text += serializeAttribute(attribute);
  if (element.children.length === 0) return `${text}/>`;
  text += '>';
  for (const child of element.children) {
    text += child.kind === 'element' ? serializeElement(child, []) : serializeXml(child);
  }
  return `${text}</${element.name}>`;
}

function serializeAttribute(attribute: XmlAttribute): string {
  return ` ${attribute.name}="${escapeXmlAttribute(attribute.value)}"`;
}

/** Declarations of ancestors that a node taken out of its document still needs. */
function inheritedDeclarations(element: XmlElement): readonly (readonly [string, string])[] {
  if (element.parent === undefined || element.parent.kind === 'document') return [];
  const needed = new Map<string, string>();
  const visit = (node: XmlElement): void => {
    for (const item of [node, ...node.attributes]) {
      const colon = item.name.indexOf(':');
      const prefix = colon === -1 ? '' : item.name.slice(0, colon);
      if (item.namespace === '' || prefix === 'xml' || needed.has(prefix)) continue;
      if (declaredWithin(prefix, node, element)) continue;
      needed.set(prefix, item.namespace);
    }
    for (const child of node.children) if (child.kind === 'element') visit(child);
  };
  visit(element);
  return [...needed].filter(([prefix, namespace]) => namespaceOf(prefix, element.parent) === namespace);
}

function declaredWithin(prefix: string, from: XmlElement, top: XmlElement): boolean {
  for (let node: XmlElement | undefined = from; node !== undefined; ) {
    if (node.declarations.some(([declared]) => declared === prefix)) return true;
    if (node === top) return false;
    node = node.parent?.kind === 'element' ? node.parent : undefined;
  }
  return false;
}
