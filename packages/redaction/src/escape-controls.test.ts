import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

const esc = '\u001b';

test.each([
  ['colours', `a${esc}[31mb`, 'a\\u001b[31mb'],
  ['the clipboard', `${esc}]52;c;eA==\u0007`, '\\u001b]52;c;eA==\\u0007'],
  ['controls of eight bits', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['the direction of writing', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
  ['isolates', 'a\u2066b\u2069', 'a\\u2066b\\u2069'],
  ['a line that looks like another one', 'a\n✓ all is well\r\nb', 'a\\n✓ all is well\\r\\nb'],
  ['separators of lines', 'a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
  ['what is invisible', 'a\u200bb\ufeffc\u00add\u{e0041}', 'a\\u200bb\\ufeffc\\u00add\\udb40\\udc41'],
  ['half a character', 'a\ud83d', 'a\\ud83d'],
  ['deletes and backspaces', 'a\bb\u007f\u0000', 'a\\u0008b\\u007f\\u0000'],
])('%s', (_, text, expected) => {
  expect(escapeControls(text)).toBe(expected);
});

test.each(['a\tb', 'Grüße, 中文, عربي, é', '👩‍👩‍👧 family', 'می‌خواهم', '✓ done'])('%s stays', (text) => {
  expect(escapeControls(text)).toBe(text);
});

test('several lines stay lines where the caller asks for it', () => {
  expect(escapeControls(`a\nb${esc}`, { keepLineFeeds: true })).toBe('a\nb\\u001b');
});

test('property: nothing that acts is left, and JSON keeps its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeControls(text)).not.toMatch(/(?![\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const json = JSON.stringify({ text, list: [text] }, null, 2);
      expect(JSON.parse(escapeControls(json, { keepLineFeeds: true }))).toEqual(JSON.parse(json));
    }),
  );
});
