import { SqlScriptError } from '../errors.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * Rewrites the CREATE PROCEDURE of a batch to CREATE OR ALTER PROCEDURE; comments before it stay.
 *
 * @throws SqlScriptError when the batch doesn't begin with CREATE PROCEDURE
 */
export function createOrAlter(text: string, source: string): string {
  const { before, after } = aroundHead(text, source);
  return `${before}CREATE OR ALTER PROCEDURE${after}`;
}

/**
 * A procedure's text in the form in which texts are compared. SQL Server keeps the text that it was given, comments
 * included, but with its own form of the head (CREATE OR ALTER becomes CREATE with blanks).
 */
export function comparableModule(text: string, source: string): string {
  const { before, after } = aroundHead(text.replaceAll('\r\n', '\n'), source);
  return `${before}CREATE PROCEDURE${after}`.trim();
}

function aroundHead(text: string, source: string): { before: string; after: string } {
  const tokens = [...sqlTokens(text)];
  const words = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const [create, or, alter] = words.slice(0, 3).map((token) => token.text.toUpperCase());
  const headEnd = create === 'CREATE' ? words[or === 'OR' && alter === 'ALTER' ? 3 : 1] : undefined;
  if (headEnd === undefined || !/^PROC(EDURE)?$/i.test(headEnd.text)) {
    throw new SqlScriptError(
      source,
      words[0]?.line ?? 1,
      'expected CREATE PROCEDURE',
      'A procedure has a file with this one statement.',
    );
  }
  const join = (part: readonly SqlToken[]) => part.map((token) => token.text).join('');
  const [first] = words;
  return {
    before: first === undefined ? '' : join(tokens.slice(0, tokens.indexOf(first))),
    after: join(tokens.slice(tokens.indexOf(headEnd) + 1)),
  };
}
