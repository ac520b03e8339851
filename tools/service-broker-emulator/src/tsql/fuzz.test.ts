import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { tokenize } from './lexer.ts';
import { parseBatch } from './parse.ts';

const batches = globSync(join(import.meta.dirname, 'corpus/valid/*.sql')).flatMap((file) =>
  readFileSync(file, 'utf8').split(/^GO$\n?/m),
);

const tokenTexts = [
  ...new Set(batches.flatMap((sql) => tokenize(sql, true).map((token) => sql.slice(token.start, token.end)))),
].filter((text) => text !== '');

/**
 * Longest time that a batch of this size may take: a hundred times what it needs, so that a busy machine passes and
 * exponential behaviour doesn't.
 */
const maxMilliseconds = 1000;

function parsesOrIsRefused(sql: string): void {
  const start = performance.now();
  try {
    parseBatch(sql);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    expect(error.line).toBeGreaterThan(0);
  }
  expect(performance.now() - start).toBeLessThan(maxMilliseconds);
}

describe('any input', () => {
  it('of tokens in any order parses or is refused with an SQL error', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokenTexts), { maxLength: 60 }), (tokens) =>
        parsesOrIsRefused(tokens.join(' ')),
      ),
      { numRuns: 1500 },
    );
  });

  it('made by changing one place of valid T-SQL parses or is refused with an SQL error', () => {
    const change = fc.record({
      sql: fc.constantFrom(...batches),
      at: fc.nat(),
      remove: fc.nat({ max: 5 }),
      insert: fc.oneof(fc.constantFrom('', ...tokenTexts), fc.string({ maxLength: 5 })),
    });
    fc.assert(
      fc.property(change, ({ sql, at, remove, insert }) => {
        const start = at % (sql.length + 1);
        parsesOrIsRefused(sql.slice(0, start) + insert + sql.slice(start + remove));
      }),
      { numRuns: 3000 },
    );
  });

  it('of characters parses or is refused with an SQL error', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), parsesOrIsRefused), { numRuns: 1000 });
  });
});

describe('nesting', () => {
  const times = 20_000;

  it.each([
    ['parentheses', `SELECT ${'('.repeat(times)}`],
    ['conditions', `IF ${'('.repeat(times)}`],
    ['signs', `SELECT ${'- '.repeat(times)}1`],
    ['complements', `SELECT ${'~'.repeat(times)}1`],
    ['negations', `IF ${'NOT '.repeat(times)}1 = 1 PRINT 1`],
    ['CASE', `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(times)}`],
    ['functions', `SELECT ${'f('.repeat(times)}`],
    ['IIF', `SELECT ${'IIF(1 = 1, '.repeat(times)}`],
    ['CAST', `SELECT ${'CAST('.repeat(times)}`],
    ['subqueries', `SELECT ${'(SELECT '.repeat(times)}`],
    ['EXISTS', `IF ${'EXISTS (SELECT 1 WHERE '.repeat(times)}`],
    ['IN', `IF ${'a IN (SELECT 1 WHERE '.repeat(times)}`],
    ['derived tables', `SELECT a FROM ${'(SELECT a FROM '.repeat(times)}`],
    ['parenthesised sources', `SELECT a FROM ${'('.repeat(times)}`],
    ['joins without ON', `SELECT a FROM ${'a JOIN '.repeat(times)}b`],
    ['queries', `${'('.repeat(times)}SELECT 1`],
    ['blocks', 'BEGIN '.repeat(times)],
    ['branches', 'IF 1 = 1 '.repeat(times)],
    ['loops', 'WHILE 1 = 1 '.repeat(times)],
    ['TRY', 'BEGIN TRY '.repeat(times)],
    ['methods', `SELECT @x${".query('a')".repeat(times)}`],
    ['sums', `SELECT 1${' + 1'.repeat(times)}`],
    ['alternatives', `IF 1 = 1${' OR 1 = 1'.repeat(times)} PRINT 1`],
    ['unions', `SELECT 1${' UNION ALL SELECT 1'.repeat(times)}`],
    ['joins', `SELECT a FROM a${' CROSS JOIN a'.repeat(times)}`],
    ['strings', `EXEC ('a'${"+ 'a'".repeat(times)})`],
  ])('of many %s is refused with error 191 instead of overflowing the stack', (_, sql) => {
    expect(() => parseBatch(sql)).toThrow(expect.objectContaining({ name: 'SqlError', number: 191 }));
  });

  it('as deep as people write passes', () => {
    const depth = 100;
    parseBatch(`SELECT ${'('.repeat(depth)}1${')'.repeat(depth)}`);
    parseBatch(`${'IF 1 = 1 PRINT 1 ELSE '.repeat(depth)}PRINT 2`);
    parseBatch(`SELECT 1${' UNION ALL SELECT 1'.repeat(999)}`);
    parseBatch(`SELECT a FROM t WHERE a IN (${'1, '.repeat(20_000)}1)`);
    parseBatch(`INSERT t VALUES (1)${', (1)'.repeat(20_000)}`);
  });
});
