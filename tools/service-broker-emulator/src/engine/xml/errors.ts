import { SqlError } from '../../errors.ts';

/** Texts of the XML parser's errors, by number (`sys.messages` 9400 and on). */
const texts = {
  9400: 'unexpected end of input',
  9401: 'unrecognized encoding',
  9402: 'unable to switch the encoding',
  9410: 'whitespace expected',
  9411: 'semicolon expected',
  9412: "'>' expected",
  9413: 'A string literal was expected',
  9414: 'equal expected',
  9415: "well formed check: no '<' in attribute value",
  9416: 'hexadecimal digit expected',
  9417: 'decimal digit expected',
  9420: 'illegal xml character',
  9421: 'illegal name character',
  9422: 'incorrect document syntax',
  9423: 'incorrect CDATA section syntax',
  9424: 'incorrect comment syntax',
  9435: 'one root element',
  9436: 'end tag does not match start tag',
  9437: 'duplicate attribute',
  9438: 'text/xmldecl not at the beginning of input',
  9439: 'namespaces beginning with "xml" are reserved',
  9441: 'incorrect xml declaration syntax',
  9448: 'well formed check: undeclared entity',
  9451: 'incorrect processing instruction syntax',
  9454: "no ']]>' in element content",
  9455: 'illegal qualified name character',
  9456: 'multiple colons in qualified name',
  9458: 'redeclared prefix',
  9459: 'undeclared prefix',
  9460: 'non default namespace with empty uri',
  9464: "XML namespace prefix 'xml' can only be associated with the URI http://www.w3.org/XML/1998/namespace. This URI cannot be used with other prefixes.",
  9465: "XML namespace prefix 'xmlns' is reserved for use by XML.",
} as const;

export type XmlErrorNumber = keyof typeof texts;

/**
 * An error of well-formedness. Lines end with LF, CR or both; a surrogate pair is one character.
 *
 * @param offset of the character at which the parser stopped; beyond the text's end the last one counts
 */
export function xmlError(number: XmlErrorNumber, text: string, offset: number): SqlError {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const before = text.slice(start, Math.max(start, Math.min(offset, text.length - 1)));
  const lines = before.split(/\r\n?|\n/);
  const character = [...(lines.at(-1) ?? '')].length + 1;
  return new SqlError(`XML parsing: line ${lines.length}, character ${character}, ${texts[number]}`, { number });
}

/** 6359. */
export function documentTypeForbidden(): SqlError {
  return new SqlError(
    'Parsing XML with internal subset DTDs not allowed. Use CONVERT with style option 2 to enable limited internal subset DTD support.',
    { number: 6359 },
  );
}

/** 6335. @param node what is a level too deep */
export function nestedTooDeep(node: 'element' | 'attribute' | 'text'): SqlError {
  return new SqlError(
    'XML datatype instance has too many levels of nested nodes. Maximum allowed depth is 128 levels.',
    { number: 6335, state: node === 'element' ? 102 : 101 },
  );
}

/** 2389. */
export function singletonRequired(): SqlError {
  return new SqlError(
    "XQuery [value()]: 'value()' requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'",
    { number: 2389 },
  );
}

/** 9333. */
export function noExternalReference(kind: string, name: string): SqlError {
  return new SqlError(`XQuery: SQL ${kind} '${name}' cannot be referenced here.`, { number: 9333 });
}

/** 2396. */
export function attributeOutsideElement(): SqlError {
  return new SqlError('XQuery [query()]: Attribute may not appear outside of an element', { number: 2396 });
}

/** 2374. */
export function nodesRequired(): SqlError {
  return new SqlError("XQuery [nodes()]: The 'nodes' method requires nodes, found an atomic value.", { number: 2374 });
}

/** 2395. */
export function unknownXQueryFunction(name: string): SqlError {
  return new SqlError(`XQuery: There is no function '${name}()'`, { number: 2395 });
}

/** An error of XQuery, with its number in sys.messages. @param method of the xml type, for example `value()` */
export function xqueryError(method: string, text: string, number: number): SqlError {
  return new SqlError(`XQuery [${method}]: ${text}`, { number });
}
