import { expect, test } from 'vitest';
import { quotedForCmd } from './run-command.ts';

test.each([
  ['dependency:copy-dependencies', 'dependency:copy-dependencies'],
  ['C:\\Users\\Ann Other\\AppData', '"C:\\Users\\Ann Other\\AppData"'],
  ['-DoutputDirectory=C:\\jars', '"-DoutputDirectory=C:\\jars"'],
  ['a&b', '"a&b"'],
])('%s is one word to cmd.exe', (word, quoted) => {
  expect(quotedForCmd(word)).toBe(quoted);
});

test.each(['100%', 'say "yes"', 'now!', 'two\nlines'])('%s is refused, because quotes would not hold it', (word) => {
  expect(() => quotedForCmd(word)).toThrow(RangeError);
});
