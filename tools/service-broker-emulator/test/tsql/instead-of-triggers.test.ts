import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

/** INSTEAD OF triggers as Microsoft's pages of CREATE TRIGGER, ENABLE TRIGGER and OUTPUT describe them. */

let server: TestServer;
let db: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  db = await server.connect();
});
beforeEach(async () => {
  await db.script(
    'DROP VIEW IF EXISTS dbo.People',
    'DROP TABLE IF EXISTS dbo.Log, dbo.Phone, dbo.Person',
    `CREATE TABLE dbo.Person (Id int IDENTITY(10, 1) PRIMARY KEY, Name varchar(20) NOT NULL CHECK (Name <> 'bad'),
       Upper AS UPPER(Name), Age int DEFAULT 7);
     CREATE TABLE dbo.Phone (Person int, Number varchar(20));
     CREATE TABLE dbo.Log (What varchar(100))`,
    `CREATE VIEW dbo.People AS SELECT p.Id, p.Name, h.Number FROM dbo.Person AS p LEFT JOIN dbo.Phone AS h ON h.Person = p.Id`,
  );
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const log = async () => (await db.ok('SELECT What FROM dbo.Log')).rows.map((row) => row.What);

describe('on a table', () => {
  test('INSERT hands its rows over and writes none; constraints have not looked at them', async () => {
    await db.script(
      `CREATE TRIGGER dbo.Instead ON dbo.Person INSTEAD OF INSERT AS
       INSERT dbo.Log SELECT CONCAT(Id, ',', Name, ',', Upper, ',', Age, ',', @@ROWCOUNT) FROM inserted`,
    );
    const answer = await db.ok(`INSERT dbo.Person (Name) VALUES ('bad'), ('ok')`);
    expect(answer.rowsAffected.at(-1)).toBe(2);
    expect(await log()).toEqual(['0,bad,BAD,7,2', '0,ok,OK,7,2']);
    expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.Person')).value).toBe(0);
    expect((await db.run(`INSERT dbo.Person (Id, Name) VALUES (1, 'a')`)).numbers).toEqual([544]);
  });

  test('a statement of the trigger on its own table is carried out, with AFTER triggers', async () => {
    await db.script(
      `CREATE TRIGGER dbo.Instead ON dbo.Person INSTEAD OF INSERT AS
       INSERT dbo.Person (Name) SELECT REPLACE(Name, 'bad', 'good') FROM inserted`,
      `CREATE TRIGGER dbo.Behind ON dbo.Person AFTER INSERT AS INSERT dbo.Log SELECT Name FROM inserted`,
      `INSERT dbo.Person (Name) VALUES ('bad')`,
    );
    expect((await db.ok('SELECT Id, Name FROM dbo.Person')).rows).toEqual([{ Id: 10, Name: 'good' }]);
    expect(await log()).toEqual(['good']);
  });

  test('UPDATE and DELETE, with UPDATE() and joins', async () => {
    await db.script(
      `INSERT dbo.Person (Name) VALUES ('a'), ('b')`,
      `CREATE TRIGGER dbo.Instead ON dbo.Person INSTEAD OF UPDATE, DELETE AS
       INSERT dbo.Log SELECT CONCAT(d.Name, '>', i.Name, IIF(UPDATE(Name), '!', '')) FROM deleted AS d LEFT JOIN inserted AS i ON i.Id = d.Id`,
      `UPDATE p SET Name = 'bad' FROM dbo.Person AS p JOIN (VALUES ('a')) AS v(n) ON v.n = p.Name`,
      `DELETE dbo.Person WHERE Name = 'b'`,
    );
    expect(await log()).toEqual(['a>bad!', 'b>']);
    expect((await db.ok('SELECT Name FROM dbo.Person ORDER BY Id')).rows).toEqual([{ Name: 'a' }, { Name: 'b' }]);
    await db.script('DISABLE TRIGGER dbo.Instead ON dbo.Person', `DELETE dbo.Person WHERE Name = 'b'`);
    expect((await db.ok('SELECT COUNT(*) AS n FROM dbo.Person')).value).toBe(1);
  });

  test('what fails in the trigger takes the statement back', async () => {
    await db.script(
      `CREATE TRIGGER dbo.Instead ON dbo.Person INSTEAD OF INSERT AS
       INSERT dbo.Log VALUES ('x'); INSERT dbo.Person (Name) SELECT Name FROM inserted`,
    );
    expect((await db.run(`INSERT dbo.Person (Name) VALUES ('bad')`)).numbers).toEqual([547]);
    expect(await log()).toEqual([]);
  });
});

describe('on a view that could not be changed', () => {
  beforeEach(async () => {
    await db.script(
      `CREATE TRIGGER dbo.Writes ON dbo.People INSTEAD OF INSERT AS
       BEGIN
         INSERT dbo.Person (Name) SELECT Name FROM inserted;
         INSERT dbo.Phone SELECT p.Id, i.Number FROM inserted AS i JOIN dbo.Person AS p ON p.Name = i.Name;
       END`,
    );
  });

  test('INSERT, UPDATE and DELETE', async () => {
    await db.script(
      `INSERT dbo.People (Name, Number) VALUES ('a', '1'), ('b', '2')`,
      `CREATE TRIGGER dbo.Changes ON dbo.People INSTEAD OF UPDATE AS
       UPDATE h SET Number = i.Number FROM dbo.Phone AS h JOIN inserted AS i ON i.Id = h.Person`,
      `CREATE TRIGGER dbo.Goes ON dbo.People INSTEAD OF DELETE AS
       DELETE h FROM dbo.Phone AS h JOIN deleted AS d ON d.Id = h.Person`,
      `UPDATE dbo.People SET Number += '!' WHERE Name = 'a'`,
      `DELETE v FROM dbo.People AS v WHERE v.Name = 'b'`,
    );
    expect((await db.ok('SELECT Name, Number FROM dbo.People ORDER BY Id')).rows).toEqual([
      { Name: 'a', Number: '1!' },
      { Name: 'b', Number: null },
    ]);
    const { rows } = await db.ok(`SELECT name, is_instead_of_trigger AS instead FROM sys.triggers ORDER BY name`);
    expect(rows).toEqual(['Changes', 'Goes', 'Writes'].map((name) => ({ name, instead: true })));
    await db.script('DROP VIEW dbo.People');
    expect((await db.ok('SELECT COUNT(*) AS n FROM sys.triggers')).value).toBe(0);
  });

  test.each([
    ['CREATE TRIGGER dbo.Second ON dbo.People INSTEAD OF INSERT AS RETURN', 2111],
    ['CREATE TRIGGER dbo.Behind ON dbo.People AFTER INSERT AS RETURN', 8197],
    ['CREATE TRIGGER dbo.Reads ON dbo.People INSTEAD OF DELETE AS SELECT NoSuch FROM deleted', 207],
    [`INSERT dbo.People (Name) OUTPUT inserted.Name VALUES ('a')`, 334],
    [`DECLARE @t TABLE (n varchar(20)); INSERT dbo.People (Name) OUTPUT inserted.Name INTO @t VALUES ('a')`, 40000],
    ['INSERT dbo.People (Nothing) VALUES (1)', 207],
  ])('%s: %i', async (statement, number) => {
    expect((await db.run(statement)).numbers).toEqual([number]);
  });
});

test('cascading keys and INSTEAD OF exclude each other', async () => {
  await db.script(
    `CREATE TABLE dbo.Child (Id int, Person int CONSTRAINT FK_Child REFERENCES dbo.Person (Id) ON DELETE CASCADE)`,
  );
  const refused = await db.run('CREATE TRIGGER dbo.I ON dbo.Child INSTEAD OF DELETE AS RETURN');
  expect(refused.numbers).toEqual([2113]);
  await db.script('ALTER TABLE dbo.Child DROP CONSTRAINT FK_Child');
  await db.script('CREATE TRIGGER dbo.I ON dbo.Child INSTEAD OF DELETE AS RETURN');
  const key = await db.run(
    'ALTER TABLE dbo.Child ADD CONSTRAINT FK_Child FOREIGN KEY (Person) REFERENCES dbo.Person (Id) ON DELETE CASCADE',
  );
  expect(key.numbers[0]).toBe(1787);
  await db.script('DROP TABLE dbo.Child');
});
