import { describe, expect, it } from 'vitest';
import type { Expression, Predicate } from './ast/expressions.ts';
import type { Statement } from './ast/statements.ts';
import {
  parseBatch,
  parseExpression,
  parseParameterDeclarations,
  parsePredicate,
  parseTypeReference,
} from './parse.ts';

/** An expression with all its parentheses, so that precedence shows. */
function shape(node: Expression | Predicate): string {
  switch (node.kind) {
    case 'literal':
      return node.type === 'null' ? 'NULL' : 'text' in node ? node.text : `'${String(node.value)}'`;
    case 'column':
      return node.parts.join('.');
    case 'variable':
      return node.name;
    case 'unary':
      return `(${node.operator}${shape(node.operand)})`;
    case 'binary':
    case 'comparison':
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
    case 'and':
    case 'or':
      return `(${shape(node.left)} ${node.kind} ${shape(node.right)})`;
    case 'not':
      return `(not ${shape(node.operand)})`;
    case 'collate':
      return `(${shape(node.operand)} collate ${node.collation})`;
    case 'between':
      return `(${shape(node.operand)} between ${shape(node.low)} and ${shape(node.high)})`;
    default:
      return node.kind;
  }
}

function only(sql: string): Statement {
  const { statements } = parseBatch(sql);
  expect(statements).toHaveLength(1);
  return statements[0]!;
}

