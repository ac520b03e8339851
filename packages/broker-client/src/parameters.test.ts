import mssql from 'mssql';
import { expect, test } from 'vitest';
import { bindParameters, type SqlValue, sqlParameter } from './parameters.ts';

function bound(value: SqlValue) {
  const request = new mssql.Request();
  bindParameters(request, { P: value });
  return request.parameters.P!;
}

test.each<[string, SqlValue, unknown, unknown]>([
  ['text', 'x', mssql.NVarChar, 'x'],
  ['an int', 5, mssql.Int, 5],
  ['a large integer', 3_000_000_000, mssql.BigInt, '3000000000'],
  ['a fraction', 1.5, mssql.Float, 1.5],
  ['a bigint', 9007199254740993n, mssql.BigInt, '9007199254740993'],
  ['a boolean', true, mssql.Bit, true],
  ['bytes', new Uint8Array([1, 2]), mssql.VarBinary, Buffer.from([1, 2])],
  ['null', null, mssql.NVarChar, null],
  ['a typed null', sqlParameter.varbinary(null), mssql.VarBinary, null],
])('%s gets the type that fits', (_, value, type, expected) => {
  expect(bound(value)).toMatchObject({ type, value: expected });
});

test('the declared length does not depend on the text, so that SQL Server keeps one plan', () => {
  expect(bound('a').length).toBe(bound('a longer text').length);
  expect(bound('x'.repeat(4_001)).length).toBe(mssql.MAX);
});

test('rows become a table-valued parameter, bigint cells as text', () => {
  const parameter = sqlParameter.table(
    'dbo.IdList',
    [
      { name: 'Id', type: mssql.BigInt, nullable: false },
      { name: 'Name', type: mssql.NVarChar(20) },
    ],
    [
      [9007199254740993n, 'a'],
      [2, null],
    ],
  );
  expect(bound(parameter).type).toBe(mssql.TVP);
  expect([...parameter.table.rows]).toEqual([
    ['9007199254740993', 'a'],
    [2, null],
  ]);
});
