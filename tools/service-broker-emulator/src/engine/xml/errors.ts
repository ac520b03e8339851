import { SqlError } from '../../errors.ts';

/** Texts of the XML parser's errors, by number (`sys.messages` 9400 and on). */
const texts = {
  9400: 'unexpected end of input',
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
  9436: 'end tag does not match start tag',
  9437: 'duplicate attribute',
  9438: 'text/xmldecl not at the beginning of input',
  9448: 'well formed check: undeclared entity',
  9455: 'illegal qualified name character',
  9459: 'undeclared prefix',
} as const;

export type XmlErrorNumber = keyof typeof texts;

/** An error of well-formedness. @param offset of the offending character in `text` */
export function xmlError(number: XmlErrorNumber, text: string, offset: number): SqlError {
  const before = text.slice(0, Math.min(offset, text.length));
  const line = before.split('\n').length;
  const character = before.length - before.lastIndexOf('\n');
  return new SqlError(`XML parsing: line ${line}, character ${character}, ${texts[number]}`, { number });
}

/** Error 9400 stands at the last character, not behind it. */
export function unexpectedEnd(text: string): SqlError {
  return xmlError(9400, text, Math.max(0, text.length - 1));
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
