import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const shop = `
  CREATE TABLE Customer (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL);
  CREATE TABLE Purchase (Id int NOT NULL PRIMARY KEY, CustomerId int NOT NULL, Amount decimal(10,2) NOT NULL);
  INSERT INTO Customer VALUES (1, N'Ada'), (2, NULL);
  INSERT INTO Purchase VALUES (10, 1, 5.50), (11, 1, 2.25), (12, 2, 1);
`;

function text(sql: string): unknown {
  const [row] = new QueryFixture(shop).run(sql);
  return row?.[0];
}

describe('FOR JSON', () => {
  test.each([
    [
      'PATH leaves NULL out',
      'SELECT Id, Name FROM Customer ORDER BY Id FOR JSON PATH',
      '[{"Id":1,"Name":"Ada"},{"Id":2}]',
    ],
    [
      'INCLUDE_NULL_VALUES',
      'SELECT Name FROM Customer WHERE Id = 2 FOR JSON PATH, INCLUDE_NULL_VALUES',
      '[{"Name":null}]',
    ],
    ['ROOT', "SELECT 1 AS a FOR JSON PATH, ROOT('x')", '{"x":[{"a":1}]}'],
    ['WITHOUT_ARRAY_WRAPPER', 'SELECT 1 AS a FOR JSON PATH, WITHOUT_ARRAY_WRAPPER', '{"a":1}'],
    ['dots nest', 'SELECT 1 AS [a.b], 2 AS [a.c], 3 AS d FOR JSON PATH', '[{"a":{"b":1,"c":2},"d":3}]'],
    [
      'types',
      "SELECT CAST(1 AS bit) AS b, CAST(1.50 AS decimal(5,2)) AS d, 0x0102 AS x, CAST('2024-05-06T07:08:09' AS datetime2(0)) AS t, N'a/\"b' AS s FOR JSON PATH",
      '[{"b":true,"d":1.50,"x":"AQI=","t":"2024-05-06T07:08:09","s":"a\\/\\"b"}]',
    ],
    [
      'a nested query stays JSON',
      'SELECT c.Id, (SELECT p.Id FROM Purchase p WHERE p.CustomerId = c.Id ORDER BY p.Id FOR JSON PATH) AS p FROM Customer c WHERE c.Id = 1 FOR JSON PATH',
      '[{"Id":1,"p":[{"Id":10},{"Id":11}]}]',
    ],
    ['JSON_QUERY stays JSON', "SELECT JSON_QUERY('{\"a\":[1]}', '$.a') AS j FOR JSON PATH", '[{"j":[1]}]'],
    [
      'AUTO nests by source',
      'SELECT Customer.Id, Purchase.Id AS p FROM Customer JOIN Purchase ON Purchase.CustomerId = Customer.Id ORDER BY Purchase.Id FOR JSON AUTO',
      '[{"Id":1,"Purchase":[{"p":10},{"p":11}]},{"Id":2,"Purchase":[{"p":12}]}]',
    ],
    ['no rows, no text', 'SELECT Id FROM Customer WHERE 1 = 0 FOR JSON PATH', undefined],
  ])('%s', (_name, sql, expected) => {
    expect(text(sql)).toBe(expected);
  });

  test('the column has the name that clients look for, and long text comes in pieces', () => {
    const fixture = new QueryFixture(shop);
    const rows = fixture.query("SELECT REPLICATE('x', 3000) AS t FOR JSON PATH");
    expect(rows.map((row) => String(row['JSON_F52E2B61-18A1-11d1-B105-00805F49916B']).length)).toEqual([2033, 977]);
  });

  test('a column needs a name', () => {
    expect(() => text('SELECT 1 FOR JSON PATH')).toThrow(expect.objectContaining({ number: 13605 }));
  });
});

