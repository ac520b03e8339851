import fc from 'fast-check';
import { XMLBuilder } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { parseXmlValue } from '../engine/types/xml-value.ts';
import { xmlProblem } from './xml-well-formed.ts';

const utf8 = (text: string) => Buffer.from(text);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('well-formed XML', () => {
  test.each([
    '<a/>',
    '<?xml version="1.0"?><a>text &amp; &#x41; &#65;</a>',
    ' <!-- c --><a b="1" c=\'2\'><b>é<![CDATA[<x>]]></b><?pi x?></a> ',
    '<ns:a xmlns:ns="u"><ns:b/></ns:a>',
    '<é/>',
    '<añb-1.c c_é="1"\t\r\n></añb-1.c >',
    '<Neo4jSync><EntityType>Atom</EntityType><EntityId>1</EntityId></Neo4jSync>',
  ])('accepts %s as UTF-8, and as UTF-16 with and without byte order mark', (text) => {
    expect(xmlProblem(utf8(text))).toBeUndefined();
    expect(xmlProblem(utf16(text))).toBeUndefined();
    expect(xmlProblem(utf16(`\uFEFF${text}`))).toBeUndefined();
  });

  test.each([
    ['', 'unexpected end of input'],
    ['text', 'incorrect document syntax'],
    ['<a/>text', 'incorrect document syntax'],
    ['<![CDATA[x]]><a/>', 'incorrect document syntax'],
    ['<a>', 'unexpected end of input'],
    ['<a></b>', 'end tag does not match start tag'],
    ['<a/><b/>', 'one root element'],
    ['<a b=1/>', 'string literal was expected'],
    ['<a b="1" b="2"/>', 'duplicate attribute'],
    ['<a>&nbsp;</a>', 'undeclared entity'],
    ['<a>&#0;</a>', 'illegal xml character'],
    ['<a b="<"/>', "no '<' in attribute value"],
    ['<!DOCTYPE a><a/>', 'Parsing XML with internal subset DTDs not allowed'],
    ['<a>\u0001</a>', 'illegal xml character'],
    ['<p:a/>', 'undeclared prefix'],
    ['<1a/>', 'illegal qualified name character'],
    ['<×/>', 'illegal qualified name character'],
    ['<a×/>', 'illegal qualified name character'],
    ['<a', 'unexpected end of input'],
    ['<a>]]></a>', "no ']]>' in element content"],
  ])('refuses %j: %s', (text, reason) => {
    expect(xmlProblem(utf8(text))).toContain(reason);
  });

  test.each(['\u00aa', '\u3001', '\u0132', 'a\u0132', 'é\u203f', 'a\u{e0100}', '\u{10000}'])(
    'refuses a name that %j is in: XML’s fourth edition has none of it, whatever later ones have',
    (name) => {
      expect(xmlProblem(utf8(`<${name}/>`))).toContain('illegal qualified name character');
      expect(() => parseXmlValue(`<${name}/>`)).toThrow('illegal qualified name character');
    },
  );

  test.each(['\u4e00', 'a\u00b7', 'a\u0301', '\u30a1\u30fc', '\u0410', 'a\u0660'])('accepts the name %j', (name) => {
    expect(xmlProblem(utf8(`<${name}/>`))).toBeUndefined();
    expect(parseXmlValue(`<${name}/>`)).toBe(`<${name}/>`);
  });

  test('what passes the queue passes a cast to xml, which takes fragments too', () => {
    const piece = fc.constantFrom(
      ...'<>/ab="\'&;! -[]?:'.split(''),
      'xmlns',
      'amp;',
      '<a>',
      '</a>',
      '<a/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
    );
    const name = fc.constantFrom('a', 'b', 'xml', 'a-1.b', '_', '1', 'a:b', '');
    const text = fc.string({ unit: fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 2 })), maxLength: 3 });
    // As a rule its own.
    const endName = fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, name);
    const child = fc.tuple(name, text, endName).map(([open, value, close = open]) => `<${open}>${value}</${close}>`);
    const body = fc.oneof(
      fc
        .tuple(name, fc.array(child, { maxLength: 3 }), endName)
        .map(([open, children, close = open]) => `<${open}>${children.join('')}</${close}>`),
      fc.string({ unit: piece, maxLength: 30 }),
      fc.string({ unit: piece, maxLength: 10 }).map((text) => `<a>${text}</a>`),
    );
    fc.assert(
      fc.property(body, (text) => {
        if (xmlProblem(utf8(text)) === undefined) parseXmlValue(text);
      }),
    );
  });

  test('a flat document may be of any length', () => {
    const children = '<child>text</child>'.repeat(200_000);
    expect(xmlProblem(utf16(`<root>${children}</root>`))).toBeUndefined();
    expect(xmlProblem(utf16(`<root>${children}</toor>`))).toContain('end tag does not match start tag');
  });

  test('says where: line and character', () => {
    expect(xmlProblem(utf8('<a>\n  <b></c>\n</a>'))).toBe(
      'XML parsing: line 2, character 9, end tag does not match start tag.',
    );
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(xmlProblem(new Uint8Array([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]))).toContain(
      'illegal xml character',
    );
  });

  test('accepts what an XML writer makes of any text, and never throws on any bytes', () => {
    const builder = new XMLBuilder({ ignoreAttributes: false });
    const writable = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\p{Cc}|[\uFFFE\uFFFF]|\]\]>/gu, ''));
    fc.assert(
      fc.property(writable, writable, (text, attribute) => {
        const xml = builder.build({ root: { '@_a': attribute, child: [text, { leaf: text }] } });
        expect(xmlProblem(utf8(xml))).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        xmlProblem(bytes);
      }),
    );
  });
});
