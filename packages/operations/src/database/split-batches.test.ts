import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqlScriptError } from '../errors.ts';
import { splitBatches } from './split-batches.ts';

const texts = (script: string) => splitBatches(script).map(({ text }) => text);

/** Pieces of T-SQL in which no GO separates, however they are put together on lines of their own. */
const harmless = fc.constantFrom(
  'SELECT 1;',
  "SELECT N'\nGO\n';",
  "PRINT 'it''s\nGO\n';",
  '/*\nGO\n*/',
  '/* outer /*\nGO\n*/ still a comment\nGO\n*/',
  '-- GO',
  'SELECT [\nGO\n] FROM t;',
  'SELECT "\nGO\n" FROM t;',
  'SELECT 1 AS x /* GO */;',
  'EXEC dbo.GO;',
  'SELECT 1 GO',
  'GOTO done;',
  "SELECT ']' + '--' + '/*';",
);
const batch = fc.array(harmless, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));
const separator = fc.constantFrom('GO', 'go', '  Go  ', '\tGO -- done', 'GO--done');

describe('splitBatches', () => {
  test('gives back the batches that were joined with GO lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(batch, separator), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (parts, end) => {
          const script = parts.map(([text, go]) => `${text}${end}${go}${end}`).join('');
          expect(texts(script)).toEqual(parts.map(([text]) => text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives each batch the line on which it begins', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 5 }), (parts) => {
        const script = parts.join('\nGO\n');
        const lines = script.split('\n');
        for (const { text, line } of splitBatches(script)) {
          expect(
            lines
              .slice(line - 1)
              .join('\n')
              .startsWith(text),
          ).toBe(true);
        }
      }),
    );
  });

  test('GO n runs the batch n times', () => {
    expect(splitBatches('INSERT t DEFAULT VALUES\nGO 5 -- five\nSELECT 1\n')).toEqual([
      { text: 'INSERT t DEFAULT VALUES', line: 1, count: 5 },
      { text: 'SELECT 1', line: 3, count: 1 },
    ]);
  });

  test('leaves out empty batches and takes a byte order mark for white space', () => {
    expect(texts('\uFEFFGO\n\nGO\n  \nSELECT 1\nGO\nGO')).toEqual(['SELECT 1']);
    expect(texts('')).toEqual([]);
  });

  test('a comment alone is a batch: it may belong to what somebody wants to see in a trace', () => {
    expect(texts('-- nothing\nGO')).toEqual(['-- nothing']);
  });

  test.each(['GO;', 'GO 0', 'GO five', 'GO 1 2', 'GO INT', 'GO 99999999999', 'GO /* again */'])(
    'refuses "%s"',
    (line) => {
      const wrong = () => splitBatches(`SELECT 1\n${line}\n`, 'a.sql');
      expect(wrong).toThrow(SqlScriptError);
      expect(wrong).toThrow(/^a\.sql, line 2: /);
    },
  );

  test('an unfinished string or comment swallows the rest, and SQL Server will say what is wrong with it', () => {
    expect(texts("SELECT 'a\nGO\nSELECT 2")).toHaveLength(1);
    expect(texts('/* a\nGO\nSELECT 2')).toHaveLength(1);
  });
});
