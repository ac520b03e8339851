import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import type { Session } from './session.ts';

const end = (handle: string, clause = '') =>
  `DECLARE @h uniqueidentifier = '${handle}'; END CONVERSATION @h${clause === '' ? '' : ` ${clause}`};`;

/** Session `b` becomes a user without login that has RECEIVE on QS and what `grants` says. */
const asUser = async (a: Session, b: Session, grants = '') => {
  await a.ok(`CREATE USER u WITHOUT LOGIN; GRANT RECEIVE ON OBJECT::QS TO u; ${grants}`);
  await b.ok("EXECUTE AS USER = 'u';");
};

/** A dialog with a message in QS; gives the target's handle. */
async function arrived(a: Session): Promise<string> {
  const initiator = await a.begin();
  await a.send(initiator);
  await a.arrives('QS');
  return await a.farHandle(initiator);
}

const tables = `CREATE TABLE W (id int PRIMARY KEY, v int); INSERT INTO W VALUES (1, 1);
  CREATE TABLE Z (id int PRIMARY KEY); INSERT INTO Z VALUES (7);`;

conformanceSuite('permissions', ({ conforms, unverified }) => {
  conforms('P1: each use of a table takes its permission: 229', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b);
    const uses = {
      SELECT: 'SELECT v FROM W;',
      INSERT: 'INSERT INTO W VALUES (2, 2);',
      UPDATE: 'UPDATE W SET v = 3;',
      DELETE: 'DELETE FROM W;',
    };
    for (const text of Object.values(uses)) expect(await b.refused(text)).toBe(229);
    for (const [permission, text] of Object.entries(uses)) {
      await a.ok(`GRANT ${permission} ON W TO u;`);
      await b.ok(text);
      await a.ok(`REVOKE ${permission} ON W FROM u;`);
      expect(await b.refused(text)).toBe(229);
    }
  });

  conforms(
    'P2: UPDATE and DELETE that look for rows, and SET that reads a column, take SELECT too',
    async ({ a, b }) => {
      await a.ok(tables);
      await asUser(a, b, 'GRANT UPDATE, DELETE ON W TO u;');
      for (const text of ['UPDATE W SET v = 2 WHERE id = 1;', 'UPDATE W SET v = v + 1;', 'DELETE FROM W WHERE id = 1;'])
        expect(await b.refused(text)).toBe(229);
      await b.ok('UPDATE W SET v = 2;');
      await a.ok('GRANT SELECT ON W TO u;');
      await b.ok('UPDATE W SET v = v + 1 WHERE id = 1;');
      await b.ok('DELETE FROM W WHERE id = 1;');
    },
  );

  conforms('P3: a permission on the schema or the database reaches the tables in it; DENY wins', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b);
    for (const scope of ['SCHEMA::dbo', `DATABASE::${(await a.ok('SELECT DB_NAME();')).value}`]) {
      await a.ok(`GRANT SELECT ON ${scope} TO u;`);
      await b.ok('SELECT v FROM W;');
      await a.ok('DENY SELECT ON W TO u;');
      expect(await b.refused('SELECT v FROM W;')).toBe(229);
      await b.ok('SELECT id FROM Z;');
      await a.ok(`REVOKE SELECT ON W FROM u; REVOKE SELECT ON ${scope} FROM u;`);
      expect(await b.refused('SELECT id FROM Z;')).toBe(229);
    }
  });

  conforms('P4: fixed roles: db_datareader, db_datawriter, db_denydatareader', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'ALTER ROLE db_datareader ADD MEMBER u;');
    await b.ok('SELECT v FROM W;');
    expect(await b.refused('INSERT INTO W VALUES (5, 5);')).toBe(229);
    await a.ok('ALTER ROLE db_datawriter ADD MEMBER u;');
    await b.ok('INSERT INTO W VALUES (5, 5);');
    await a.ok('ALTER ROLE db_denydatareader ADD MEMBER u;');
    expect(await b.refused('SELECT v FROM W;')).toBe(229);
  });

  conforms('P5: who owns a procedure lends its tables; dynamic SQL breaks the chain', async ({ a, b }) => {
    await a.ok(tables);
    await a.ok("EXEC(N'CREATE PROCEDURE Reads AS SELECT v FROM W;');");
    await a.ok("EXEC(N'CREATE PROCEDURE Dynamic AS EXEC (N''SELECT v FROM W;'');');");
    await asUser(a, b, 'GRANT EXECUTE ON Dynamic TO u;');
    expect(await b.refused('EXEC dbo.Reads;')).toBe(229);
    await a.ok('GRANT EXECUTE ON Reads TO u;');
    await b.ok('EXEC dbo.Reads;');
    expect(await b.refused('EXEC dbo.Dynamic;')).toBe(229);
  });

  conforms('P6: a chain ends where the owner changes', async ({ a, b }) => {
    await a.ok(`${tables} CREATE USER o WITHOUT LOGIN;`);
    await a.ok("EXEC(N'CREATE SCHEMA s AUTHORIZATION o;');");
    await a.ok("EXEC(N'CREATE PROCEDURE s.Reads AS SELECT v FROM dbo.W;');");
    await a.ok("EXEC(N'CREATE VIEW s.Looks AS SELECT v FROM dbo.W;');");
    await a.ok("EXEC(N'CREATE VIEW dbo.Sees AS SELECT v FROM dbo.W;');");
    await asUser(a, b, 'GRANT EXECUTE ON s.Reads TO u; GRANT SELECT ON s.Looks TO u; GRANT SELECT ON dbo.Sees TO u;');
    expect(await b.refused('EXEC s.Reads;')).toBe(229);
    expect(await b.refused('SELECT v FROM s.Looks;')).toBe(229);
    await b.ok('SELECT v FROM dbo.Sees;');
    await a.ok('GRANT SELECT ON W TO u;');
    await b.ok('EXEC s.Reads;');
    await b.ok('SELECT v FROM s.Looks;');
  });

  conforms('P7: NEXT VALUE FOR takes UPDATE on the sequence, which a chain lends', async ({ a, b }) => {
    await a.ok('CREATE SEQUENCE Q AS bigint START WITH 1;');
    await a.ok("EXEC(N'CREATE PROCEDURE Counts AS SELECT NEXT VALUE FOR dbo.Q AS n;');");
    await asUser(a, b, 'GRANT EXECUTE ON Counts TO u; GRANT REFERENCES ON Q TO u;');
    expect(await b.refused('SELECT NEXT VALUE FOR dbo.Q AS n;')).toBe(229);
    await b.ok('EXEC dbo.Counts;');
    await a.ok('GRANT UPDATE ON Q TO u;');
    await b.ok('SELECT NEXT VALUE FOR dbo.Q AS n;');
  });

  conforms('P8: definitions take the permission of the database and ALTER on the schema', async ({ a, b }) => {
    await asUser(a, b);
    expect(await b.refused('CREATE TABLE dbo.T1 (n int);')).toBe(262);
    await a.ok('GRANT CREATE TABLE TO u;');
    expect(await b.refused('CREATE TABLE dbo.T1 (n int);')).toBe(2760);
    await a.ok('GRANT ALTER ON SCHEMA::dbo TO u;');
    await b.ok('CREATE TABLE dbo.T1 (n int);');
    await b.ok('DROP TABLE dbo.T1;');
    await b.ok('CREATE TABLE #t (n int); DROP TABLE #t;');
  });

  conforms('P9: db_ddladmin defines, and reads nothing', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'ALTER ROLE db_ddladmin ADD MEMBER u;');
    await b.ok('CREATE TABLE dbo.T1 (n int); ALTER TABLE W ADD x int NULL; CREATE QUEUE dbo.QD; DROP QUEUE dbo.QD;');
    expect(await b.refused('SELECT v FROM W;')).toBe(229);
    await b.refused('CREATE USER other WITHOUT LOGIN;');
    await b.refused('ALTER ROLE db_owner ADD MEMBER u;');
  });

  conforms('P10: without permission objects can be neither altered nor dropped nor granted', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'GRANT SELECT ON W TO u;');
    for (const text of [
      'ALTER TABLE W ADD x int NULL;',
      'DROP TABLE W;',
      'TRUNCATE TABLE W;',
      'CREATE INDEX i ON W (v);',
      'GRANT SELECT ON W TO public;',
      'ALTER QUEUE QS WITH STATUS = OFF;',
      'DROP SERVICE S;',
      'CREATE MESSAGE TYPE M;',
      'CREATE QUEUE dbo.QN;',
      'ALTER DATABASE CURRENT SET TRUSTWORTHY OFF;',
    ])
      await b.refused(text);
    expect((await b.ok('SELECT v FROM W;')).value).toBe(1);
  });

  conforms('P11: a variable of a table type takes EXECUTE on the type', async ({ a, b }) => {
    await a.ok('CREATE TYPE dbo.L AS TABLE (n int);');
    await asUser(a, b);
    expect(await b.refused('DECLARE @l dbo.L; SELECT COUNT(*) AS n FROM @l;')).toBe(229);
    await a.ok('GRANT EXECUTE ON TYPE::dbo.L TO u;');
    await b.ok('DECLARE @l dbo.L; SELECT COUNT(*) AS n FROM @l;');
  });

  conforms('P12: SELECT on a queue is a permission of its own', async ({ a, b }) => {
    await asUser(a, b);
    expect(await b.refused('SELECT COUNT(*) AS n FROM QS WITH (NOLOCK);')).toBe(229);
    await a.ok('GRANT SELECT ON QS TO u;');
    expect(await b.count('QS WITH (NOLOCK)')).toBe(0);
  });

  conforms('P13: EXECUTE AS USER takes IMPERSONATE and leaves the rights of the login behind', async ({ a, b }) => {
    await asUser(a, b);
    await a.ok('CREATE USER v WITHOUT LOGIN;');
    expect(await b.refused("EXECUTE AS USER = 'v';")).toBe(15517);
    expect(await b.refused("EXECUTE AS USER = 'dbo';")).toBe(15517);
    await a.ok('GRANT IMPERSONATE ON USER::v TO u;');
    expect((await b.ok("EXECUTE AS USER = 'v'; SELECT USER_NAME() AS n; REVERT;")).value).toBe('v');
    expect((await b.ok("SELECT IS_SRVROLEMEMBER('sysadmin') AS n;")).value).toBe(0);
  });

  conforms('P14: views of the server take VIEW SERVER STATE', async ({ a, b }) => {
    await asUser(a, b);
    const answer = await b.run('SELECT COUNT(*) AS n FROM sys.dm_broker_queue_monitors;');
    expect(answer.errors.some((number) => number === 297 || number === 300)).toBe(true);
    await a.ok('SELECT COUNT(*) AS n FROM sys.dm_broker_queue_monitors;');
  });

  conforms('P15: OBJECT_ID and catalog views show what one has a permission on', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'GRANT SELECT ON Z TO u;');
    const { rows } = await b.ok("SELECT OBJECT_ID('dbo.W') AS w, OBJECT_ID('dbo.Z') AS z;");
    expect(rows[0]?.w).toBeNull();
    expect(rows[0]?.z).not.toBeNull();
    expect(await b.count("sys.objects WHERE name IN (N'W', N'Z')")).toBe(1);
    expect(await b.count("sys.columns WHERE object_id = OBJECT_ID('dbo.Z')")).toBe(1);
    await a.ok('GRANT VIEW DEFINITION ON W TO u;');
    expect(await b.count("sys.objects WHERE name IN (N'W', N'Z')")).toBe(2);
  });

  conforms('P15b: texts of rules, computed columns and filters take VIEW DEFINITION', async ({ a, b }) => {
    await a.ok(`CREATE TABLE Y (id int NOT NULL CONSTRAINT DF_Y DEFAULT (7), twice AS (id * 2), CONSTRAINT CK_Y CHECK (id > 0));
CREATE INDEX IX_Y ON Y (id) WHERE id > 1;`);
    await asUser(a, b, 'GRANT SELECT ON Y TO u;');
    const texts = `SELECT name FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('dbo.Y') AND definition IS NOT NULL
      UNION ALL SELECT name FROM sys.default_constraints WHERE parent_object_id = OBJECT_ID('dbo.Y') AND definition IS NOT NULL
      UNION ALL SELECT name FROM sys.computed_columns WHERE object_id = OBJECT_ID('dbo.Y') AND definition IS NOT NULL
      UNION ALL SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.Y') AND filter_definition IS NOT NULL;`;
    expect((await b.ok(texts)).rows).toEqual([]);
    expect(await b.count("sys.check_constraints WHERE name = N'CK_Y'")).toBe(1);
    expect(await b.count("sys.indexes WHERE name = N'IX_Y' AND has_filter = 1")).toBe(1);
    await a.ok('GRANT VIEW DEFINITION ON Y TO u;');
    expect((await b.ok(texts)).rows.map(({ name }) => name)).toEqual(['CK_Y', 'DF_Y', 'twice', 'IX_Y']);
  });

  conforms('P16: message types, contracts, services and roles belong to who makes them', async ({ a, b }) => {
    await asUser(a, b, 'ALTER ROLE db_owner ADD MEMBER u;');
    await b.ok('CREATE MESSAGE TYPE M; CREATE ROLE r; CREATE SERVICE N ON QUEUE QS;');
    await a.ok('CREATE MESSAGE TYPE K AUTHORIZATION dbo; ALTER AUTHORIZATION ON SERVICE::N TO dbo;');
    const owners =
      await a.ok(`SELECT USER_NAME(principal_id) AS o FROM sys.service_message_types WHERE name IN (N'M', N'K')
      UNION ALL SELECT USER_NAME(principal_id) FROM sys.services WHERE name = N'N'
      UNION ALL SELECT USER_NAME(owning_principal_id) FROM sys.database_principals WHERE name = N'r';`);
    expect(owners.rows.map(({ o }) => o).sort()).toEqual(['dbo', 'dbo', 'u', 'u']);
  });

  conforms('P17: BEGIN DIALOG takes RECEIVE on the own queue and REFERENCES on the contract', async ({ a, b }) => {
    await asUser(a, b);
    const begin = `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE I TO SERVICE 'S', 'CURRENT DATABASE'
      ON CONTRACT C WITH ENCRYPTION = OFF;`;
    await b.refused(begin);
    await a.ok('GRANT RECEIVE ON QI TO u;');
    await b.refused(begin);
    await a.ok('GRANT REFERENCES ON CONTRACT::C TO u;');
    await b.ok(begin);
  });

  conforms('P18: SELECT on columns: 230 for another one, and for a statement that names none', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'GRANT SELECT (id) ON W TO u; GRANT SELECT ON Z (id) TO u;');
    await b.ok('SELECT W.id FROM W JOIN Z ON Z.id = W.id WHERE W.id > 0 ORDER BY W.id;');
    await b.ok('SELECT COUNT(*) AS n FROM Z;');
    for (const text of [
      'SELECT v FROM W;',
      'SELECT * FROM W;',
      'SELECT id FROM W WHERE v = 1;',
      'SELECT id FROM W ORDER BY v;',
      'SELECT COUNT(*) AS n FROM W;',
      'SELECT 1 AS n FROM W;',
    ])
      expect(await b.refused(text)).toBe(230);
    await a.ok('REVOKE SELECT ON W FROM u;');
    expect(await b.refused('SELECT id FROM W;')).toBe(229);
  });

  conforms('P19: UPDATE on columns, with SELECT on those that are read', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'GRANT UPDATE (v) ON W TO u;');
    await b.ok('UPDATE W SET v = 2;');
    expect(await b.refused('UPDATE W SET id = 9;')).toBe(230);
    await a.ok('GRANT SELECT (id) ON W TO u;');
    await b.ok('UPDATE W SET v = 3 WHERE id = 1;');
    expect(await b.refused('UPDATE W SET v = v + 1 WHERE id = 1;')).toBe(230);
    expect(await b.refused('INSERT INTO W (id) VALUES (2);')).toBe(229);
    expect(await b.refused('DELETE FROM W WHERE id = 1;')).toBe(229);
  });

  conforms(
    'P20: DENY on a column wins over GRANT on the table, GRANT on a column over DENY on it',
    async ({ a, b }) => {
      await a.ok(tables);
      await asUser(a, b, 'GRANT SELECT ON W TO u; DENY SELECT (v) ON W TO u;');
      await b.ok('SELECT id FROM W;');
      expect(await b.refused('SELECT v FROM W;')).toBe(230);
      await a.ok('DENY SELECT ON W TO u; GRANT SELECT (id) ON W TO u;');
      await b.ok('SELECT id FROM W;');
      expect(await b.refused('SELECT v FROM W;')).toBe(230);
      await a.ok('DENY SELECT ON W TO u;');
      expect(await b.refused('SELECT id FROM W;')).toBe(229);
    },
  );

  conforms('P21: a view has columns of its own, and lends those behind it', async ({ a, b }) => {
    await a.ok(tables);
    await a.ok("EXEC(N'CREATE VIEW Looks AS SELECT id, v, id + v AS total FROM W;');");
    await asUser(a, b, 'GRANT SELECT (id, total) ON Looks TO u; DENY SELECT ON W TO u;');
    await b.ok('SELECT id, total FROM Looks;');
    expect(await b.refused('SELECT v FROM Looks;')).toBe(230);
    expect(await b.refused('SELECT id FROM W;')).toBe(229);
  });

  conforms(
    'P22: sys.database_permissions has the column, HAS_PERMS_BY_NAME and sys.columns know it',
    async ({ a, b }) => {
      await a.ok(tables);
      await asUser(a, b, 'GRANT SELECT (v) ON W TO u;');
      const { rows } =
        await a.ok(`SELECT COL_NAME(major_id, minor_id) AS c, RTRIM(type) AS t, state AS s FROM sys.database_permissions
      WHERE major_id = OBJECT_ID('dbo.W') AND class = 1;`);
      expect(rows).toEqual([{ c: 'v', t: 'SL', s: 'G' }]);
      const has = await b.ok(`SELECT HAS_PERMS_BY_NAME('dbo.W', 'OBJECT', 'SELECT', 'v', 'COLUMN') AS v,
      HAS_PERMS_BY_NAME('dbo.W', 'OBJECT', 'SELECT', 'id', 'COLUMN') AS id;`);
      expect(has.rows).toEqual([{ v: 1, id: 0 }]);
      expect(await b.count("sys.columns WHERE object_id = OBJECT_ID('dbo.W')")).toBe(2);
      expect(
        await b.count(
          "sys.fn_my_permissions('dbo.W', 'OBJECT') WHERE subentity_name = 'v' AND permission_name = 'SELECT'",
        ),
      ).toBe(1);
    },
  );

  conforms('P23: a column that is not there: 4615', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b);
    expect(await a.refused('GRANT SELECT (nope) ON W TO u;')).toBe(4615);
    expect(await a.refused('DENY UPDATE ON W (id, nope) TO u;')).toBe(4615);
  });

  unverified('P24: GRANT and REVOKE on the table do away with what was said of its columns', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'DENY SELECT (v) ON W TO u; GRANT SELECT ON W TO u;');
    await b.ok('SELECT v FROM W;');
    await a.ok('REVOKE SELECT (v) ON W FROM u;');
    expect(await b.refused('SELECT v FROM W;')).toBe(230);
    await a.ok('REVOKE SELECT ON W FROM u; GRANT SELECT (v) ON W TO u; REVOKE SELECT ON W FROM u;');
    expect(await b.refused('SELECT v FROM W;')).toBe(229);
  });

  unverified('P25: DENY on the schema wins over GRANT on a column', async ({ a, b }) => {
    await a.ok(tables);
    await asUser(a, b, 'GRANT SELECT (id) ON W TO u; DENY SELECT ON SCHEMA::dbo TO u;');
    await b.refused('SELECT id FROM W;');
  });

  unverified(
    'C4: RECEIVE alone does not let a user END; through a procedure of the owner it works',
    async ({ a, b }) => {
      await asUser(a, b);
      await a.ok(`EXEC(N'CREATE PROCEDURE dbo.Ends @h uniqueidentifier WITH EXECUTE AS OWNER AS END CONVERSATION @h;');
      GRANT EXECUTE ON dbo.Ends TO u;`);
      const target = await arrived(a);
      await b.receive('QS');
      await b.refused(end(target));
      await b.ok(`EXEC dbo.Ends '${target}';`);
    },
  );

  conforms('C4b: the owner of the service and a member of db_owner may END', async ({ a, b }) => {
    await asUser(a, b, 'ALTER AUTHORIZATION ON SERVICE::S TO u;');
    await b.ok(end(await arrived(a)));
    await a.ok('ALTER AUTHORIZATION ON SERVICE::S TO dbo; ALTER ROLE db_owner ADD MEMBER u;');
    await b.ok(end(await arrived(a)));
  });

  conforms('C4c: so does a procedure that runs as a user without login who is in db_owner', async ({ a, b }) => {
    await a.ok('CREATE USER o WITHOUT LOGIN; ALTER ROLE db_owner ADD MEMBER o;');
    await a.ok("EXEC(N'CREATE PROCEDURE dbo.Ends @h uniqueidentifier WITH EXECUTE AS ''o'' AS END CONVERSATION @h;');");
    await asUser(a, b, 'GRANT EXECUTE ON dbo.Ends TO u;');
    await b.ok(`EXEC dbo.Ends '${await arrived(a)}';`);
  });

  unverified('C5: nor WITH CLEANUP', async ({ a, b }) => {
    await asUser(a, b);
    await b.refused(end(await arrived(a), 'WITH CLEANUP'));
  });

  unverified('C41: BEGIN CONVERSATION TIMER needs SEND on the own service', async ({ a, b }) => {
    await asUser(a, b);
    const timer = `DECLARE @h uniqueidentifier = '${await arrived(a)}'; BEGIN CONVERSATION TIMER (@h) TIMEOUT = 60;`;
    await b.refused(timer);
    await a.ok('GRANT SEND ON SERVICE::S TO u;');
    await b.ok(timer);
  });

  unverified('C42: MOVE CONVERSATION needs its owner or db_owner', async ({ a, b }) => {
    await asUser(a, b);
    for (let n = 0; n < 2; n += 1) await a.send(await a.begin());
    await a.arrives('QS', 2);
    const { rows } = await a.ok(
      'SELECT conversation_handle AS h, conversation_group_id AS g FROM sys.conversation_endpoints WHERE is_initiator = 0;',
    );
    await b.refused(
      `DECLARE @h uniqueidentifier = '${rows[0]?.h}', @g uniqueidentifier = '${rows[1]?.g}'; MOVE CONVERSATION @h TO @g;`,
    );
  });

  conforms('C8: sys.transmission_queue is empty for who is not db_owner', async ({ a, b }) => {
    await asUser(a, b);
    await a.send(await a.begin('', 'I', "'nowhere'"));
    expect(await a.count('sys.transmission_queue')).toBe(1);
    expect(await b.count('sys.transmission_queue')).toBe(0);
    await a.ok('ALTER ROLE db_owner ADD MEMBER u;');
    expect(await b.count('sys.transmission_queue')).toBe(1);
  });

  unverified('C9: sys.conversation_endpoints has no rows of others', async ({ a, b }) => {
    await asUser(a, b);
    await arrived(a);
    expect(await b.count('sys.conversation_endpoints')).toBe(0);
  });

  conforms('C10: sys.services shows what one has a permission on', async ({ a, b }) => {
    await asUser(a, b);
    expect(await b.count("sys.services WHERE name = 'S'")).toBe(0);
    expect(await b.count("sys.service_queues WHERE name = 'QS'")).toBe(1);
    expect(await b.count("sys.service_queues WHERE name = 'QI'")).toBe(0);
    await a.ok('GRANT VIEW DEFINITION ON SERVICE::S TO u;');
    expect(await b.count("sys.services WHERE name = 'S'")).toBe(1);
  });

  unverified('C11: a procedure without EXECUTE AS does not lend BEGIN DIALOG, it lends RECEIVE', async ({ a, b }) => {
    await a.ok('CREATE USER u WITHOUT LOGIN;');
    const body = `DECLARE @h uniqueidentifier; BEGIN DIALOG @h FROM SERVICE I TO SERVICE ''S'', ''CURRENT DATABASE'' ON CONTRACT C WITH ENCRYPTION = OFF; SEND ON CONVERSATION @h MESSAGE TYPE T (N''a'');`;
    await a.ok(`EXEC(N'CREATE PROCEDURE dbo.Plain AS ${body}');`);
    await a.ok(`EXEC(N'CREATE PROCEDURE dbo.Owned WITH EXECUTE AS OWNER AS ${body}');`);
    await a.ok(`EXEC(N'CREATE PROCEDURE dbo.Takes AS RECEIVE TOP (1) conversation_handle FROM dbo.QS;');`);
    await a.ok('GRANT EXECUTE ON dbo.Plain TO u; GRANT EXECUTE ON dbo.Owned TO u; GRANT EXECUTE ON dbo.Takes TO u;');
    await b.ok("EXECUTE AS USER = 'u';");
    await b.ok('EXEC dbo.Owned;');
    await a.arrives('QS');
    await b.ok('EXEC dbo.Takes;');
    await b.refused('EXEC dbo.Plain;');
  });

  conforms('C20: EXECUTE AS a user whose login is gone: 15517, and XACT_ABORT ends the transaction', async ({ a }) => {
    const name = `L${randomUUID().replaceAll('-', '')}`;
    await a.ok(`CREATE LOGIN ${name} WITH PASSWORD = 'Review-1-${name}'; CREATE USER x FOR LOGIN ${name};`);
    await a.ok("EXEC(N'CREATE PROCEDURE dbo.AsX WITH EXECUTE AS ''x'' AS SELECT USER_NAME() AS n;');");
    await a.ok("EXEC(N'CREATE PROCEDURE dbo.AsOwner WITH EXECUTE AS OWNER AS SELECT USER_NAME() AS n;');");
    await a.ok('EXEC dbo.AsX;');
    await a.ok(`DROP LOGIN ${name};`);
    expect(await a.refused('EXEC dbo.AsX;')).toBe(15517);
    expect(await a.refused("EXECUTE AS USER = 'x';")).toBe(15517);
    expect((await a.ok('EXEC dbo.AsOwner;')).value).toBe('dbo');
    await a.run('SET XACT_ABORT ON; BEGIN TRANSACTION; EXEC dbo.AsX;');
    expect((await a.ok('SET XACT_ABORT OFF; SELECT @@TRANCOUNT AS n;')).value).toBe(0);
    await a.ok(`CREATE LOGIN ${name} WITH PASSWORD = 'Review-1-${name}';`);
    expect(await a.refused('EXEC dbo.AsX;')).toBe(15517);
    await a.ok(`DROP LOGIN ${name};`);
  });

  conforms('C20b: a login that owns a database can not be dropped: 15174', async ({ a }) => {
    const name = `L${randomUUID().replaceAll('-', '')}`;
    const database = String((await a.ok('SELECT DB_NAME();')).value);
    await a.ok(
      `CREATE LOGIN ${name} WITH PASSWORD = 'Review-1-${name}'; ALTER AUTHORIZATION ON DATABASE::${database} TO ${name};`,
    );
    const owner = await a.ok('SELECT SUSER_SNAME(owner_sid) AS n FROM sys.databases WHERE database_id = DB_ID();');
    expect(owner.value).toBe(name);
    expect(await a.refused(`DROP LOGIN ${name};`)).toBe(15174);
    await a.ok(`ALTER AUTHORIZATION ON DATABASE::${database} TO sa; DROP LOGIN ${name};`);
  });
});
