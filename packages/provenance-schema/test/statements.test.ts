import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { databaseProject } from '../src/index.ts';

// What SQL Server's plans depend on, read from the texts of the project: nothing here needs a server.

const { root, objects, migrations, postDeployment } = databaseProject;
const read = (path: string) => readFileSync(new URL(path, root), 'utf8').replaceAll(/--.*$/gm, '');
const tables = objects.filter(({ kind }) => kind === 'table');
const procedures = objects.filter(({ kind }) => kind === 'procedure');
const texts = [...[...procedures, ...migrations].map(({ path }) => path), ...postDeployment];

/** Columns of foreign keys to dbo.Atom, by table. */
const foreignKeys = new Map(
  tables.flatMap(({ name, path }) => {
    const keys = [...read(path).matchAll(/FOREIGN KEY \(([^)]*)\)\s*REFERENCES \[dbo\]\.\[Atom\]/g)];
    const columns = keys.flatMap(([, list = '']) => [...list.matchAll(/\[(\w+)\]/g)].map(([, column = '']) => column));
    return columns.length > 0 ? [[name, columns.filter((column) => column !== 'TenantId')] as const] : [];
  }),
);

/** Statements of a text, as far as semicolons tell. */
const statementsOf = (path: string) => read(path).split(';');

/** Statements that make SQL Server check foreign keys to dbo.Atom for many rows at a time. */
function checksManyKeys(statement: string): boolean {
  const inserted = /\bINSERT INTO \[dbo\]\.\[(\w+)\]\s*(?:\([^)]*\)\s*)?(?:OUTPUT[\s\S]*?)?\bSELECT\b/.exec(
    statement,
  )?.[1];
  if (inserted !== undefined && foreignKeys.has(inserted)) return true;
  if (/\bMERGE\b/.test(statement)) return [...foreignKeys.keys()].some((table) => statement.includes(`[${table}]`));
  if (/\bDELETE\b[\s\S]*\[dbo\]\.\[Atom\]/.test(statement)) return true;
  if (!/\bUPDATE\b/.test(statement)) return false;
  return [...foreignKeys].some(
    ([table, columns]) =>
      statement.includes(`[dbo].[${table}]`) &&
      columns.some((column) => new RegExp(`(?:SET|,)\\s*(?:\\w+\\.)?\\[${column}\\]\\s*=`).test(statement)),
  );
}

describe('foreign keys to dbo.Atom', () => {
  it('are those of the tables that name atoms', () => {
    expect([...foreignKeys.keys()]).toEqual(
      expect.arrayContaining(['AtomProvenance', 'Operation', 'Inference', 'GenerationStream']),
    );
    expect(foreignKeys.get('AtomProvenance')).toEqual(['ChildAtomId', 'ParentAtomId']);
  });

  it('are looked for in the statements of the texts', () => {
    for (const statement of [
      'INSERT INTO [dbo].[AtomProvenance] ([TenantId], [ChildAtomId]) SELECT 1, 2',
      'INSERT INTO [dbo].[AtomProvenance] ([TenantId]) OUTPUT inserted.[TenantId] INTO @t SELECT 1',
      'UPDATE o SET o.[OutputAtomId] = x.[AtomId] FROM [dbo].[Operation] AS o',
      'DELETE a FROM [dbo].[Atom] AS a',
    ]) {
      expect(checksManyKeys(statement), statement).toBe(true);
    }
    for (const statement of [
      'INSERT INTO [dbo].[AtomProvenance] ([TenantId], [ChildAtomId]) VALUES (@a, @b)',
      'INSERT INTO [dbo].[Tenant] ([TenantId]) SELECT 1',
      'UPDATE a SET a.[ReferenceCount] = 1 FROM [dbo].[Atom] AS a',
    ]) {
      expect(checksManyKeys(statement), statement).toBe(false);
    }
    expect(texts.flatMap(statementsOf).some(checksManyKeys)).toBe(true);
  });

  // A merge or hash join would read, and wait for, rows of other tenants.
  it.each(texts)('%s checks many of them by seeks alone: OPTION (LOOP JOIN)', (path) => {
    for (const statement of statementsOf(path).filter(checksManyKeys)) {
      expect(statement).toMatch(/OPTION \((?:[^)]*, )?LOOP JOIN\b/);
    }
  });
});

