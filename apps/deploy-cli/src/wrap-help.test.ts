import { expect, test } from 'vitest';
import { wrapHelp } from './wrap-help.ts';

test('paragraphs are broken anew, examples and short texts stay', () => {
  const text = [
    'one two three four five six seven',
    'eight nine.',
    'ten',
    '',
    'Examples:',
    '  a command line that is longer than all that and can only be copied as it is',
    '',
  ].join('\n');
  expect(wrapHelp(text, 20).split('\n')).toEqual([
    'one two three four',
    'five six seven eight',
    'nine.',
    'ten',
    '',
    'Examples:',
    '  a command line that is longer than all that and can only be copied as it is',
    '',
  ]);
  expect(wrapHelp('a\nb', 20)).toBe('a\nb');
  const example = "  A=1 hartonomous sql 'SELECT 1 FROM a  b' --write";
  expect(wrapHelp(example, 30).split('\n')).toEqual([
    '  A=1 hartonomous sql \\',
    "    'SELECT 1 FROM a  b' \\",
    '    --write',
  ]);
});
