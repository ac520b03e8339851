import type { XmlErrorNumber } from './errors.ts';

/** An attribute or a namespace declaration as it is written, with its references replaced. */
export interface RawAttribute {
  readonly name: string;
  readonly value: string;
}

/** An attribute with what its prefix means. */
export interface XmlTagAttribute extends RawAttribute {
  readonly localName: string;
  /** '' = no namespace. */
  readonly namespace: string;
}

type Declaration = readonly [prefix: string, namespace: string];

/** A start tag with what its prefixes mean. */
export interface XmlTag {
  /** As written, with its prefix. */
  readonly name: string;
  readonly localName: string;
  /** '' = no namespace. */
  readonly namespace: string;
  /** Without the namespace declarations. */
  readonly attributes: readonly XmlTagAttribute[];
  /** Prefix ('' = default) and namespace, in the order of the tag. */
  readonly declarations: readonly Declaration[];
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const noDeclarations: readonly Declaration[] = [];
const noAttributes: readonly XmlTagAttribute[] = [];

/** What prefixes mean at the element that is open. */
export class NamespaceScopes {
  readonly #scopes: (readonly Declaration[])[] = [];

  /**
   * Opens an element. Its declarations are checked first, then its own prefix, then its attributes.
   *
   * @returns the tag, or the number of the error that is in it
   */
  enter(name: string, raw: readonly RawAttribute[]): XmlTag | XmlErrorNumber {
    const declarations = raw.length === 0 ? noDeclarations : declarationsOf(raw);
    if (typeof declarations === 'number') return declarations;
    this.#scopes.push(declarations);
    const [prefix, localName] = splitName(name);
    const namespace = this.#meaningOf(prefix);
    if (namespace === undefined) return 9459;
    const attributes = raw.length === declarations.length ? noAttributes : this.#attributes(raw);
    if (typeof attributes === 'number') return attributes;
    return { name, localName, namespace, attributes, declarations };
  }

  leave(): void {
    this.#scopes.pop();
  }

  #attributes(raw: readonly RawAttribute[]): readonly XmlTagAttribute[] | XmlErrorNumber {
    const attributes: XmlTagAttribute[] = [];
    const seen = new Set<string>();
    for (const { name, value } of raw) {
      if (declaredPrefix(name) !== undefined) continue;
      const [prefix, localName] = splitName(name);
      const namespace = prefix === '' ? '' : this.#meaningOf(prefix);
      if (namespace === undefined) return 9459;
      // A name has no blank in it, so two names are equal exactly when these texts are.
      const expanded = `${localName} ${namespace}`;
      if (seen.has(expanded)) return 9437;
      seen.add(expanded);
      attributes.push({ name, value, localName, namespace });
    }
    return attributes;
  }

  /** The namespace of a prefix; undefined when it is not declared. */
  #meaningOf(prefix: string): string | undefined {
    if (prefix === 'xml') return xmlNamespace;
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      for (const [declared, namespace] of this.#scopes[index] ?? noDeclarations) {
        if (declared === prefix) return namespace;
      }
    }
    return prefix === '' ? '' : undefined;
  }
}

function declarationsOf(raw: readonly RawAttribute[]): readonly Declaration[] | XmlErrorNumber {
  const declarations: Declaration[] = [];
  for (const { name, value } of raw) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    if (prefix === 'xmlns') return 9465;
    if ((prefix === 'xml') !== (value === xmlNamespace)) return 9464;
    if (prefix !== '' && value === '') return 9460;
    if (declarations.some(([declared]) => declared === prefix)) return 9458;
    declarations.push([prefix, value]);
  }
  return declarations;
}

/** The prefix that an attribute declares, '' for the default namespace; undefined for other attributes. */
function declaredPrefix(name: string): string | undefined {
  if (!name.startsWith('xmlns')) return undefined;
  if (name.length === 5) return '';
  return name.charCodeAt(5) === 0x3a ? name.slice(6) : undefined;
}

function splitName(name: string): readonly [prefix: string, localName: string] {
  const colon = name.indexOf(':');
  return colon === -1 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}
