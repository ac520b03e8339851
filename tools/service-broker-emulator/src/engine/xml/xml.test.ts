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
    ['<a></b>', 9436, 'XML parsing: line 1, character 6, end tag does not match start tag'],
    ['<a>', 9400, 'XML parsing: line 1, character 3, unexpected end of input'],
    ['<a>\n<b>\n</c></a>', 9436, 'XML parsing: line 3, character 3, end tag does not match start tag'],
    ['<a b=1/>', 9413, 'XML parsing: line 1, character 6, A string literal was expected'],
    ['<a b="1" b="2"/>', 9437, 'XML parsing: line 1, character 11, duplicate attribute'],
    ['<a>&foo;</a>', 9448, 'XML parsing: line 1, character 8, well formed check: undeclared entity'],
    ['<a b/>', 9414, 'XML parsing: line 1, character 5, equal expected'],
    ['<p:a/>', 9459, 'XML parsing: line 1, character 5, undeclared prefix'],
    ['<a>\u0001</a>', 9420, 'XML parsing: line 1, character 4, illegal xml character'],
    ['not < xml', 9455, 'XML parsing: line 1, character 6, illegal qualified name character'],
  ])('%o is error %i', (text, number, message) => {
    expect(() => parseXmlValue(text)).toThrow(expect.objectContaining({ number, message }));
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
