import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';
import { makeUserDatabase } from './user-database.ts';

let server: TestServer;
let a: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  const own = await makeUserDatabase(server);
  ({ a } = own);
  return () => own[Symbol.asyncDispose]();
});

const refusal = async (text: string): Promise<unknown> => {
  const [first] = (await a.run(text)).errors;
  return first && [first.number, first.message];
};

test('roles and their members', async () => {
  await a.ok(
    "EXEC sp_addrole 'clerks'; EXEC sp_addrolemember 'clerks', 'u'; EXEC sp_addrolemember N'db_datareader', N'clerks';",
  );
  expect((await a.ok("SELECT IS_ROLEMEMBER('db_datareader', 'u') AS m;")).value).toBe(1);
  const members = async (call: string): Promise<string[]> =>
    (await a.ok(`EXEC ${call};`)).rows.map(({ DbRole, MemberName }) => `${String(DbRole)}: ${String(MemberName)}`);
  expect(await members('sp_helprolemember')).toEqual(
    expect.arrayContaining(['clerks: u', 'db_datareader: clerks', 'r: u']),
  );
  expect(await members("sp_helprolemember 'clerks'")).toEqual(['clerks: u']);
  expect((await a.ok("EXEC sp_helprole 'clerks';")).rows).toEqual([
    { RoleName: 'clerks', RoleId: expect.any(Number) as number, IsAppRole: 0 },
  ]);
  const dropped = await a.run("EXEC sp_droprole 'clerks';");
  expect([dropped.rows, dropped.numbers]).toEqual([[{ Name: 'u' }], [15144]]);
  await a.ok(
    "DECLARE @r int; EXEC @r = sp_droprolemember 'clerks', 'u'; IF @r <> 0 THROW 50000, N'not taken out', 1; EXEC sp_droprole 'clerks';",
  );
  expect(await refusal("EXEC sp_helprole 'clerks';")).toEqual([
    15014,
    "The role 'clerks' does not exist in the current database.",
  ]);
});

test('an owner of its own', async () => {
  await a.ok("EXEC sp_addrole 'owned', 'u';");
  expect(
    (await a.ok("SELECT USER_NAME(owning_principal_id) AS o FROM sys.database_principals WHERE name = 'owned';")).value,
  ).toBe('u');
});

test.each([
  [
    15002,
    "The procedure 'sys.sp_addrolemember' cannot be executed within a transaction.",
    "BEGIN TRAN; EXEC sp_addrolemember 'r', 'u'; ROLLBACK",
  ],
  [15014, "The role 'none' does not exist in the current database.", "EXEC sp_addrolemember 'none', 'u'"],
  [15410, "User or role 'none' does not exist in this database.", "EXEC sp_addrolemember 'r', 'none'"],
  [15363, "The role 'r' already exists in the current database.", "EXEC sp_addrole 'r'"],
  [15413, 'Cannot make a role a member of itself.', 'ALTER ROLE r ADD MEMBER r'],
  [
    15413,
    'Cannot make a role a member of itself.',
    'CREATE ROLE q; ALTER ROLE q ADD MEMBER r; ALTER ROLE r ADD MEMBER q',
  ],
  [15405, "Cannot use the special principal 'dbo'.", 'ALTER ROLE r ADD MEMBER dbo'],
  [15405, "Cannot use the special principal 'db_owner'.", "EXEC sp_addrolemember 'r', 'db_owner'"],
  [15081, 'Membership of the public role cannot be changed.', 'ALTER ROLE [public] ADD MEMBER u'],
  [
    15151,
    "Cannot add the principal 'none', because it does not exist or you do not have permission.",
    'ALTER ROLE r ADD MEMBER none',
  ],
  [
    15151,
    "Cannot alter the role 'none', because it does not exist or you do not have permission.",
    'ALTER ROLE none ADD MEMBER u',
  ],
  [15402, "'clerks' is not a fixed server role.", "EXEC sp_addsrvrolemember 'sa', 'clerks'"],
  [
    15007,
    "'nobody' is not a valid login or you do not have permission.",
    "EXEC sp_addsrvrolemember 'nobody', 'sysadmin'",
  ],
])('%i %s', async (number, message, text) => {
  expect(await refusal(text)).toEqual([number, message]);
});

test('fixed server roles', async () => {
  await a.ok("CREATE LOGIN helper WITH PASSWORD = 'Helper!Password1'; EXEC sp_addsrvrolemember 'helper', 'dbcreator';");
  expect((await a.ok("SELECT IS_SRVROLEMEMBER('dbcreator', 'helper') AS m;")).value).toBe(1);
  await a.ok("EXEC sp_dropsrvrolemember 'helper', 'dbcreator';");
  expect((await a.ok("SELECT IS_SRVROLEMEMBER('dbcreator', 'helper') AS m;")).value).toBe(0);
});

test('who may not alter the role is told so', async () => {
  await using b = await server.connect();
  const { value: name } = await a.ok('SELECT DB_NAME() AS n;');
  await b.script(`USE ${String(name)};`, "EXECUTE AS USER = 'u';");
  expect((await b.run("EXEC sp_addrolemember 'r', 'u';")).numbers).toEqual([15151]);
});
