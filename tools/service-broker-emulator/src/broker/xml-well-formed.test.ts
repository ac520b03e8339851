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
    ['text', 'text is not allowed at top level'],
    ['<a>', "end tag for 'a' is missing"],
    ['<a></b>', 'end tag does not match start tag'],
    ['<a/><b/>', 'only one top level element'],
    ['<a b=1/>', 'string literal was expected'],
    ['<a b="1" b="2"/>', 'duplicate attribute'],
    ['<a>&nbsp;</a>', 'undeclared entity'],
    ['<a>&#0;</a>', 'illegal xml character'],
    ['<a b="<"/>', 'not allowed in attribute values'],
    ['<!DOCTYPE a><a/>', 'DTD is not allowed'],
    ['<a>\u0001</a>', 'illegal xml character'],
    ['<1a/>', 'illegal qualified name character'],
    ['<×/>', 'illegal qualified name character'],
    ['<a×/>', 'white space expected'],
    ['<a', 'unexpected end of input'],
    ['<a>]]></a>', 'not allowed in character data'],
  ])('refuses %j: %s', (text, reason) => {
    expect(xmlProblem(utf8(text))).toContain(reason);
  });

  test.each(['\u00aa', '\u3001', '\u2118', 'é\u203f', 'a\u00b7', 'a\u19da', '\u{10000}', 'a\u{e0100}', '\u4e00'])(
    'a name that %j is in passes the queue exactly when it passes a cast to xml',
    (name) => {
      const xml = `<${name}/>`;
      let cast = true;
      try {
        parseXmlValue(xml);
      } catch {
        cast = false;
      }
      expect(xmlProblem(utf8(xml)) === undefined).toBe(cast);
    },
  );

  test.each(['<\u3001/>', '<\u00aa/>'])('refuses %j, a name in one edition of XML or in none', (text) => {
    expect(xmlProblem(utf8(text))).toContain('illegal qualified name character');
  });

  test('says where: line and character', () => {
    expect(xmlProblem(utf8('<a>\n  <b></c>\n</a>'))).toBe(
      'XML parsing: line 2, character 8, end tag does not match start tag.',
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
