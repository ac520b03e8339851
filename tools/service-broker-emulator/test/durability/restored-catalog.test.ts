import { expect, test } from 'vitest';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

const definitions: readonly string[] = [
  'CREATE SCHEMA work',
  'CREATE TYPE work.Code FROM nvarchar(20) NOT NULL',
  'CREATE TYPE work.Ids AS TABLE (id int NOT NULL PRIMARY KEY)',
  `CREATE TABLE work.Parent (id int IDENTITY(10, 5) CONSTRAINT PK_Parent PRIMARY KEY, code work.Code,
     amount decimal(18, 4) CONSTRAINT DF_amount DEFAULT (1), doubled AS amount * 2, version rowversion,
     CONSTRAINT CK_amount CHECK (amount >= 0))`,
  'CREATE TABLE work.Child (id int PRIMARY KEY, parent int CONSTRAINT FK_parent REFERENCES work.Parent (id) ON DELETE CASCADE)',
  'CREATE UNIQUE INDEX IX_code ON work.Parent (code) INCLUDE (amount) WHERE amount IS NOT NULL',
  'ALTER TABLE work.Parent ADD note nvarchar(max) NULL',
  "INSERT work.Parent (code, amount) VALUES (N'a', 1), (N'b', 2.5)",
  'INSERT work.Child VALUES (1, 10)',
  'CREATE VIEW work.Parents AS SELECT id, code FROM work.Parent',
  'CREATE FUNCTION work.Plus (@a int) RETURNS int AS BEGIN RETURN @a + 1; END',
  'CREATE FUNCTION work.Above (@a decimal(18, 4)) RETURNS TABLE AS RETURN SELECT id FROM work.Parent WHERE amount > @a',
  'CREATE PROCEDURE work.Activated AS RETURN 0',
  "CREATE TRIGGER work.Changed ON work.Parent AFTER UPDATE AS UPDATE work.Parent SET note = N'changed' WHERE id IN (SELECT id FROM inserted)",
  'CREATE SEQUENCE work.Numbers AS bigint START WITH 100 INCREMENT BY 10 CACHE 50',
  "CREATE TABLE dbo.Moved (id int CONSTRAINT CK_Moved CHECK (id > 0)); INSERT dbo.Moved VALUES (3); EXEC sp_rename 'dbo.Moved', 'Placed'",
  'ALTER SCHEMA work TRANSFER dbo.Placed',
  "CREATE SEQUENCE dbo.Ways START WITH 4; EXEC sp_rename 'dbo.Ways', 'Paths'",
  'ALTER SCHEMA work TRANSFER dbo.Paths',
  'CREATE MESSAGE TYPE [Request] VALIDATION = WELL_FORMED_XML',
  'CREATE CONTRACT [Talk] ([Request] SENT BY ANY)',
  'CREATE QUEUE work.Inbox WITH RETENTION = ON, ACTIVATION (STATUS = OFF, PROCEDURE_NAME = work.Activated, MAX_QUEUE_READERS = 3, EXECUTE AS OWNER)',
  'CREATE SERVICE [Desk] ON QUEUE work.Inbox ([Talk])',
  'CREATE BROKER PRIORITY High FOR CONVERSATION SET (CONTRACT_NAME = [Talk], PRIORITY_LEVEL = 9)',
  "CREATE LOGIN clerk WITH PASSWORD = 'Clerk!Password1'",
  'CREATE USER clerk FOR LOGIN clerk',
  'CREATE ROLE clerks',
  'ALTER ROLE clerks ADD MEMBER clerk',
  'GRANT EXECUTE ON SCHEMA::work TO clerks',
  'DENY RECEIVE ON work.Inbox TO clerk',
  'GRANT SELECT (id, code) ON work.Parent TO clerk WITH GRANT OPTION',
  'GRANT SELECT ON work.Child TO clerks',
  'REVOKE SELECT (parent) ON work.Child FROM clerks',
  'DENY UPDATE (code) ON work.Parents TO clerk',
  `DECLARE @dialog uniqueidentifier;
   BEGIN DIALOG CONVERSATION @dialog FROM SERVICE [Desk] TO SERVICE 'Desk' ON CONTRACT [Talk] WITH ENCRYPTION = OFF, LIFETIME = 3600;
   SEND ON CONVERSATION @dialog MESSAGE TYPE [Request] (N'<r/>');
   BEGIN CONVERSATION TIMER (@dialog) TIMEOUT = 3000;`,
];

