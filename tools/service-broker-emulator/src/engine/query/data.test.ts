import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const schema = `
  CREATE TABLE Item (
    Id int IDENTITY(1,1) NOT NULL PRIMARY KEY,
    Name nvarchar(5) NOT NULL UNIQUE,
    Price int NOT NULL CONSTRAINT DF_Price DEFAULT (7) CONSTRAINT CK_Price CHECK (Price > 0),
    Twice AS (Price * 2),
    Version rowversion
  );
`;

const family = `
  CREATE TABLE Parent (Id int NOT NULL PRIMARY KEY, Name varchar(10) NULL);
  CREATE TABLE Child (Id int NOT NULL PRIMARY KEY, ParentId int NULL CONSTRAINT FK_Child REFERENCES Parent (Id));
  CREATE TABLE Ward (Id int NOT NULL PRIMARY KEY, ParentId int NULL CONSTRAINT FK_Ward REFERENCES Parent (Id) ON DELETE CASCADE ON UPDATE CASCADE);
  CREATE TABLE Guest (Id int NOT NULL PRIMARY KEY, ParentId int NULL CONSTRAINT FK_Guest REFERENCES Parent (Id) ON DELETE SET NULL);
  INSERT INTO Parent VALUES (1, 'a'), (2, 'b'), (3, 'c');
`;

function items(...statements: string[]): QueryFixture {
  return new QueryFixture(schema + statements.join(';\n'));
}

function failure(number: number, message?: string | RegExp): unknown {
  const text =
    typeof message === 'string' ? message : message === undefined ? undefined : expect.stringMatching(message);
  return expect.objectContaining(text === undefined ? { number } : { number, message: text });
}

describe('INSERT', () => {
  test('gives identity, default, computed and rowversion columns their values', () => {
    const fixture = items("INSERT INTO Item (Name) VALUES (N'a'), (N'b')");
    expect(fixture.run('SELECT Id, Name, Price, Twice, CAST(Version AS bigint) FROM Item ORDER BY Id')).toEqual([
      [1, 'a', 7, 14, 1n],
      [2, 'b', 7, 14, 2n],
    ]);
    expect(fixture.lastIdentity).toBe(2n);
  });

  test('from a query, and with DEFAULT as a value', () => {
    const fixture = items("INSERT INTO Item (Name, Price) SELECT v.n, v.p FROM (VALUES (N'a', 1), (N'b', 2)) v(n, p)");
    fixture.run("INSERT INTO Item (Name, Price) VALUES (N'c', DEFAULT)");
    expect(fixture.run('SELECT Price FROM Item ORDER BY Id')).toEqual([[1], [2], [7]]);
  });

  test('DEFAULT VALUES', () => {
    const fixture = new QueryFixture('CREATE TABLE T (a int DEFAULT (3), b int NULL); INSERT INTO T DEFAULT VALUES;');
    expect(fixture.run('SELECT * FROM T')).toEqual([[3, null]]);
  });

  test('OUTPUT hands back the new rows; INTO stores them', () => {
    const fixture = items('CREATE TABLE Log (Id int, Name nvarchar(20))');
    expect(
      fixture.execute("INSERT INTO Item (Name) OUTPUT inserted.Id, inserted.Price AS p VALUES (N'a')").output,
    ).toEqual({
      columns: [
        { name: 'Id', type: { name: 'int' }, nullable: false },
        { name: 'p', type: { name: 'int' }, nullable: false },
      ],
      rows: [[1, 7]],
    });
    fixture.run("INSERT INTO Item (Name) OUTPUT inserted.Id, inserted.Name INTO Log (Id, Name) VALUES (N'b')");
    expect(fixture.run('SELECT * FROM Log')).toEqual([[2, 'b']]);
  });

  test('an explicit identity value needs IDENTITY_INSERT and moves the seed', () => {
    const fixture = items();
    expect(() => fixture.run("INSERT INTO Item (Id, Name) VALUES (10, N'a')")).toThrow(failure(544));
    fixture.identityInsertTables.add('item');
    fixture.run("INSERT INTO Item (Id, Name) VALUES (10, N'a')");
    fixture.identityInsertTables.clear();
    fixture.run("INSERT INTO Item (Name) VALUES (N'b')");
    expect(fixture.run('SELECT Id FROM Item ORDER BY Id')).toEqual([[10], [11]]);
  });

  test.each([
    [
      'INSERT INTO Item (Name) VALUES (NULL)',
      515,
      "Cannot insert the value NULL into column 'Name', table 'Test.dbo.Item'; column does not allow nulls. INSERT fails.",
    ],
    [
      "INSERT INTO Item (Name) VALUES (N'toolong')",
      2628,
      /table 'Test\.dbo\.Item', column 'Name'\. Truncated value: 'toolo'/,
    ],
    [
      "INSERT INTO Item (Name, Price) VALUES (N'a', 0)",
      547,
      'The INSERT statement conflicted with the CHECK constraint "CK_Price". The conflict occurred in database "Test", table "dbo.Item", column \'Price\'.',
    ],
    ["INSERT INTO Item (Name) VALUES (N'a'), (N'A')", 2627, /^Violation of UNIQUE KEY constraint/],
    [
      "INSERT INTO Item VALUES (N'a')",
      213,
      'Column name or number of supplied values does not match table definition.',
    ],
    ["INSERT INTO Item (Name, Price) VALUES (N'a')", 109, /^There are more columns/],
    ["INSERT INTO Item (Name) VALUES (N'a', 1)", 110, /^There are fewer columns/],
    ["INSERT INTO Item (Name, Price) SELECT N'a'", 120, /contains fewer items/],
    ["INSERT INTO Item (Name) SELECT N'a', 2", 121, /contains more items/],
    ["INSERT INTO Item (Name, Name) VALUES (N'a', N'b')", 264, /^The column name 'Name' is specified more than once/],
    ["INSERT INTO Item (Name, Twice) VALUES (N'a', 1)", 271, /^The column "Twice" cannot be modified/],
    ["INSERT INTO Item (Name, Version) VALUES (N'a', 0x01)", 273, /timestamp column/],
    ["INSERT INTO Item (Nam) VALUES (N'a')", 207, "Invalid column name 'Nam'."],
    [
      "INSERT INTO Item (Name, Price) VALUES (N'a', 'x')",
      245,
      "Conversion failed when converting the varchar value 'x' to data type int.",
    ],
  ])('%s fails', (sql, number, message) => {
    expect(() => items(sql)).toThrow(failure(number, message));
  });
});

