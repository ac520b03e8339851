import { unsupported } from '../unsupported.ts';
import type { ForClause } from './ast/queries.ts';
import { conflictingJsonOptions } from './errors.ts';
import { parseString } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** Name that ROOT without an argument gives. */
const defaultRoot = 'root';

function parseOptionalName(t: TokenStream): string | undefined {
  if (!t.accept('(')) return undefined;
  const name = parseString(t);
  t.expect(')');
  return name;
}

/** FOR JSON and FOR XML. */
export function parseForClause(t: TokenStream): ForClause {
  const { line } = t.expect('FOR');
  if (t.is('BROWSE')) unsupported('FOR BROWSE', line);
  return t.expectOneOf('JSON', 'XML') === 'JSON' ? parseForJson(t, line) : parseForXml(t);
}

function parseForJson(t: TokenStream, line: number): ForClause {
  const mode = t.expectOneOf('AUTO', 'PATH') === 'AUTO' ? 'auto' : 'path';
  let root: string | undefined;
  let includeNulls = false;
  let withoutArrayWrapper = false;
  while (t.accept(',')) {
    switch (t.expectOneOf('ROOT', 'INCLUDE_NULL_VALUES', 'WITHOUT_ARRAY_WRAPPER')) {
      case 'ROOT':
        root = parseOptionalName(t) ?? defaultRoot;
        break;
      case 'INCLUDE_NULL_VALUES':
        includeNulls = true;
        break;
      case 'WITHOUT_ARRAY_WRAPPER':
        withoutArrayWrapper = true;
        break;
    }
  }
  if (root !== undefined && withoutArrayWrapper) throw conflictingJsonOptions(line);
  return { kind: 'json', mode, ...(root === undefined ? {} : { root }), includeNulls, withoutArrayWrapper };
}

const xmlModes = { RAW: 'raw', AUTO: 'auto', PATH: 'path' } as const;

function parseForXml(t: TokenStream): ForClause {
  if (t.xmlNamespaces !== '') unsupported('FOR XML in a statement WITH XMLNAMESPACES', t.line);
  if (t.is('EXPLICIT')) unsupported('FOR XML EXPLICIT', t.line);
  const word = t.expectOneOf('RAW', 'AUTO', 'PATH');
  const element = word === 'AUTO' ? undefined : parseOptionalName(t);
  let root: string | undefined;
  let type = false;
  let elements = false;
  let binaryBase64 = false;
  while (t.accept(',')) {
    if (t.is('XMLSCHEMA') || t.is('XMLDATA')) unsupported(`FOR XML ... ${t.current.key}`, t.line);
    switch (t.expectOneOf('ROOT', 'TYPE', 'ELEMENTS', 'BINARY')) {
      case 'ROOT':
        root = parseOptionalName(t) ?? defaultRoot;
        break;
      case 'TYPE':
        type = true;
        break;
      case 'ELEMENTS':
        elements = true;
        if (t.is('XSINIL')) unsupported('FOR XML ... ELEMENTS XSINIL', t.line);
        t.accept('ABSENT');
        break;
      case 'BINARY':
        t.expect('BASE64');
        binaryBase64 = true;
        break;
    }
  }
  return {
    kind: 'xml',
    mode: xmlModes[word],
    ...(element === undefined ? {} : { element }),
    ...(root === undefined ? {} : { root }),
    type,
    elements,
    binaryBase64,
  };
}
