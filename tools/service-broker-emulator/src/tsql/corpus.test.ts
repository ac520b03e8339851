import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { parseBatch } from './parse.ts';

// Agreement with Microsoft's own parser: `valid` and `unsupported` pass it, `invalid` fails it. `beyond-grammar` holds
// what the server refuses when it compiles a batch though the stand-alone parser takes it.
const corpus = join(import.meta.dirname, 'corpus');
const database = join(import.meta.dirname, '../../../../packages/provenance-schema/database');

/** Batches of a script: what stands between lines with GO. */
function batchesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split(/^[ \t]*GO[ \t]*$\r?\n?/im);
}

function corpusOf(folder: string): { name: string; sql: string }[] {
  return globSync(join(corpus, folder, '*.sql')).flatMap((file) =>
    batchesOf(file).map((sql, index) => ({ name: `${basename(file)} ${index + 1}`, sql: sql.replace(/\n$/, '') })),
  );
}

function errorOf(sql: string): SqlError | undefined {
  try {
    parseBatch(sql);
    return undefined;
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
}

describe('valid T-SQL', () => {
  it.each(corpusOf('valid'))('parses $name', ({ sql }) => {
    expect(errorOf(sql)).toBeUndefined();
  });
});

describe('T-SQL that SQL Server refuses', () => {
  it.each([...corpusOf('invalid'), ...corpusOf('beyond-grammar')])('gets its error for $name', ({ sql }) => {
    const [, number, line, message] = /^--! (\d+) (\d+) (.*)$/m.exec(sql) ?? [];
    const error = errorOf(sql);
    expect({ number: error?.number, line: error?.line, message: error?.message }).toEqual({
      number: Number(number),
      line: Number(line),
      message,
    });
    if (error?.number !== 13620) expect(error?.severity).toBe(15);
  });
});

describe('T-SQL that the emulator does not have', () => {
  it.each(corpusOf('unsupported'))('is refused by name: $name', ({ sql }) => {
    const [, construct] = /^--! 40000 (.*)$/m.exec(sql) ?? [];
    expect(errorOf(sql)).toMatchObject({ number: 40000, message: `The emulator does not support ${construct}.` });
  });
});

describe('the SQL project of this repository', () => {
  const files = globSync(join(database, '**/*.sql'));

  it('is there', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it.each(files.map((file) => ({ name: file.slice(database.length + 1), file })))('parses: $name', ({ file }) => {
    for (const batch of batchesOf(file)) expect(errorOf(batch)).toBeUndefined();
  });
});
