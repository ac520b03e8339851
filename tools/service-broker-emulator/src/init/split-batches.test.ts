import { describe, expect, test } from 'vitest';
import { splitBatches } from './split-batches.ts';

describe('splitBatches', () => {
  test('cuts at lines with GO, whatever their case, spaces and comment', () => {
    const script = 'SELECT 1\r\ngo\r\nSELECT 2\n  GO  -- done\nSELECT 3';
    expect(splitBatches(script)).toEqual([
      { text: 'SELECT 1', line: 1, count: 1 },
      { text: 'SELECT 2', line: 3, count: 1 },
      { text: 'SELECT 3', line: 5, count: 1 },
    ]);
  });

  test('takes the count behind GO', () => {
    expect(splitBatches('INSERT t DEFAULT VALUES\nGO 3')).toEqual([
      { text: 'INSERT t DEFAULT VALUES', line: 1, count: 3 },
    ]);
  });

  test('leaves batches without text out and a byte order mark away', () => {
    expect(splitBatches('\uFEFFGO\n\nGO\nSELECT 1\nGO\n')).toEqual([{ text: 'SELECT 1', line: 4, count: 1 }]);
  });

  test.each([
    ['a string, with a doubled quote before it', "PRINT 'it''s\nGO\n'"],
    ['a quoted name', 'SELECT 1 AS "a\nGO\n"'],
    ['a bracketed name', 'SELECT 1 AS [a]]\nGO\n]'],
    ['a block comment in a block comment', '/* a /* b */\nGO\n*/ SELECT 1'],
    ['a longer word', 'GOTO again\nagain:\nGOING'],
  ])('GO in %s is text', (_, script) => {
    expect(splitBatches(script)).toEqual([{ text: script, line: 1, count: 1 }]);
  });

  test('a quote in a line comment opens nothing', () => {
    expect(splitBatches("SELECT 1 -- it's\nGO\nSELECT 2")).toHaveLength(2);
  });
});
