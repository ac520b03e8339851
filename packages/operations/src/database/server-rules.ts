import { randomUUID } from 'node:crypto';
import { quoteName, type SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { describeObject, objectKey } from './object-name.ts';
import type { Catalog } from './read-catalog.ts';
import type { ProjectObject } from './read-project.ts';
import { StatementReader } from './statement-reader.ts';
import { type TableRules, tableRules } from './table-rules.ts';

const foundRule = z.object({
  schema: z.string(),
  table: z.string(),
  name: z.string(),
  definition: z.string().nullable(),
});
const writtenRule = z.object({ name: z.string(), definition: z.string().nullable() });

const rulesOfDatabase = ['check_constraints', 'default_constraints']
  .map(
    (view) => `SELECT s.[name] AS [schema], t.[name] AS [table], c.[name], c.[definition]
     FROM sys.${view} AS c
     INNER JOIN sys.tables AS t ON t.[object_id] = c.[parent_object_id]
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id]`,
  )
  .join('\nUNION ALL\n');

/** A project and a database whose facts about CHECKs and DEFAULTs have the rules' texts, not only their names. */
export interface WithRules {
  readonly objects: readonly ProjectObject[];
  readonly catalog: Catalog;
  /** Rules whose texts could not be compared, for example `constraint CK_Atom_SyncType of table dbo.Atom`. */
  readonly notCompared: readonly string[];
}

/**
 * Adds to the facts of tables what their CHECKs and DEFAULTs say. SQL Server keeps such an expression in words of its own
 * (`IN` becomes a row of `OR`s, `BETWEEN` two comparisons), so the project's are given to it on a temporary table and read
 * back: equal rules then have equal texts, on any version. Rules whose text the login may not see, in the database or in
 * tempdb, where it may be nobody, count as equal and are named in `notCompared`.
 *
 * @param connection to the database of the catalog; nothing is written there
 */
export async function withRules(
  connection: SqlSession,
  objects: readonly ProjectObject[],
  catalog: Catalog,
  signal?: AbortSignal,
): Promise<WithRules> {
  const found = await readRules(connection, signal);
  const tables = new Map<string, Map<string, string>>();
  const declared: ProjectObject[] = [];
  const notCompared: string[] = [];
  for (const project of objects) {
    const key = objectKey(project.object);
    const inDatabase = found.get(key);
    const rules =
      project.object.kind === 'table' ? tableRules(project.batches[0]?.text ?? '', project.object.path) : null;
    const there = rules?.rules.filter(({ name }) => inDatabase?.has(name.toLowerCase())) ?? [];
    const common = there.filter(({ name }) => typeof inDatabase?.get(name.toLowerCase()) === 'string');
    const leaveOut = (name: string) => notCompared.push(`constraint ${name} of ${describeObject(project.object)}`);
    for (const rule of there) if (!common.includes(rule)) leaveOut(rule.name);
    if (rules === null || inDatabase === undefined || common.length === 0) {
      declared.push(project);
      continue;
    }
    const operation = `asking SQL Server how it writes the rules of ${describeObject(project.object)}`;
    const texts = await writtenByServer(connection, { ...rules, rules: common }, operation, signal);
    const expectedFacts = new Map(project.facts);
    const foundFacts = new Map(catalog.get(key));
    for (const { name, kind } of common) {
      const text = texts.get(name);
      if (text === undefined) {
        leaveOut(name);
        continue;
      }
      const fact = `constraint ${name}`;
      const actual = [...foundFacts.keys()].find((candidate) => candidate.toLowerCase() === fact.toLowerCase());
      expectedFacts.set(fact, `${kind} ${text}`);
      if (actual !== undefined) foundFacts.set(actual, `${kind} ${inDatabase.get(name.toLowerCase())}`);
    }
    tables.set(key, foundFacts);
    declared.push({ ...project, facts: expectedFacts });
  }
  return { objects: declared, catalog: new Map([...catalog, ...tables]), notCompared };
}

/** Definitions of the rules by the key of their table and their lower-case names; null: the login may not see it. */
async function readRules(connection: SqlSession, signal?: AbortSignal) {
  const operation = 'reading the rules of the tables of the database';
  const found = new Map<string, Map<string, string | null>>();
  for (const { schema, table, name, definition } of await connection.query(`${rulesOfDatabase};`, {}, foundRule, {
    signal,
    context: { operation },
  })) {
    const key = objectKey({ kind: 'table', schema, name: table });
    const rules = found.get(key) ?? new Map<string, string | null>();
    found.set(key, rules.set(name.toLowerCase(), definition === null ? null : comparable(definition)));
  }
  return found;
}

/** The texts that SQL Server makes of rules, by their names, as far as it shows them. */
async function writtenByServer(
  connection: SqlSession,
  { columns, rules }: TableRules,
  operation: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  // Constraints of temporary tables share the names of all sessions' in tempdb.
  const unique = `H${randomUUID().replaceAll('-', '')}`;
  const named = rules.map((rule, index) => ({ ...rule, alias: `${unique}_${index}` }));
  const items = columns.map(({ name, type }) => {
    const rule = named.find(({ column }) => column === name);
    return `${quoteName(name)} ${type} NULL${rule === undefined ? '' : ` CONSTRAINT [${rule.alias}] DEFAULT ${rule.text}`}`;
  });
  const checks = named
    .filter(({ kind }) => kind === 'CHECK')
    .map(({ alias, text }) => `CONSTRAINT [${alias}] CHECK ${text}`);
  const select = (view: string) =>
    `SELECT c.[name], c.[definition] FROM tempdb.sys.${view} AS c WHERE c.[name] LIKE N'${unique}[_]%'`;
  const rows = await connection.query(
    `CREATE TABLE #${unique} (${[...items, ...checks].join(', ')});
     ${select('check_constraints')} UNION ALL ${select('default_constraints')};
     DROP TABLE #${unique};`,
    {},
    writtenRule,
    { signal, context: { operation } },
  );
  const texts = new Map(rows.map(({ name, definition }) => [name, definition]));
  return new Map(
    named.flatMap(({ name, alias }) => {
      const text = texts.get(alias) ?? null;
      return text === null ? [] : [[name, comparable(text)] as const];
    }),
  );
}

/** An expression without what has no meaning: comments, and how its words are set apart. */
function comparable(definition: string): string {
  return StatementReader.of(definition, 'definition').rest();
}