const types = String.raw`(N?VARCHAR|VARBINARY)\s*\((\d+|MAX)\)`;
/** For example `NVARCHAR(64)`. */
const typeOf = (kind = '', length = '') => `${kind}(${length})`;

/** Text and binary columns of every table, by table and column. */
const columnTypes = new Map(
  tables.map(({ name, path }) => {
    const columns = [...read(path).matchAll(new RegExp(String.raw`^\s*\[(\w+)\]\s+${types}`, 'gm'))];
    return [
      name,
      new Map(columns.map(([, column = '', kind, length]) => [column, typeOf(kind, length)] as const)),
    ] as const;
  }),
);

/** Text and binary parameters and variables of a procedure. */
function variablesOf(sql: string): Map<string, string> {
  const declared = [...sql.matchAll(new RegExp(String.raw`(@\w+)\s+(?:AS\s+)?${types}`, 'g'))];
  return new Map(declared.map(([, name = '', kind, length]) => [name, typeOf(kind, length)] as const));
}

interface Use {
  readonly table: string;
  readonly column: string;
  readonly variable: string;
}

/** Parts of a list, as its commas outside of parentheses cut it. */
function listOf(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** Where a variable alone is compared with a column of a table, or written to one. */
function usesOf(sql: string): Use[] {
  return sql.split(';').flatMap((statement) => {
    const uses: Use[] = [];
    const aliases = new Map(
      [...statement.matchAll(/\[dbo\]\.\[(\w+)\](?:\s+AS\s+(\w+))?/g)].map(([, table = '', alias = '']) => [
        alias,
        table,
      ]),
    );
    const add = (alias: string, column: string, variable: string) => {
      const table = aliases.get(alias);
      if (table !== undefined && columnTypes.get(table)?.has(column) === true) uses.push({ table, column, variable });
    };
    for (const [, alias = '', column = '', variable = ''] of statement.matchAll(
      /(?:\b(\w+)\.)?\[(\w+)\]\s*(?:=|<>|<=?|>=?|LIKE)\s*(@\w+)(?!\s*[+*/(])/g,
    )) {
      add(alias, column, variable);
    }
    for (const [, variable = '', alias = '', column = ''] of statement.matchAll(
      /(@\w+)\s*(?:=|<>|<=?|>=?|LIKE)\s*(?:\b(\w+)\.)?\[(\w+)\]/g,
    )) {
      add(alias, column, variable);
    }
    const inserted =
      /INSERT INTO \[dbo\]\.\[(\w+)\]\s*\(([^)]*)\)[\s\S]*?\b(?:VALUES\s*\(([\s\S]*)\)|SELECT\b([\s\S]*?)(?:\bFROM\b|$))/.exec(
        statement,
      );
    if (inserted !== null) {
      const [, table = '', columns = '', values, selected] = inserted;
      const given = listOf(values ?? selected ?? '');
      for (const [index, column] of columns.split(',').entries()) {
        const variable = given[index] ?? '';
        const name = column.trim().slice(1, -1);
        if (/^@\w+$/.test(variable) && columnTypes.get(table)?.has(name) === true)
          uses.push({ table, column: name, variable });
      }
    }
    return uses;
  });
}

/** Uses whose variable is declared with another length than the column has. */
const mismatches = (sql: string) => {
  const variables = variablesOf(sql);
  return usesOf(sql).flatMap(({ table, column, variable }) => {
    const [own, its] = [variables.get(variable), columnTypes.get(table)?.get(column)];
    return own === undefined || own === its ? [] : [`${variable} ${own} and ${table}.${column} ${its}`];
  });
};

describe('lengths', () => {
  it('of variables are compared with those of the columns they meet', () => {
    const found = mismatches(`CREATE PROCEDURE [dbo].[p] @Hash VARBINARY(MAX), @Name NVARCHAR(10), @Type NVARCHAR(64) AS
      SELECT 1 FROM [dbo].[Atom] AS a WHERE a.[ContentHash] = @Hash AND @Type = a.[AtomType];
      INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (CONVERT(INT, 1), @Name);`);
    expect(found).toEqual([
      '@Hash VARBINARY(MAX) and Atom.ContentHash VARBINARY(32)',
      '@Name NVARCHAR(10) and Tenant.Name NVARCHAR(200)',
    ]);
    expect(procedures.flatMap(({ path }) => usesOf(read(path))).length).toBeGreaterThan(20);
  });

  // Longer than an indexed column: no seek by equality. Shorter than the column: cut without an error.
  it.each(procedures.map(({ path }) => path))('%s declares what meets a column as long as the column is', (path) => {
    expect(mismatches(read(path))).toEqual([]);
  });
});

// Where the server's collation tells case apart, so do names of variables; where the database's does, names of objects as well.
describe('names', () => {
  const files = [...objects.map(({ path }) => path), ...texts];
  const spelled = new Map(objects.map(({ name }) => [name.toLowerCase(), name]));
  /** Parameters of procedures as they are declared, by the procedures' names. */
  const parameters = new Map(
    procedures.map(({ name, path }) => {
      const head = read(path).split(/^AS$/m)[0] ?? '';
      return [name, [...head.matchAll(/@\w+/g)].map(([one]) => one)] as const;
    }),
  );

  it.each(files)('%s spells variables, parameters and objects as they are declared', (path) => {
    const sql = read(path);
    const variables = new Set([...sql.matchAll(/@\w+/g)].map(([one]) => one));
    expect(new Set([...variables].map((one) => one.toLowerCase())).size).toBe(variables.size);
    for (const [, name = ''] of sql.matchAll(/\[dbo\]\.\[(\w+)\]/g)) {
      expect(spelled.get(name.toLowerCase()) ?? name).toBe(name);
    }
    for (const [, name = '', list = ''] of sql.matchAll(/EXEC(?:UTE)? \[dbo\]\.\[(\w+)\]([^;]*);/g)) {
      for (const [, parameter] of list.matchAll(/(@\w+)\s*=/g)) expect(parameters.get(name)).toContain(parameter);
    }
  });
});

// READ_COMMITTED_SNAPSHOT is on, where READPAST goes with READCOMMITTEDLOCK alone: Microsoft's "Table hints".
describe('hints', () => {
  it.each(texts)('%s has READCOMMITTEDLOCK beside every READPAST', (path) => {
    for (const [hints] of read(path).matchAll(/WITH \([^()]*READPAST[^()]*\)/g)) {
      expect(hints).toContain('READCOMMITTEDLOCK');
    }
  });
});

describe("callers' texts", () => {
  /** Lists of CONCAT that become the text of a THROW, with the parameters and variables in them that are texts. */
  const shownTexts = (sql: string) => {
    const variables = variablesOf(sql);
    return [...sql.matchAll(/SET @Problem = CONCAT\(([\s\S]*?)\);\s*THROW/g)].flatMap(([, list = '']) =>
      listOf(list).filter((part) => variables.get(part)?.includes('VARCHAR') === true),
    );
  };
  /** Names of entities by then, which have no percent sign. */
  const names = new Set(['sp_EnqueueNeo4jSync @Entity', 'sp_EnqueueNeo4jSyncBatch @EntityType']);

  it('are found in the problems', () => {
    expect(
      shownTexts("CREATE PROCEDURE p @a NVARCHAR(5) AS SET @Problem = CONCAT(N'no ', @a); THROW 50000, @Problem, 1;"),
    ).toEqual(['@a']);
  });

  // In the text of THROW, % is reserved.
  it.each(procedures.map(({ name, path }) => [name, path]))(
    '%s doubles percent signs in what it shows',
    (name, path) => {
      expect(shownTexts(read(path)).filter((text) => !names.has(`${name} ${text}`))).toEqual([]);
    },
  );

  // LEFT counts a surrogate pair as one character under collations with supplementary characters: more units than a column has.
  it.each(procedures.map(({ path }) => path))('%s cuts texts for columns with CONVERT', (path) => {
    expect([...read(path).matchAll(/\bLEFT\([^()]*, \d+\)/g)].map(([call]) => call)).toEqual([]);
  });

  // STRING_AGG of a text of 4000 characters or fewer gives no longer one: error 9829.
  it.each(procedures.map(({ path }) => path))('%s gathers texts as NVARCHAR(MAX)', (path) => {
    for (const [call] of read(path).matchAll(/STRING_AGG\(.{30}/g)) expect(call).toMatch(/NVARCHAR\(MAX\)/);
  });
});