describe('FOR XML', () => {
  test.each([
    ['RAW', 'SELECT Id, Name FROM Customer ORDER BY Id FOR XML RAW', '<row Id="1" Name="Ada"/><row Id="2"/>'],
    [
      'RAW with elements and root',
      "SELECT Id FROM Customer WHERE Id = 1 FOR XML RAW('c'), ROOT('r'), ELEMENTS",
      '<r><c><Id>1</Id></c></r>',
    ],
    [
      'PATH',
      "SELECT Id AS [@id], Name AS [n/v], 'x<y' AS [n/w] FROM Customer WHERE Id = 1 FOR XML PATH('c')",
      '<c id="1"><n><v>Ada</v><w>x&lt;y</w></n></c>',
    ],
    ["PATH('') joins texts", "SELECT ',' + Name FROM Customer WHERE Id = 1 FOR XML PATH('')", ',Ada'],
    [
      'AUTO',
      'SELECT Customer.Id, Purchase.Id FROM Customer JOIN Purchase ON Purchase.CustomerId = Customer.Id WHERE Customer.Id = 1 ORDER BY Purchase.Id FOR XML AUTO',
      '<Customer Id="1"><Purchase Id="10"/><Purchase Id="11"/></Customer>',
    ],
    [
      'TYPE nests',
      "SELECT Id AS [@id], (SELECT p.Id AS [@id] FROM Purchase p WHERE p.CustomerId = c.Id ORDER BY p.Id FOR XML PATH('p'), TYPE) FROM Customer c WHERE Id = 2 FOR XML PATH('c')",
      '<c id="2"><p id="12"/></c>',
    ],
    ['names that XML does not allow', 'SELECT 1 AS [a b] FOR XML RAW', '<row a_x0020_b="1"/>'],
  ])('%s', (_name, sql, expected) => {
    expect(text(sql)).toBe(expected);
  });
});

describe('OPENJSON and other functions in FROM', () => {
  test.each([
    [
      'keys, values and types of an object',
      `SELECT * FROM OPENJSON('{"a":1,"b":"x","c":null,"d":[1],"e":true}')`,
      [
        ['a', '1', 2],
        ['b', 'x', 1],
        ['c', null, 0],
        ['d', '[1]', 4],
        ['e', 'true', 3],
      ],
    ],
    [
      'elements of an array at a path',
      `SELECT [key], value FROM OPENJSON('{"a":[5,6]}', '$.a')`,
      [
        ['0', '5'],
        ['1', '6'],
      ],
    ],
    [
      'WITH',
      `SELECT id, n, o FROM OPENJSON('[{"id":1,"x":{"n":"a"},"o":{"z":1}},{"id":2}]') WITH (id int, n nvarchar(5) '$.x.n', o nvarchar(max) AS JSON)`,
      [
        [1, 'a', '{"z":1}'],
        [2, null, null],
      ],
    ],
    [
      'a list of ids joined with a table',
      `SELECT c.Name FROM Customer c JOIN OPENJSON('[1, 7]') j ON j.value = c.Id`,
      [['Ada']],
    ],
    ['STRING_SPLIT', "SELECT value FROM STRING_SPLIT('a,b', ',')", [['a'], ['b']]],
    [
      'STRING_SPLIT with ordinals',
      "SELECT value, ordinal FROM STRING_SPLIT('a,b', ',', 1)",
      [
        ['a', 1n],
        ['b', 2n],
      ],
    ],
    ['GENERATE_SERIES', 'SELECT value FROM GENERATE_SERIES(1, 7, 3)', [[1], [4], [7]]],
    ['GENERATE_SERIES downwards', 'SELECT value FROM GENERATE_SERIES(3, 1)', [[3], [2], [1]]],
    [
      'applied to each row',
      "SELECT c.Id, s.value FROM Customer c CROSS APPLY STRING_SPLIT(CONCAT(c.Id, ',x'), ',') s ORDER BY c.Id, s.value",
      [
        [1, '1'],
        [1, 'x'],
        [2, '2'],
        [2, 'x'],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(new QueryFixture(shop).run(sql)).toEqual(expected);
  });
});

describe('xml methods', () => {
  const body = '<Sync><Type>Atom</Type><Id>12</Id><Tag>a</Tag><Tag>b</Tag></Sync>';
  const fixture = new QueryFixture().declare('@x', 'xml', body).declare('@t', 'nvarchar(10)', 'b');

  test.each([
    ['value', "SELECT @x.value('(/Sync/Id)[1]', 'bigint')", [[12n]]],
    ['value of nothing', "SELECT @x.value('(/Sync/No)[1]', 'int')", [[null]]],
    ['query', "SELECT @x.query('/Sync/Type')", [['<Type>Atom</Type>']]],
    ['exist', "SELECT @x.exist('/Sync/Tag'), @x.exist('/Sync/No')", [[1, 0]]],
    ['nodes', "SELECT t.c.value('.', 'nvarchar(10)') FROM @x.nodes('/Sync/Tag') AS t(c)", [['a'], ['b']]],
    [
      'nodes of nodes',
      "SELECT u.d.value('(text())[1]', 'varchar(5)') FROM @x.nodes('/Sync') t(c) CROSS APPLY t.c.nodes('Tag') u(d)",
      [['a'], ['b']],
    ],
    ['sql:variable', `SELECT @x.exist('/Sync/Tag[. = sql:variable("@t")]')`, [[1]]],
  ])('%s', (_name, sql, expected) => {
    expect(fixture.run(sql)).toEqual(expected);
  });
});
