import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../errors.ts';
import { compileXmlQuery, xmlExist, xmlNodes, xmlQuery, xmlValue } from '../query/evaluate-xml-method.ts';
import { parseXmlValue, xmlTextOfBytes } from '../types/xml-value.ts';
import { escapeXmlAttribute, escapeXmlText } from './xml-serializer.ts';

const document = parseXmlValue(
  '<r xmlns:p="u"><a id="1">x<b>y</b></a><a id="2">z</a><p:c>5</p:c><Sync><EntityId>42</EntityId></Sync></r>',
);
const value = (query: string): string | null => xmlValue(document, compileXmlQuery(query, 'value'));

describe('xml values', () => {
  it.each([
    ["<a b='1'></a>", '<a b="1"/>'],
    ['<?xml version="1.0" encoding="utf-8"?><a>1</a>', '<a>1</a>'],
    ['<a>\n  <b/>\n</a>', '<a><b/></a>'],
    ['<a xml:space="preserve"> <b/></a>', '<a xml:space="preserve"> <b/></a>'],
    ['<a>&#65;&amp;&lt;<![CDATA[<x>]]></a>', '<a>A&amp;&lt;&lt;x&gt;</a>'],
    ['<a/>text<b/>', '<a/>text<b/>'],
    ['', ''],
    ['<!-- c --><?p i?><a/>', '<!-- c --><?p i?><a/>'],
    ['<a b="&quot;&#10;x\ty"/>', '<a b="&quot;&#x0A;x y"/>'],
  ])('%o is kept as %o', (text, expected) => {
    expect(parseXmlValue(text)).toBe(expected);
  });

  it.each([
    ['<a></b>', 9436, 1, 7, 'end tag does not match start tag'],
    ['<a>', 9400, 1, 3, 'unexpected end of input'],
    ['<a>\n<b>\n</c></a>', 9436, 3, 4, 'end tag does not match start tag'],
    ['<a>\r<b>\r\n</c></a>', 9436, 3, 4, 'end tag does not match start tag'],
    ['<a>😊</b>', 9436, 1, 8, 'end tag does not match start tag'],
    ['</a>', 9455, 1, 2, 'illegal qualified name character'],
    ['<a/></a>', 9436, 1, 8, 'end tag does not match start tag'],
    ['<a></a', 9412, 1, 6, "'>' expected"],
    ['<a b=1/>', 9413, 1, 6, 'A string literal was expected'],
    ['<a x', 9414, 1, 4, 'equal expected'],
    ['<a b="1" b="2"/>', 9437, 1, 16, 'duplicate attribute'],
    ['<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', 9437, 1, 44, 'duplicate attribute'],
    ['<a xmlns:p="u" xmlns:p="v"/>', 9458, 1, 28, 'redeclared prefix'],
    ['<a xmlns:p=""/>', 9460, 1, 15, 'non default namespace with empty uri'],
    ['<a b="1"c="2"/>', 9410, 1, 9, 'whitespace expected'],
    ['<a>&foo;</a>', 9448, 1, 8, 'well formed check: undeclared entity'],
    ['<a>&am', 9411, 1, 6, 'semicolon expected'],
    ['<a>&#x;</a>', 9416, 1, 7, 'hexadecimal digit expected'],
    ['<a>&#xD800;</a>', 9420, 1, 11, 'illegal xml character'],
    ['<a b/>', 9414, 1, 5, 'equal expected'],
    ['<p:a/>', 9459, 1, 6, 'undeclared prefix'],
    ['<p:q:a/>', 9456, 1, 5, 'multiple colons in qualified name'],
    ['<a>\u0001</b>', 9420, 1, 4, 'illegal xml character'],
    ['<a>x]]></a>', 9454, 1, 5, "no ']]>' in element content"],
    ['<a><!-- -- --></a>', 9412, 1, 11, "'>' expected"],
    ['<a><![CDATA x', 9423, 1, 12, 'incorrect CDATA section syntax'],
    ['<a/><?xml version="1.0"?>', 9438, 1, 10, 'text/xmldecl not at the beginning of input'],
    ['<?XML version="1.0"?><a/>', 9439, 1, 6, 'namespaces beginning with "xml" are reserved'],
    ['<?xml version="1.1"?><a/>', 9441, 1, 19, 'incorrect xml declaration syntax'],
    ['<?xml encoding="utf-8"?><a/>', 9441, 1, 15, 'incorrect xml declaration syntax'],
    ['<?p', 9451, 1, 3, 'incorrect processing instruction syntax'],
    ['not < xml', 9455, 1, 6, 'illegal qualified name character'],
  ])('%o is error %i', (text, number, line, character, reason) => {
    const message = `XML parsing: line ${line}, character ${character}, ${reason}`;
    expect(() => parseXmlValue(text)).toThrow(expect.objectContaining({ number, message }));
  });

  it('refuses a document type, unless style 2 asks for one', () => {
    const text = '<!DOCTYPE a [<!ELEMENT a ANY>]><a/>';
    expect(() => parseXmlValue(text)).toThrow(expect.objectContaining({ number: 6359 }));
    expect(() => parseXmlValue(text, { allowsDocumentType: true })).toThrow(expect.objectContaining({ number: 40000 }));
  });

  it('has 128 levels, texts and attributes among them', () => {
    const nested = (levels: number, inner: string) => `${'<a>'.repeat(levels)}${inner}${'</a>'.repeat(levels)}`;
    expect(() => parseXmlValue(nested(127, '<b/>'))).not.toThrow();
    expect(() => parseXmlValue(nested(127, '<b/>'.repeat(300)))).not.toThrow();
    for (const [inner, levels, state] of [
      ['<b/>', 128, 102],
      ['x', 128, 101],
      ['<b c="1"/>', 127, 101],
    ] as const) {
      expect(() => parseXmlValue(nested(levels, inner))).toThrow(expect.objectContaining({ number: 6335, state }));
    }
  });

  it.each([
    ['<a> <![CDATA[x]]> </a>', '<a> x </a>'],
    ['<a> <!-- c --> </a>', '<a><!-- c --></a>'],
    ['<![CDATA[<x>]]>', '&lt;x&gt;'],
    [
      '<a xml:space="preserve"><b xml:space="default"> </b> </a>',
      '<a xml:space="preserve"><b xml:space="default"/> </a>',
    ],
  ])('text, references and CDATA sections are one node: %o is %o', (text, expected) => {
    expect(parseXmlValue(text)).toBe(expected);
  });

  it('never fails but with an XML error, and its own writing reads the same', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      'b',
      '=',
      '"',
      "'",
      '&',
      ';',
      ' ',
      '!',
      '-',
      '[',
      ']',
      '?',
      'amp',
      '<a>',
      '</a>',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        let written: string;
        try {
          written = parseXmlValue(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError);
          return;
        }
        expect(parseXmlValue(written, { preserveWhitespace: true })).toBe(written);
      }),
    );
  });

  it('gives any text back from elements and attributes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '<', '&', '"', '\t', '\n', '\r', '\u00E9', ' x') }),
        (text) => {
          const xml = parseXmlValue(`<r v="${escapeXmlAttribute(text)}">${escapeXmlText(text)}</r>`, {
            preserveWhitespace: true,
          });
          expect(xmlValue(xml, compileXmlQuery('/r[1]/@v', 'value'))).toBe(text);
          expect(xmlValue(xml, compileXmlQuery('/r[1]', 'value'))).toBe(text);
        },
      ),
    );
  });

  it('finds the encoding of bytes', () => {
    expect(xmlTextOfBytes(Buffer.from('\uFEFF<a>\u00E9</a>', 'utf16le'))).toHaveProperty('text', '<a>\u00E9</a>');
    expect(xmlTextOfBytes(Buffer.from('<a>\u00E9</a>', 'utf16le'))).toHaveProperty('text', '<a>\u00E9</a>');
    expect(xmlTextOfBytes(Buffer.from('<a>\u00E9</a>', 'utf8'))).toHaveProperty('text', '<a>\u00E9</a>');
    expect(() => xmlTextOfBytes(Buffer.from('<?xml version="1.0" encoding="utf-16"?><a/>'))).toThrow(
      expect.objectContaining({ number: 9402 }),
    );
  });
});