describe('UPDATE', () => {
  const three = "INSERT INTO Item (Name, Price) VALUES (N'a', 1), (N'b', 2), (N'c', 3)";

  test('all assignments see the row as it was', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE T (a int, b int); INSERT INTO T VALUES (1, 2); UPDATE T SET a = b, b = a;',
    );
    expect(fixture.run('SELECT * FROM T')).toEqual([[2, 1]]);
  });

  test('compound assignment, computed column and rowversion follow', () => {
    const fixture = items(three, 'UPDATE Item SET Price += 10 WHERE Id = 2');
    expect(fixture.run('SELECT Price, Twice, CAST(Version AS bigint) FROM Item WHERE Id = 2')).toEqual([[12, 24, 4n]]);
  });

  test('from a join, named by its alias', () => {
    const fixture = items(three);
    const result = fixture.execute(
      "UPDATE i SET Price = v.p FROM Item i JOIN (VALUES (N'a', 50), (N'c', 60)) v(n, p) ON v.n = i.Name",
    );
    expect(result.rowCount).toBe(2);
    expect(fixture.run('SELECT Price FROM Item ORDER BY Id')).toEqual([[50], [2], [60]]);
  });

  test('a row that joins twice is changed once', () => {
    const fixture = items(three);
    expect(fixture.execute('UPDATE i SET Price += 1 FROM Item i JOIN Item o ON o.Id >= i.Id').rowCount).toBe(3);
    expect(fixture.run('SELECT Price FROM Item ORDER BY Id')).toEqual([[2], [3], [4]]);
  });

  test('OUTPUT shows both versions', () => {
    expect(
      items(three).run('UPDATE Item SET Price = Price * 2 OUTPUT deleted.Price, inserted.Price WHERE Id > 1'),
    ).toEqual([
      [2, 4],
      [3, 6],
    ]);
  });

  test('@v = column = expression', () => {
    const fixture = items(three).declare('@v', 'int');
    fixture.run('UPDATE Item SET @v = Price = Price + 5 WHERE Id = 1');
    expect(fixture.getVariable('@v')).toBe(6);
    expect(fixture.run('SELECT Price FROM Item WHERE Id = 1')).toEqual([[6]]);
  });

  test('keys may be exchanged in one statement', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE T (a int PRIMARY KEY); INSERT INTO T VALUES (1), (2); UPDATE T SET a = 3 - a;',
    );
    expect(fixture.run('SELECT a FROM T ORDER BY a')).toEqual([[1], [2]]);
  });

  test('TOP limits the rows', () => {
    expect(items(three).execute('UPDATE TOP (2) Item SET Price = 9').rowCount).toBe(2);
  });

  test.each([
    ['UPDATE Item SET Id = 5', 8102, "Cannot update identity column 'Id'."],
    ['UPDATE Item SET Twice = 5', 271, /computed column/],
    ['UPDATE Item SET Price = NULL', 515, /UPDATE fails\.$/],
    ['UPDATE Item SET Price = -1', 547, /^The UPDATE statement conflicted with the CHECK constraint "CK_Price"/],
    ['UPDATE Item SET Price = 1, Price = 2', 264, /more than once/],
    ['UPDATE Missing SET a = 1', 208, "Invalid object name 'Missing'."],
  ])('%s fails', (sql, number, message) => {
    expect(() => items(three, sql)).toThrow(failure(number, message));
  });
});

