import { InvalidBrokerOptionsError } from './errors.ts';

/** SQL Server's limit for the name of any object. */
const maxNameLength = 128;

/**
 * An identifier in brackets, safe to put into T-SQL. Names come from the program's own code and options only, never
 * from messages.
 *
 * @throws InvalidBrokerOptionsError for an empty or too long name, or one with a NUL character
 */
export function quoteName(name: string): string {
  if (name === '' || name.length > maxNameLength || name.includes('\0')) {
    throw new InvalidBrokerOptionsError([`${JSON.stringify(name)} is not a name of 1 to ${maxNameLength} characters`]);
  }
  return `[${name.replaceAll(']', ']]')}]`;
}

/** A schema-qualified name in its parts. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/**
 * Parses `Queue`, `dbo.Queue`, `[dbo].[My.Queue]`; the schema is `dbo` where none is given.
 * @throws InvalidBrokerOptionsError for anything else
 */
export function parseQualifiedName(text: string): QualifiedName {
  const part = String.raw`(?:\[((?:[^\]]|\]\])+)\]|([^.[\]\s]+))`;
  const match = new RegExp(`^${part}(?:\\.${part})?$`).exec(text.trim());
  if (match === null) throw new InvalidBrokerOptionsError([`${JSON.stringify(text)} is not a name like dbo.Queue`]);
  const first = partOf(match[1], match[2]) ?? '';
  const second = partOf(match[3], match[4]);
  return second === undefined ? { schema: 'dbo', name: first } : { schema: first, name: second };
}

/** A schema-qualified name in brackets, for example `[dbo].[Queue]`. */
export function quoteQualifiedName(text: string): string {
  const { schema, name } = parseQualifiedName(text);
  return `${quoteName(schema)}.${quoteName(name)}`;
}

function partOf(bracketed: string | undefined, plain: string | undefined): string | undefined {
  return bracketed?.replaceAll(']]', ']') ?? plain;
}
