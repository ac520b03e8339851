import { describe, expect, test } from 'vitest';
import { checkDefinition, computedDefinition, defaultDefinition, filterDefinition } from './definition-text.ts';

describe('CHECK constraints, as the sample databases of Microsoft write them and show them', () => {
  test.each([
    ["UPPER([Gender]) IN ('M', 'F')", "(upper([Gender])='F' OR upper([Gender])='M')"],
    ['[EndDate] >= [StartDate] OR EndDate IS NULL', '([EndDate]>=[StartDate] OR [EndDate] IS NULL)'],
    [
      "BirthDate BETWEEN '1930-01-01' AND DATEADD(YEAR, -18, GETDATE())",
      "([BirthDate]>='1930-01-01' AND [BirthDate]<=dateadd(year,(-18),getdate()))",
    ],
    ['[VacationHours] BETWEEN -40 AND 240', '([VacationHours]>=(-40) AND [VacationHours]<=(240))'],
    [
      "[PersonType] IS NULL OR UPPER([PersonType]) IN ('SC', 'VC')",
      "([PersonType] IS NULL OR (upper([PersonType])='VC' OR upper([PersonType])='SC'))",
    ],
    [
      "UPPER([ProductLine]) IN ('S', 'T') OR [ProductLine] IS NULL",
      "(upper([ProductLine])='T' OR upper([ProductLine])='S' OR [ProductLine] IS NULL)",
    ],
    ['"age" > 18 AND (a = 1 OR b != 2)', '([age]>(18) AND ([a]=(1) OR [b]<>(2)))'],
    ["NOT (Name LIKE '[a-z]%')", "(NOT [Name] like '[a-z]%')"],
    ["name NOT LIKE N'%''%' AND LEN(name) > 0.50", "(NOT [name] like N'%''%' AND len([name])>(0.50))"],
  ])('%s', (written, shown) => {
    expect(checkDefinition(written)).toBe(shown);
    expect(checkDefinition(shown)).toBe(shown);
  });

  test.each(['a NOT IN (1, 2)', 'a NOT BETWEEN 1 AND 2', "a COLLATE Latin1_General_BIN = 'x'"])(
    '%s stays, as what a server makes of it is not known',
    (written) => expect(checkDefinition(written)).toBe(`(${written})`),
  );
});

describe('computed columns', () => {
  test.each([
    ['ISNULL(SubTotal + TaxAmt + Freight, 0)', '(isnull(([SubTotal]+[TaxAmt])+[Freight],(0)))'],
    [
      'isnull([UnitPrice] * (1.0 - [UnitPriceDiscount]) * [OrderQty], 0.0)',
      '(isnull(([UnitPrice]*((1.0)-[UnitPriceDiscount]))*[OrderQty],(0.0)))',
    ],
    [
      "ISNULL(N'SO' + CONVERT(nvarchar(23), [SalesOrderID]), N'*')",
      "(isnull(N'SO'+CONVERT([nvarchar](23),[SalesOrderID]),N'*'))",
    ],
    [
      'CASE WHEN [Done] IS NULL THEN CONVERT(bit, 0) ELSE CAST(1 AS bit) END',
      '(case when [Done] IS NULL then CONVERT([bit],(0)) else CONVERT([bit],(1)) end)',
    ],
    ['CONCAT("firstName", N\' \', lastName)', "(concat([firstName],N' ',[lastName]))"],
    ['YEAR(Made) * 100', '(datepart(year,[Made])*(100))'],
    ['DATEDIFF(dd, a, b)', '(datediff(day,[a],[b]))'],
    ['dbo.Twice(a)', '([dbo].[Twice]([a]))'],
    ['(a - b) % 2', '(([a]-[b])%(2))'],
    ['CAST(a AS varchar)', '(CAST(a AS varchar))'],
  ])('%s', (written, shown) => expect(computedDefinition(written)).toBe(shown));
});

test.each([
  ['0', '((0))'],
  ['-1', '((-1))'],
  ['((1.50))', '((1.50))'],
  ['1e3', '((1e3))'],
  ["N'it''s'", "(N'it''s')"],
  ['NULL', '(NULL)'],
  ['GETDATE()', '(getdate())'],
  ['CURRENT_TIMESTAMP', '(getdate())'],
  ['DATEADD(day, 1, SYSUTCDATETIME())', '(dateadd(day,(1),sysutcdatetime()))'],
  ["CONVERT(datetime2(3), '2024-01-01')", "(CONVERT([datetime2](3),'2024-01-01'))"],
  ['next value for dbo.Counter', '(NEXT VALUE FOR [dbo].[Counter])'],
  ['$1', '($1)'],
])('the default %s', (written, shown) => expect(defaultDefinition(written)).toBe(shown));

test.each([
  ["Status = 'open' AND Deleted IS NULL", "([Status]='open' AND [Deleted] IS NULL)"],
  ['a in (1, 2)', '(a in (1, 2))'],
])('the filter %s', (written, shown) => expect(filterDefinition(written)).toBe(shown));