describe('DELETE', () => {
  test('with a join and OUTPUT', () => {
    const fixture = items("INSERT INTO Item (Name, Price) VALUES (N'a', 1), (N'b', 2), (N'c', 3)");
    expect(fixture.run('DELETE i OUTPUT deleted.Name FROM Item i JOIN (VALUES (1), (3)) v(id) ON v.id = i.Id')).toEqual(
      [['a'], ['c']],
    );
    expect(fixture.run('SELECT Name FROM Item')).toEqual([['b']]);
  });

  test('TOP', () => {
    const fixture = items("INSERT INTO Item (Name) VALUES (N'a'), (N'b'), (N'c')");
    expect(fixture.execute('DELETE TOP (2) FROM Item').rowCount).toBe(2);
    expect(fixture.run('SELECT COUNT(*) FROM Item')).toEqual([[1]]);
  });

  test('TRUNCATE TABLE empties the table and starts its identity anew', () => {
    const fixture = items(
      "INSERT INTO Item (Name) VALUES (N'a')",
      'TRUNCATE TABLE Item',
      "INSERT INTO Item (Name) VALUES (N'b')",
    );
    expect(fixture.run('SELECT Id, Name FROM Item')).toEqual([[1, 'b']]);
  });
});

describe('foreign keys', () => {
  test('a row must refer to one that exists', () => {
    const fixture = new QueryFixture(family);
    expect(() => fixture.run('INSERT INTO Child VALUES (1, 99)')).toThrow(
      failure(
        547,
        'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_Child". The conflict occurred in database "Test", table "dbo.Parent", column \'Id\'.',
      ),
    );
    fixture.run('INSERT INTO Child VALUES (1, NULL), (2, 1)');
  });

  test('a row that is referred to stays', () => {
    const fixture = new QueryFixture(`${family} INSERT INTO Child VALUES (1, 1);`);
    const message =
      /statement conflicted with the REFERENCE constraint "FK_Child"\. The conflict occurred in database "Test", table "dbo\.Child", column 'ParentId'\.$/;
    expect(() => fixture.run('DELETE FROM Parent WHERE Id = 1')).toThrow(failure(547, message));
    expect(
      () => new QueryFixture(`${family} INSERT INTO Child VALUES (1, 1); UPDATE Parent SET Id = 9 WHERE Id = 1`),
    ).toThrow(failure(547, message));
  });

  test('CASCADE and SET NULL follow', () => {
    const fixture = new QueryFixture(
      `${family} INSERT INTO Ward VALUES (1, 2), (2, 3); INSERT INTO Guest VALUES (1, 2);`,
    );
    fixture.run('UPDATE Parent SET Id = 30 WHERE Id = 3; DELETE FROM Parent WHERE Id = 2;');
    expect(fixture.run('SELECT Id, ParentId FROM Ward')).toEqual([[2, 30]]);
    expect(fixture.run('SELECT Id, ParentId FROM Guest')).toEqual([[1, null]]);
  });

  test('a table may refer to itself', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE Node (Id int PRIMARY KEY, Up int NULL REFERENCES Node (Id)); INSERT INTO Node VALUES (2, 1), (1, NULL);',
    );
    expect(() => fixture.run('DELETE FROM Node WHERE Id = 1')).toThrow(failure(547));
  });
});

describe('MERGE', () => {
  const merge = `MERGE INTO Item AS t USING (VALUES (N'a', 10), (N'z', 20)) AS s(n, p) ON t.Name = s.n
    WHEN MATCHED THEN UPDATE SET Price = s.p
    WHEN NOT MATCHED THEN INSERT (Name, Price) VALUES (s.n, s.p)
    WHEN NOT MATCHED BY SOURCE AND t.Price > 1 THEN DELETE
    OUTPUT $action, inserted.Name, deleted.Name;`;

  test('updates, inserts and deletes in one go', () => {
    const fixture = items("INSERT INTO Item (Name, Price) VALUES (N'a', 1), (N'b', 2), (N'c', 1)");
    const result = fixture.execute(merge);
    expect(result.rowCount).toBe(3);
    expect(result.output?.rows).toEqual([
      ['UPDATE', 'a', 'a'],
      ['INSERT', 'z', null],
      ['DELETE', null, 'b'],
    ]);
    expect(fixture.run('SELECT Name, Price FROM Item ORDER BY Name')).toEqual([
      ['a', 10],
      ['c', 1],
      ['z', 20],
    ]);
  });

  test('refuses to change a row twice', () => {
    expect(() =>
      items(
        "INSERT INTO Item (Name) VALUES (N'a')",
        'MERGE Item t USING (VALUES (1), (1)) s(x) ON t.Id = s.x WHEN MATCHED THEN UPDATE SET Price = 2;',
      ),
    ).toThrow(failure(8672));
  });
});
