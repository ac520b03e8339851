import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
  await db.ok(
    'CREATE TABLE dbo.Kept (Id int PRIMARY KEY, Name nvarchar(30), Bytes varbinary(max), Price decimal(9, 2), At datetime2(3))',
  );
  await db.ok('CREATE PROCEDURE dbo.Done @first int, @second int = 1, @third nvarchar(9) = NULL AS SELECT 1 AS a');
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function described(batch: string, parameters = ''): Promise<unknown[]> {
  const quoted = [batch, ...(parameters === '' ? [] : [parameters])].map((text) => `N'${text.replaceAll("'", "''")}'`);
  const { rows } = await db.ok(`EXEC sp_describe_undeclared_parameters ${quoted.join(', ')}`);
  return rows.map((row) => [row.name, row.suggested_system_type_name]);
}

describe('sp_describe_undeclared_parameters tells the types that places want', () => {
  test.each([
    ['INSERT dbo.Kept (Id, Bytes) VALUES (@P1, @P2)', ['int', 'varbinary(max)']],
    [
      'INSERT dbo.Kept (Bytes, Id) VALUES (@P1, @P2), (@P3, 4), (0x01, @P4)',
      ['varbinary(max)', 'int', 'varbinary(max)', 'int'],
    ],
    [
      'SET NOCOUNT ON; INSERT dbo.Kept OUTPUT inserted.Id VALUES (@P1, @P2, NULL, @P3, DEFAULT)',
      ['int', 'nvarchar(30)', 'decimal(9,2)'],
    ],
    ['UPDATE dbo.Kept SET Bytes = @P1, Price = Price + @P2 WHERE Id = @P3', ['varbinary(max)', 'decimal(9,2)', 'int']],
    [
      'DELETE dbo.Kept WHERE Id IN (@P1, @P2) OR At BETWEEN @P3 AND @P4',
      ['int', 'int', 'datetime2(3)', 'datetime2(3)'],
    ],
    ['SELECT TOP (@P1) Id FROM dbo.Kept WHERE @P2 < Price', ['bigint', 'decimal(9,2)']],
    [
      "SELECT CAST(@P1 AS date) AS d, ISNULL(Name, N'') AS n FROM dbo.Kept AS k WHERE k.Name = @P2",
      ['date', 'nvarchar(30)'],
    ],
    [
      'SELECT k.Id FROM dbo.Kept AS k WHERE EXISTS (SELECT 1 FROM dbo.Kept AS o WHERE o.At = @P1 AND o.Id = k.Id)',
      ['datetime2(3)'],
    ],
    ['SELECT Id FROM dbo.Kept ORDER BY Id OFFSET @P1 ROWS FETCH NEXT @P2 ROWS ONLY', ['bigint', 'bigint']],
    ['EXEC dbo.Done @P1, @third = @P2', ['int', 'nvarchar(9)']],
    ['SELECT 1 AS a', []],
  ])('%s', async (batch, types) => {
    expect(await described(batch)).toEqual(types.map((type, index) => [`@P${index + 1}`, type]));
  });

  test('with its other columns', async () => {
    const { rows } = await db.ok(
      "EXEC sp_describe_undeclared_parameters N'SELECT 1 FROM dbo.Kept WHERE Id = @b AND Name = @a AND Price > @c', N'@c int'",
    );
    expect(rows).toMatchObject([
      {
        parameter_ordinal: 1,
        name: '@b',
        suggested_system_type_id: 56,
        suggested_max_length: 4,
        suggested_tds_type_id: 56,
      },
      {
        parameter_ordinal: 2,
        name: '@a',
        suggested_system_type_id: 231,
        suggested_max_length: 60,
        suggested_is_input: true,
      },
    ]);
    expect(Object.keys(rows[0] ?? {})).toHaveLength(24);
  });

  test.each([
    [11508, 'SELECT Id FROM dbo.Kept WHERE Id = @a OR Price = @a'],
    [208, 'SELECT Id FROM dbo.Missing WHERE Id = @a'],
    [207, 'SELECT Id FROM dbo.Kept WHERE Missing = @a'],
    [40000, 'SELECT @a AS a'],
    [2812, 'EXEC dbo.Missing @a'],
    [40000, 'EXEC (@a)'],
    [40000, 'SET LOCK_TIMEOUT @a'],
  ])('%i for %s', async (number, batch) => {
    expect((await db.run(`EXEC sp_describe_undeclared_parameters N'${batch}'`)).numbers).toEqual([number]);
  });
});

test('sys.dm_exec_describe_first_result_set takes the declarations of each call', async () => {
  for (const type of ['int', 'nvarchar(7)']) {
    expect(
      (
        await db.ok(
          `SELECT system_type_name FROM sys.dm_exec_describe_first_result_set(N'SELECT @p AS p', N'@p ${type}', 0)`,
        )
      ).value,
    ).toBe(type);
  }
});