describe('operator precedence', () => {
  it.each([
    ['1 + 2 * 3 - 4', '((1 + (2 * 3)) - 4)'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['a | b & c ^ d', '(((a | b) & c) ^ d)'],
    ['~a * b', '((~a) * b)'],
    // A sign binds weaker than multiplication, so this is 0.1 in SQL Server and not 10.
    ['-100.0 / -100.0 * 10.0', '(-(100.0 / (-(100.0 * 10.0))))'],
    ['-a + b', '((-a) + b)'],
    ['a + b COLLATE x', '(a + (b collate x))'],
    ['(a + b) COLLATE x', '((a + b) collate x)'],
    ['((1))', '1'],
  ])('%s', (sql, expected) => {
    expect(shape(parseExpression(sql))).toBe(expected);
  });

  it.each([
    ['a = 1 OR b = 2 AND NOT c = 3', '((a = 1) or ((b = 2) and (not (c = 3))))'],
    ['(a = 1 OR b = 2) AND c = 3', '(((a = 1) or (b = 2)) and (c = 3))'],
    ['a BETWEEN 1 AND 2 AND b = 3', '((a between 1 and 2) and (b = 3))'],
    ['(a) + 1 > (b)', '((a + 1) > b)'],
    ['((a + 1)) = ((2)) AND ((b = 1))', '(((a + 1) = 2) and (b = 1))'],
    ['a !< 1', '(a >= 1)'],
    ['a ! = 1', '(a <> 1)'],
  ])('%s', (sql, expected) => {
    expect(shape(parsePredicate(sql))).toBe(expected);
  });
});

describe('literals', () => {
  it.each([
    ['1', { type: 'integer', text: '1' }],
    ['1.', { type: 'decimal', text: '1.' }],
    ['.5', { type: 'decimal', text: '.5' }],
    ['1e3', { type: 'float', text: '1e3' }],
    ['$1.5', { type: 'money', text: '$1.5' }],
    ["'it''s'", { type: 'string', value: "it's", unicode: false }],
    ["N'ü'", { type: 'string', value: 'ü', unicode: true }],
    ['0xaBc', { type: 'binary', value: Uint8Array.of(0x0a, 0xbc) }],
    ['0x', { type: 'binary', value: Uint8Array.of() }],
    ['NULL', { type: 'null' }],
  ])('%s', (sql, expected) => {
    expect(parseExpression(sql)).toEqual({ kind: 'literal', line: 1, ...expected });
  });

  it('reads "..." as identifier or string, as QUOTED_IDENTIFIER says', () => {
    const sql = 'SELECT "a""b"';
    expect(parseBatch(sql)).toMatchObject({
      statements: [{ query: { items: [{ expression: { kind: 'column', parts: ['a"b'] } }] } }],
    });
    expect(parseBatch(sql, { quotedIdentifier: false })).toMatchObject({
      statements: [{ query: { items: [{ expression: { kind: 'literal', value: 'a"b' } }] } }],
    });
  });
});

describe('expressions', () => {
  it('tells xml methods from functions of a schema', () => {
    expect(parseExpression("t.x.value('/a', 'int')")).toMatchObject({
      kind: 'method',
      method: 'value',
      target: { kind: 'column', parts: ['t', 'x'] },
    });
    expect(parseExpression('dbo.VALUE(1)')).toMatchObject({ kind: 'function', name: { schema: 'dbo', name: 'VALUE' } });
  });

  it('gives TRIM(characters FROM string) the string first', () => {
    expect(parseExpression("TRIM('x' FROM a)")).toMatchObject({
      kind: 'function',
      arguments: [{ kind: 'column' }, { kind: 'literal', value: 'x' }],
    });
  });

  it('reads a parenthesised query in IN as a query', () => {
    expect(parsePredicate('a IN ((SELECT 1))')).toMatchObject({ kind: 'inQuery' });
    expect(parsePredicate('a IN ((SELECT 1), 2)')).toMatchObject({ kind: 'in', list: { length: 2 } });
  });
});

describe('queries', () => {
  it('binds INTERSECT before UNION, and both to the left', () => {
    expect(only('SELECT 1 UNION SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4')).toMatchObject({
      query: {
        operator: 'except',
        left: { operator: 'union' },
        right: { operator: 'intersect' },
      },
    });
  });

  it('gives the first ON to the inner join', () => {
    expect(only('SELECT 1 AS a FROM x JOIN y JOIN z ON 1 = 1 ON 2 = 2')).toMatchObject({
      query: {
        from: [{ kind: 'join', left: { name: { name: 'x' } }, right: { kind: 'join', left: { name: { name: 'y' } } } }],
      },
    });
  });

  it('tells hints without WITH from arguments of a function', () => {
    expect(only('SELECT 1 AS a FROM t (NOLOCK), f (nolock_)')).toMatchObject({
      query: {
        from: [
          { kind: 'table', hints: ['NOLOCK'] },
          { kind: 'function', arguments: [{ kind: 'column' }] },
        ],
      },
    });
  });

  it('reads OPENJSON with its columns', () => {
    expect(only("SELECT a FROM OPENJSON(@j, '$.x') WITH (a int '$.y', b nvarchar(max) AS JSON) AS o")).toMatchObject({
      query: {
        from: [
          {
            kind: 'openjson',
            path: { value: '$.x' },
            alias: 'o',
            with: [
              { name: 'a', path: '$.y', asJson: false },
              { name: 'b', type: { parameters: ['max'] }, asJson: true },
            ],
          },
        ],
      },
    });
  });
});

describe('statements', () => {
  it('keeps what a clause says', () => {
    expect(
      only(
        'WAITFOR (RECEIVE TOP (5) *, CAST(message_body AS xml) AS b FROM dbo.q INTO @t WHERE conversation_handle = @h), TIMEOUT 500',
      ),
    ).toMatchObject({
      kind: 'waitFor',
      wait: {
        kind: 'statement',
        timeout: { text: '500' },
        statement: {
          kind: 'receive',
          top: { text: '5' },
          items: [{ kind: 'star' }, { kind: 'expression', alias: 'b' }],
          queue: { schema: 'dbo', name: 'q' },
          into: '@t',
          where: { column: 'conversation_handle', value: { name: '@h' } },
        },
      },
    });
    expect(
      only(
        "BEGIN DIALOG @h FROM SERVICE [//a/i] TO SERVICE N't', 'CURRENT DATABASE' ON CONTRACT [c] WITH ENCRYPTION = OFF",
      ),
    ).toMatchObject({
      kind: 'beginDialog',
      handle: '@h',
      fromService: '//a/i',
      toService: { value: 't' },
      brokerInstance: { value: 'CURRENT DATABASE' },
      contract: 'c',
      encryption: false,
    });
    expect(only('GRANT SEND ON SERVICE::[//a/s] TO u')).toMatchObject({
      kind: 'permission',
      permissions: [{ name: 'SEND', columns: [] }],
      on: { class: 'SERVICE', name: { name: '//a/s' } },
    });
    expect(only('EXEC @rc = dbo.p @a = word, @b = -1, @c = @x OUTPUT, @d = DEFAULT')).toMatchObject({
      kind: 'execute',
      returnVariable: '@rc',
      target: {
        arguments: [
          { name: '@a', value: { kind: 'literal', value: 'word' } },
          { name: '@b', value: { kind: 'unary', operator: '-' } },
          { name: '@c', output: true },
          { name: '@d', value: { kind: 'default' } },
        ],
      },
    });
    expect(only('UPDATE t SET @v = a = 1, @w += 2, b.c -= 3')).toMatchObject({
      set: [
        { variable: '@v', column: ['a'], operator: '=' },
        { variable: '@w', operator: '+=' },
        { column: ['b', 'c'], operator: '-=' },
      ],
    });
    expect(only('set transaction isolation level  serializable ')).toMatchObject({
      options: ['TRANSACTION ISOLATION LEVEL'],
      value: 'SERIALIZABLE',
    });
  });

  it('separates statements without semicolons', () => {
    const kinds = parseBatch(
      'BEGIN TRAN SELECT 1 IF 1 = 1 BEGIN END CONVERSATION @h END ELSE PRINT 1 EXEC p 1, 2 RETURN SELECT 2 lbl: COMMIT',
    ).statements.map((statement) => statement.kind);
    expect(kinds).toEqual(['transaction', 'select', 'if', 'execute', 'return', 'select', 'label', 'transaction']);
  });

  it('knows the line of every statement', () => {
    const { statements } = parseBatch(
      "SELECT '\n' /* \n /* \n */ */\n\n PRINT 1 -- x\n;WITH c AS (SELECT 1 AS a) SELECT a FROM c",
    );
    expect(statements.map((statement) => statement.line)).toEqual([1, 6, 7]);
  });

  it('keeps the whole batch as the text of a module', () => {
    const text = '-- why\nCREATE PROC p @a int = NULL OUTPUT AS\nSELECT 1;\n';
    expect(only(text)).toMatchObject({
      kind: 'createProcedure',
      text,
      line: 2,
      parameters: [{ name: '@a', value: { type: 'null' }, output: true }],
    });
  });

  it('keeps the source of defaults, checks, computed columns and filters', () => {
    expect(
      only(
        'CREATE TABLE t (a int DEFAULT ((1) + 2), b AS ( a*2 ) PERSISTED, CHECK (a > 0 /* x */ AND b < 9), INDEX ix (a) WHERE a > 1)',
      ),
    ).toMatchObject({
      table: {
        columns: [{ name: 'a' }, { name: 'b', computed: { text: '( a*2 )', persisted: true } }],
        constraints: [
          { kind: 'default', column: 'a', text: '((1) + 2)' },
          { kind: 'check', text: 'a > 0 /* x */ AND b < 9' },
        ],
        indexes: [{ name: 'ix', whereText: 'a > 1' }],
      },
    });
  });

  it('makes one statement of each option of ALTER DATABASE', () => {
    expect(only('ALTER DATABASE d SET RECOVERY FULL, TRUSTWORTHY ON WITH NO_WAIT')).toMatchObject({
      kind: 'block',
      statements: [
        { kind: 'alterDatabase', name: 'd', option: 'RECOVERY', value: 'FULL', termination: 'noWait' },
        { kind: 'alterDatabase', name: 'd', option: 'TRUSTWORTHY', value: 'ON', termination: 'noWait' },
      ],
    });
  });
});

describe('stored texts', () => {
  it('reads the parameters of sp_executesql', () => {
    expect(parseParameterDeclarations('@P0 int,@o decimal(10, 2) OUTPUT, @t dbo.T READONLY')).toMatchObject([
      { name: '@P0', output: false },
      { name: '@o', type: { name: { name: 'decimal' }, parameters: [10, 2] }, output: true },
      { name: '@t', type: { name: { schema: 'dbo', name: 'T' } }, readOnly: true },
    ]);
    expect(parseParameterDeclarations('')).toEqual([]);
  });

  it('reads data types', () => {
    expect(parseTypeReference('national character varying(5)')).toMatchObject({
      name: { name: 'nvarchar' },
      parameters: [5],
    });
    expect(parseTypeReference('varbinary(max)')).toMatchObject({ parameters: ['max'] });
  });

  it('refuses more than one of them', () => {
    expect(() => parseExpression('1 2')).toThrow("Incorrect syntax near '2'.");
    expect(() => parsePredicate('a')).toThrow('non-boolean');
    expect(() => parseTypeReference('int int')).toThrow("Incorrect syntax near 'int'.");
  });
});