describe('methods of xml', () => {
  it.each([
    ['(/r/Sync/EntityId)[1]', '42'],
    ['(/r/Sync/EntityId/text())[1]', '42'],
    ['/r[1]/a[2]/@id', '2'],
    ['count(/r/a)', '2'],
    ['(//a[@id="2"])[1]', 'z'],
    ['(//a[@id=2])[1]', 'z'],
    ['(/r/a[b="y"])[1]/@id', '1'],
    ['sum(/r/a/@id)', '3'],
    ['declare namespace q="u"; (/r/q:c)[1]', '5'],
    ['(/r/*:c)[1]', '5'],
    ['local-name((/r/*)[3])', 'c'],
    ['/r[1]/a[last()]', 'z'],
    ['(/r/a[position()=2])[1]', 'z'],
    ['(/r/nothing)[1]', null],
    ['concat("a", string((/r/a/@id)[1]))', 'a1'],
    ['(/r/a/@id)[1] + 1', '2'],
    ['contains((/r/a)[1], "y") and not(/r/d)', 'true'],
  ])('value(%o) is %o', (query, expected) => {
    expect(value(query)).toBe(expected);
  });

  it('demands a singleton and sound XQuery', () => {
    const failing = (query: string): void => void value(query);
    expect(() => failing('/r/a')).toThrow(
      "XQuery [value()]: 'value()' requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'",
    );
    expect(() => failing('nonsense(1)')).toThrow(expect.objectContaining({ number: 2395 }));
    expect(() => failing('(/r/q:a)[1]')).toThrow(expect.objectContaining({ number: 2229 }));
    expect(() => failing('for $i in /r return $i')).toThrow(expect.objectContaining({ number: 40000 }));
  });

  it('query gives the nodes with the namespaces that they need', () => {
    expect(xmlQuery(document, compileXmlQuery('/r/a', 'query'))).toBe('<a id="1">x<b>y</b></a><a id="2">z</a>');
    expect(xmlQuery(document, compileXmlQuery('/r/*[3]', 'query'))).toBe('<p:c xmlns:p="u">5</p:c>');
  });

  it('exist says whether there is anything', () => {
    expect(xmlExist(document, compileXmlQuery('/r/a[@id=2]', 'exist'))).toBe(1);
    expect(xmlExist(document, compileXmlQuery('/r/a[@id=3]', 'exist'))).toBe(0);
    expect(xmlExist(null, compileXmlQuery('/r', 'exist'))).toBeNull();
  });

  it('nodes keeps each node in its document', () => {
    const rows = xmlNodes(document, compileXmlQuery('/r/a', 'nodes'));
    expect(rows.map((row) => xmlValue(row, compileXmlQuery('@id', 'value')))).toEqual(['1', '2']);
    expect(rows.map((row) => xmlValue(row, compileXmlQuery('(../Sync/EntityId)[1]', 'value')))).toEqual(['42', '42']);
  });

  it('reads SQL variables', () => {
    const query = compileXmlQuery('(/r/a[@id=sql:variable("@id")])[1]', 'value');
    expect(xmlValue(document, query, (kind, name) => (kind === 'variable' && name === '@id' ? 2 : null))).toBe('z');
  });
});
