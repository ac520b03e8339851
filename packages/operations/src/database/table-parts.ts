import { readColumn } from './column-declaration.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { StatementReader } from './statement-reader.ts';

/** One item of a CREATE TABLE that has a name. */
export interface TablePart {
  /** As the facts of a table call it: `column AtomId`, `constraint PK_Atom`, `index IX_Atom`. */
  readonly fact: string;
  /** Facts that come with it: the constraints inside a column. */
  readonly brings: readonly string[];
  /** Why a table that has rows can't get it; `null` where it can. */
  readonly obstacle: string | null;
  /** The item as the file has it, without comments. */
  readonly text: string;
}

/**
 * The items of a CREATE TABLE statement, as ALTER TABLE and CREATE INDEX need them.
 *
 * @param source for error messages
 * @throws SqlScriptError for a statement of another form than the project's files have
 */
export function tableParts(text: string, source: string): readonly TablePart[] {
  return itemsOf(text).flatMap((tokens): TablePart[] => {
    const part = partOf(new StatementReader(tokens.filter(isMeaning), source));
    return part === undefined ? [] : [{ ...part, text: tokens.map((token) => token.text).join('') }];
  });
}

/** Statements that give a table, which is there, parts of the project's that it lacks. */
export function extendTable(table: string, parts: readonly TablePart[], source: string): readonly string[] {
  const indexes = parts.filter(({ fact }) => fact.startsWith('index '));
  const others = parts.filter((part) => !indexes.includes(part));
  // One statement for all of them: SQL Server adds all or none.
  const alter = `ALTER TABLE ${table} ADD\n    ${others.map((part) => part.text).join(',\n    ')};`;
  return [...(others.length > 0 ? [alter] : []), ...indexes.map((part) => createIndex(table, part, source))];
}

type Part = Omit<TablePart, 'text'>;

function partOf(item: StatementReader): Part | undefined {
  if (item.accept('CONSTRAINT')) return { fact: `constraint ${item.name()}`, brings: [], obstacle: null };
  if (item.accept('INDEX')) return { fact: `index ${item.name()}`, brings: [], obstacle: null };
  if (['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'].some((word) => item.accept(word))) return undefined;
  return columnPart(item);
}

function columnPart(item: StatementReader): Part {
  const { name, type, isNullable, isIdentity, hasDefault, constraints } = readColumn(item);
  const part = { fact: `column ${name}`, brings: constraints.map((constraint) => `constraint ${constraint}`) };
  if (isIdentity) return { ...part, obstacle: 'it would number the rows that are there' };
  const isFilled = type === null || isNullable || hasDefault;
  return { ...part, obstacle: isFilled ? null : 'it has no default for the rows that are there' };
}

/** `INDEX name [UNIQUE] [CLUSTERED | NONCLUSTERED] (columns) ...` as a statement of its own. */
function createIndex(table: string, { text }: TablePart, source: string): string {
  const tokens = [...sqlTokens(text)];
  const name = tokens.filter(isMeaning)[1];
  const columns = tokens.findIndex((token) => token.text === '(');
  if (name === undefined || columns < 0) throw StatementReader.of(text, source).unexpected('INDEX name (columns)');
  const kind = tokens.slice(tokens.indexOf(name) + 1, columns).filter(isMeaning);
  const words = ['CREATE', ...kind.map((token) => token.text), 'INDEX', name.text, 'ON', table];
  return `${words.join(' ')} ${tokens
    .slice(columns)
    .map((token) => token.text)
    .join('')};`;
}

/** The tokens of each comma-separated item between the outer parentheses, comments and outer blanks left out. */
function itemsOf(text: string): readonly (readonly SqlToken[])[] {
  const items: SqlToken[][] = [];
  let depth = 0;
  for (const token of sqlTokens(text)) {
    if (token.text === ')') depth -= 1;
    if (depth > 0 && !(depth === 1 && token.text === ',') && token.kind !== 'comment') items.at(-1)?.push(token);
    if (token.text === '(') depth += 1;
    if ((token.text === '(' || token.text === ',') && depth === 1) items.push([]);
    if (depth === 0 && token.text === ')') break;
  }
  return items.map(trimmed).filter((item) => item.length > 0);
}

function trimmed(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const first = tokens.findIndex(isMeaning);
  return first < 0 ? [] : tokens.slice(first, tokens.findLastIndex(isMeaning) + 1);
}

function isMeaning({ kind }: SqlToken): boolean {
  return kind !== 'space' && kind !== 'comment';
}
