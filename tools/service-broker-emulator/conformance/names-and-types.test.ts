import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';

const names = (collate: string) =>
  ['service_message_types', 'service_contracts', 'service_queues', 'services']
    .map(
      (view) =>
        `SELECT N'x' AS kind, v.name ${collate} AS name FROM sys.${view} AS v WHERE v.name IN (N'T', N'C', N'QS', N'S')`,
    )
    .join(' UNION ALL ');

conformanceSuite('names and types', ({ conforms }) => {
  conforms('C6: names of broker objects and queues have different collations: 451', async ({ a }) => {
    expect((await a.ok(`${names('COLLATE DATABASE_DEFAULT')};`)).rows).toHaveLength(4);
    expect(await a.refused(`${names('')};`)).toBe(451);
  });

  conforms("C7: those of services are binary, and don't compare with columns of the database: 468", async ({ a }) => {
    const { rows } = await a.ok(
      "SELECT collation_name AS c FROM sys.all_columns WHERE object_id = OBJECT_ID('sys.services') AND name = 'name';",
    );
    expect(String(rows[0]?.c)).toMatch(/_BIN2?$/);
    await a.ok('CREATE TABLE W (name nvarchar(256) NOT NULL);');
    expect(await a.refused('SELECT 1 AS x FROM QS WITH (NOLOCK) JOIN W ON W.name = QS.message_type_name;')).toBe(468);
    await a.ok('SELECT 1 AS x FROM QS WITH (NOLOCK) JOIN W ON W.name = QS.message_type_name COLLATE DATABASE_DEFAULT;');
    await a.ok("DECLARE @n nvarchar(256) = N'T'; SELECT 1 AS x FROM QS WITH (NOLOCK) WHERE message_type_name = @n;");
  });

  conforms('C7b: names of services are compared byte by byte with a variable too', async ({ a }) => {
    expect(await a.count("sys.services WHERE name = N'S'")).toBe(1);
    expect(await a.count("sys.services WHERE name = N's'")).toBe(0);
  });

  conforms(
    'C7c: two columns of different collations have none together: 451 in a list, 468 in a comparison',
    async ({ a }) => {
      await a.ok(`CREATE TABLE W (x nvarchar(9) COLLATE Latin1_General_BIN2 NOT NULL, y nvarchar(9) COLLATE Latin1_General_CS_AS NOT NULL);
      INSERT INTO W VALUES (N'a', N'a');`);
      expect(await a.refused('SELECT x + y AS z FROM W;')).toBe(451);
      for (const text of ['x = y', 'x IN (SELECT y FROM W)', 'x LIKE y', 'x < y'])
        expect(await a.refused(`SELECT 1 AS n FROM W WHERE ${text};`)).toBe(468);
      expect(await a.refused('SELECT x AS z FROM W UNION SELECT y FROM W;')).toBe(468);
      expect(await a.refused('SELECT x AS z FROM W UNION ALL SELECT y FROM W;')).toBe(451);
      await a.ok('SELECT 1 AS n FROM W WHERE x = y COLLATE Latin1_General_BIN2;');
      await a.ok("SELECT x + N'b' AS z FROM W WHERE x = N'a' AND y LIKE N'%';");
      await a.ok('DECLARE @t TABLE (z nvarchar(9)); INSERT INTO @t SELECT x FROM W; INSERT INTO @t SELECT y FROM W;');
    },
  );

  conforms('C44: types of the columns of a queue', async ({ a }) => {
    const { rows } = await a.ok(`SELECT name, TYPE_NAME(system_type_id) AS type, max_length FROM sys.columns
      WHERE object_id = OBJECT_ID('dbo.QS') ORDER BY column_id;`);
    const types = Object.fromEntries(rows.map(({ name, type, max_length }) => [name, `${type} ${max_length}`]));
    expect(types).toMatchObject({
      status: 'tinyint 1',
      priority: 'tinyint 1',
      queuing_order: 'bigint 8',
      conversation_handle: 'uniqueidentifier 16',
      message_sequence_number: 'bigint 8',
      service_name: 'nvarchar 1024',
      message_type_name: 'nvarchar 512',
      validation: 'nchar 4',
      message_body: 'varbinary -1',
      message_enqueue_time: 'datetime 8',
    });
  });

  conforms(
    'C44c: the result set of SELECT * has these types, and validation is N, E or X with a blank',
    async ({ a }) => {
      const { rows } = await a.ok(`SELECT name, system_type_name AS type
      FROM sys.dm_exec_describe_first_result_set(N'SELECT * FROM dbo.QS', NULL, 0)
      WHERE name IN (N'status', N'queuing_order', N'message_sequence_number', N'validation', N'message_enqueue_time')
      ORDER BY name;`);
      expect(rows.map(({ name, type }) => `${name} ${type}`)).toEqual([
        'message_enqueue_time datetime',
        'message_sequence_number bigint',
        'queuing_order bigint',
        'status tinyint',
        'validation nchar(2)',
      ]);
      for (const [type, body] of [
        ['T', "N'a'"],
        ['X', "N'<a/>'"],
        ['E', ''],
      ] as const) {
        await a.send(await a.begin(), body, type);
      }
      await a.arrives('QS', 3);
      const { rows: kinds } = await a.ok(
        "SELECT DISTINCT validation + N'.' AS v, DATALENGTH(validation) AS n FROM QS ORDER BY v;",
      );
      expect(kinds).toEqual(['E .', 'N .', 'X .'].map((v) => ({ v, n: 4 })));
    },
  );

  conforms('C44b: sys.dm_exec_describe_first_result_set returns the columns without running', async ({ a }) => {
    const { rows } = await a.ok(`SELECT name, system_type_name AS type, is_nullable AS n, collation_name AS c
      FROM sys.dm_exec_describe_first_result_set(N'SELECT status, message_body, message_type_name FROM dbo.QS', NULL, 0)
      ORDER BY column_ordinal;`);
    expect(rows.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'status tinyint',
      'message_body varbinary(max)',
      'message_type_name nvarchar(256)',
    ]);
    expect(String(rows[2]?.c)).toMatch(/_BIN2?$/);
  });

  conforms('C29: message_enqueue_time is UTC', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    const { value } = await a.ok(
      'SELECT ABS(DATEDIFF(SECOND, message_enqueue_time, SYSUTCDATETIME())) AS s FROM QS WITH (NOLOCK);',
    );
    expect(Number(value)).toBeLessThan(10);
  });

  conforms('C29b: so are the times of the transmission queue and of the end of a lifetime', async ({ a }) => {
    await a.send(await a.begin('LIFETIME = 600', 'I', "'nowhere'"));
    const { value: waited } = await a.ok(
      'SELECT ABS(DATEDIFF(SECOND, enqueue_time, SYSUTCDATETIME())) AS s FROM sys.transmission_queue;',
    );
    const { value: left } = await a.ok(
      'SELECT DATEDIFF(SECOND, SYSUTCDATETIME(), lifetime) AS s FROM sys.conversation_endpoints;',
    );
    expect(Number(waited)).toBeLessThan(10);
    expect(Math.abs(600 - Number(left))).toBeLessThan(10);
  });

  conforms('C45: a body of 64 MB comes back unchanged', async ({ a }) => {
    const handle = await a.begin();
    const { rows: sent } =
      await a.ok(`DECLARE @b varbinary(max) = CAST(REPLICATE(CAST('0123456789abcdef' AS varchar(max)), 4194304) AS varbinary(max));
      DECLARE @h uniqueidentifier = '${handle}';
      SEND ON CONVERSATION @h MESSAGE TYPE T (@b);
      SELECT DATALENGTH(@b) AS bytes, HASHBYTES('SHA2_256', @b) AS hash;`);
    expect(Number(sent[0]?.bytes)).toBe(64 * 1024 * 1024);
    await a.arrives('QS');
    const { rows: received } = await a.ok(`DECLARE @r TABLE (body varbinary(max));
      RECEIVE message_body FROM QS INTO @r;
      SELECT DATALENGTH(body) AS bytes, HASHBYTES('SHA2_256', body) AS hash FROM @r;`);
    expect(received).toEqual(sent);
  });
});