/** Everything that a person could look up of the database. */
const lookups: readonly string[] = [
  'SELECT name, schema_id FROM sys.schemas',
  'SELECT name, object_id, schema_id, type, create_date FROM sys.objects WHERE is_ms_shipped = 0',
  'SELECT object_id, name, column_id, is_nullable, is_identity, is_computed FROM sys.columns WHERE object_id > 1000',
  'SELECT name, is_user_defined, is_table_type, is_nullable FROM sys.types WHERE is_user_defined = 1',
  'SELECT object_id, name, is_unique, has_filter FROM sys.indexes WHERE object_id > 1000',
  'SELECT name, definition FROM sys.check_constraints',
  'SELECT name, definition FROM sys.default_constraints',
  'SELECT name, delete_referential_action FROM sys.foreign_keys',
  'SELECT object_id, definition FROM sys.sql_modules',
  'SELECT name, is_disabled FROM sys.triggers',
  'SELECT id FROM work.Placed',
  'SELECT name, schema_id, object_id FROM sys.check_constraints',
  'SELECT name, schema_id, start_value, increment, cache_size FROM sys.sequences',
  'SELECT name, validation FROM sys.service_message_types',
  'SELECT name FROM sys.service_contracts',
  'SELECT name, service_queue_id FROM sys.services',
  'SELECT name, is_retention_enabled, is_activation_enabled, activation_procedure, max_readers FROM sys.service_queues WHERE is_ms_shipped = 0',
  'SELECT name, priority FROM sys.conversation_priorities',
  'SELECT conversation_handle, conversation_group_id, state_desc, is_initiator, lifetime, dialog_timer, priority FROM sys.conversation_endpoints',
  'SELECT name, type, principal_id FROM sys.database_principals',
  'SELECT class, major_id, minor_id, grantee_principal_id, permission_name, state FROM sys.database_permissions',
  'SELECT role_principal_id, member_principal_id FROM sys.database_role_members',
  'SELECT name FROM sys.sql_logins',
  'SELECT name, service_broker_guid, is_broker_enabled FROM sys.databases',
  'SELECT id, code, amount, doubled, version, note FROM work.Parent',
  'SELECT conversation_handle, message_type_name, message_body FROM work.Inbox',
  'SELECT id FROM work.Above(1)',
  'SELECT work.Plus(1) AS two',
];

async function lookUp(port: number): Promise<Map<string, string[]>> {
  await using pool = await connectPool(port);
  const seen = new Map<string, string[]>();
  for (const query of lookups) {
    const { recordset } = await pool.request().query(query);
    seen.set(query, recordset.map((row) => JSON.stringify(row)).toSorted());
  }
  return seen;
}

test('all that a database has is there again after a kill, and works', async () => {
  using folder = temporaryFolder();
  const args = ['--port', '0', '--data', folder.path, '--database', 'App'];
  let before: Map<string, string[]>;
  {
    await using emulator = new EmulatorProcess(args);
    const port = await emulator.port;
    await using pool = await connectPool(port);
    for (const batch of definitions) await pool.request().batch(batch);
    before = await lookUp(port);
    emulator.kill('SIGKILL');
    await emulator.ended;
  }
  for (const [query, rows] of before) expect(rows, query).not.toEqual([]);

  await using emulator = new EmulatorProcess(args);
  const port = await emulator.port;
  const after = await lookUp(port);
  for (const [query, rows] of before) expect(after.get(query), query).toEqual(rows);

  await using pool = await connectPool(port);
  // New ids must be new: of what was made last before the kill too.
  await pool.request().batch('CREATE QUEUE work.Outbox');
  expect(
    (await pool.request().query('SELECT object_id FROM sys.objects GROUP BY object_id HAVING COUNT(*) > 1')).recordset,
  ).toEqual([]);
  await pool.request().batch("UPDATE work.Parent SET amount = 3 WHERE code = N'a'");
  expect((await pool.request().query("SELECT note FROM work.Parent WHERE code = N'a'")).recordset).toEqual([
    { note: 'changed' },
  ]);
  await expect(pool.request().batch("INSERT work.Parent (code) VALUES (N'a')")).rejects.toMatchObject({ number: 2601 });
  await expect(pool.request().batch('INSERT work.Child VALUES (2, 999)')).rejects.toMatchObject({ number: 547 });
  await expect(pool.request().batch('UPDATE work.Parent SET amount = -1')).rejects.toMatchObject({ number: 547 });
  await using clerk = await connectPool(port, { user: 'clerk', password: 'Clerk!Password1' });
  expect((await clerk.request().execute('work.Activated')).returnValue).toBe(0);
  await expect(clerk.request().batch('RECEIVE * FROM work.Inbox')).rejects.toMatchObject({ number: 229 });
});

test('a sequence goes on from where ALTER SEQUENCE has put it, after a clean end too', async () => {
  using folder = temporaryFolder();
  const args = ['--port', '0', '--data', folder.path, '--database', 'App'];
  {
    await using emulator = new EmulatorProcess(args);
    await using pool = await connectPool(await emulator.port);
    await pool
      .request()
      .batch('CREATE SEQUENCE dbo.Kept AS int START WITH 1; CREATE SEQUENCE dbo.Moved AS int START WITH 1');
    await pool.request().batch('SELECT NEXT VALUE FOR dbo.Kept, NEXT VALUE FOR dbo.Moved');
    await pool.request().batch('ALTER SEQUENCE dbo.Kept MAXVALUE 5000; ALTER SEQUENCE dbo.Moved RESTART WITH 1000');
    expect((await pool.request().query('SELECT NEXT VALUE FOR dbo.Kept AS v')).recordset).toEqual([{ v: 2 }]);
    await pool[Symbol.asyncDispose]();
    emulator.kill('SIGTERM');
    await emulator.ended;
  }
  await using emulator = new EmulatorProcess(args);
  await using pool = await connectPool(await emulator.port);
  expect(
    (await pool.request().query('SELECT NEXT VALUE FOR dbo.Kept AS k, NEXT VALUE FOR dbo.Moved AS m')).recordset,
  ).toEqual([{ k: 3, m: 1000 }]);
});
