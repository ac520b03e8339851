import { describe, expect, it } from 'vitest';
import { typeOfNotation } from '../../../test/support/type-notation.ts';
import { formatValue } from '../../../test/support/value-text.ts';
import { SqlError } from '../../errors.ts';
import { convertValue } from '../types/convert.ts';
import { defaultDateSettings } from '../types/date-settings.ts';
import { formatType } from '../types/format-type.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { intType, nullType, withLength } from '../types/type-info.ts';
import { findGlobalVariable, findScalarFunction, isDatePartFunction } from './find-function.ts';
import type { FunctionContext } from './function-context.ts';

/** A value with its type, or a literal: text is varchar, whole numbers are int. */
type Argument = string | number | null | { readonly value: SqlValue; readonly type: string };

const context: FunctionContext = {
  now: { utcTicks: 638_452_443_061_234_567n, offsetMinutes: 60 },
  databaseName: 'Hartonomous',
  userName: 'dbo',
  loginName: 'sa',
  originalLoginName: 'sa',
  applicationName: 'tests',
  hostName: 'host',
  sessionId: 51,
  rowCount: 3n,
  transactionCount: 1,
  transactionState: 1,
  currentTransactionId: 7n,
  caughtError: {
    number: 8134,
    severity: 16,
    state: 1,
    line: 4,
    procedure: null,
    message: 'Divide by zero error encountered.',
  },
  moduleId: 0,
  nestLevel: 0,
  lastErrorNumber: 0,
  fetchStatus: -1,
  cursorRows: 0,
  lockTimeoutMs: -1,
  setOptionBits: 5496,
  textSize: -1,
  serverName: 'emulator',
  versionText: 'Microsoft SQL Server',
  lastRowVersion: 2000n,
  scopeIdentity: 12n,
  lastIdentity: null,
  dateFirst: 7,
  dates: defaultDateSettings,
  defaultSchema: 'dbo',
  identityOf: (table) => (table === 'dbo.Atom' ? 12n : null),
  databaseIdOf: (name) => (name === 'Hartonomous' ? 5 : null),
  databaseNameOf: (id) => (id === 5 ? 'Hartonomous' : null),
  objectIdOf: (name, typeCode) => (name === 'dbo.Atom' && (typeCode ?? 'U') === 'U' ? 99 : null),
  objectOf: (id) => (id === 99 ? { name: 'Atom', schemaId: 1, schema: 'dbo' } : null),
  schemaIdOf: (name) => (name === 'dbo' ? 1 : null),
  schemaNameOf: (id) => (id === 1 ? 'dbo' : null),
  principalIdOf: () => 1,
  principalNameOf: () => 'dbo',
  loginIdOf: () => 1,
  loginNameOf: () => 'sa',
  loginNameOfSid: () => null,
  typeIdOf: (name) => (name === 'int' ? 56 : null),
  typeNameOf: (id) => (id === 56 ? 'int' : null),
  columnOf: (_, column) =>
    column === 'Name'
      ? { name: 'Name', type: withLength('nvarchar', 50), nullable: true, ordinal: 2, identity: false, computed: false }
      : null,
  serverProperty: (name) => (name === 'ProductVersion' ? '16.0.1000.6' : null),
  databaseProperty: () => 'ONLINE',
  objectProperty: () => 1,
  sessionContext: (key) => (key === 'tenant' ? 4 : null),
  contextInfo: () => null,
  isRoleMember: () => 1,
  isServerRoleMember: () => 1,
  columnsUpdated: () => null,
  triggerNestLevel: () => 0,
  definitionOf: () => null,
  transmissionStatus: () => null,
  hasPermission: () => 1,
  hasColumnPermission: () => 1,
};

function typeOf(argument: Argument): SqlType {
  if (argument === null) return nullType;
  if (typeof argument === 'number') return intType;
  return typeof argument === 'string' ? withLength('varchar', argument.length) : typeOfNotation(argument.type);
}

/** Calls as `SELECT name(args)` would, and gives type and value as text. */
function call(name: string, ...args: Argument[]): { type: string; value: string | null } {
  const found = findScalarFunction(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  const types = args.map(typeOf);
  const values = args.map((argument) =>
    typeof argument === 'object' && argument !== null ? argument.value : argument,
  );
  const type = found.resultType(types, values);
  const value = found.evaluate(values, types, context);
  return { type: formatType(type), value: value === null ? null : formatValue(value, type) };
}

const errorNumber = (action: () => unknown): number => {
  try {
    action();
  } catch (error) {
    if (error instanceof SqlError) return error.number;
    throw error;
  }
  return 0;
};

const typed = (value: SqlValue, type: string): Argument => ({ value, type });
const at = (text: string, type = 'datetime2(7)'): Argument =>
  typed(convertValue(text, typeOfNotation('varchar(40)'), typeOfNotation(type), { explicit: true }), type);
const dec = (unscaled: bigint, scale: number, precision = 10): Argument =>
  typed({ unscaled, scale }, `decimal(${precision},${scale})`);

describe('text', () => {
  it.each<[string, Argument[], string, string | null]>([
    ['LEN', ['abc  '], 'int', '3'],
    ['LEN', [typed('abc', 'varchar(max)')], 'bigint', '3'],
    ['DATALENGTH', [typed('abc', 'nvarchar(10)')], 'int', '6'],
    ['DATALENGTH', [dec(1n, 0, 20)], 'int', '13'],
    ['SUBSTRING', ['hello', 2, 3], 'varchar(3)', 'ell'],
    ['SUBSTRING', ['hello', -1, 4], 'varchar(4)', 'he'],
    ['LEFT', ['hello', 2], 'varchar(2)', 'he'],
    ['RIGHT', ['hello', 9], 'varchar(5)', 'hello'],
    ['UPPER', [typed('abc', 'nvarchar(5)')], 'nvarchar(5)', 'ABC'],
    ['TRIM', ['  a  '], 'varchar(5)', 'a'],
    ['RTRIM', ['xax', 'x'], 'varchar(3)', 'xa'],
    ['REPLACE', ['Hello hello', 'HELLO', 'x'], 'varchar(8000)', 'x x'],
    ['REPLACE', ['abc', '', 'x'], 'varchar(8000)', 'abc'],
    ['CHARINDEX', ['L', 'hello'], 'int', '3'],
    ['CHARINDEX', ['l', 'hello', 4], 'int', '4'],
    ['CHARINDEX', ['x', 'hello'], 'int', '0'],
    ['PATINDEX', ['%[0-9]%', 'abc123'], 'int', '4'],
    ['REPLICATE', ['ab', 3], 'varchar(6)', 'ababab'],
    ['REVERSE', ['abc'], 'varchar(3)', 'cba'],
    ['SPACE', [3], 'varchar(3)', '   '],
    ['STUFF', ['abcdef', 2, 3, 'XX'], 'varchar(8)', 'aXXef'],
    ['STUFF', ['abc', 5, 1, 'x'], 'varchar(4)', null],
    ['CONCAT', ['a', 1, null, 'b'], 'varchar(26)', 'a1b'],
    ['CONCAT_WS', [',', 'a', null, 'b'], 'varchar(17)', 'a,b'],
    ['QUOTENAME', ['a]b'], 'nvarchar(258)', '[a]]b]'],
    ['QUOTENAME', ["it's", "'"], 'nvarchar(258)', "'it''s'"],
    ['ASCII', ['A'], 'int', '65'],
    ['CHAR', [128], 'char(1)', '\u20AC'],
    ['NCHAR', [8364], 'nchar(1)', '\u20AC'],
    ['UNICODE', [typed('\u20AC', 'nvarchar(1)')], 'int', '8364'],
    ['TRANSLATE', ['2*[3+4]', '[]', '()'], 'varchar(7)', '2*(3+4)'],
    ['STRING_ESCAPE', ['a"/\n', 'json'], 'nvarchar(max)', 'a\\"\\/\\n'],
    ['STR', [typed(2.71549, 'float'), 6, 2], 'varchar(6)', '  2.72'],
    ['STR', [typed(12345, 'float'), 3], 'varchar(3)', '***'],
    ['SOUNDEX', ['Robert'], 'varchar(4)', 'R163'],
    ['DIFFERENCE', ['Smith', 'Smythe'], 'int', '4'],
    ['PARSENAME', ['srv.[my db].dbo.t', 3], 'nvarchar(128)', 'my db'],
  ])('%s(%o) is %s %s', (name, args, type, value) => {
    expect(call(name, ...args)).toEqual({ type, value });
  });

  const pairs = (text: string, collation: string) => ({
    value: text,
    type: withLength('nvarchar', 10, collation),
  });
  const plain = 'Latin1_General_100_CI_AS';
  it.each<[string, readonly (string | number)[], string | null, string | null]>([
    ['LEN', [], '2', '3'],
    ['LEFT', [1], '\u{1F600}', '\uD83D'],
    ['RIGHT', [2], '\u{1F600}b', '\uDE00b'],
    ['SUBSTRING', [2, 5], 'b', '\uDE00b'],
    ['STUFF', [2, 1, 'x'], '\u{1F600}x', '\uD83Dxb'],
    ['STUFF', [3, 1, 'x'], null, '\u{1F600}x'],
    ['REVERSE', [], 'b\u{1F600}', 'b\uDE00\uD83D'],
    ['UNICODE', [], '128512', '55357'],
    ['CHARINDEX', ['b'], '2', '3'],
    ['PATINDEX', ['%b%'], '2', '3'],
  ])('%s counts a pair as one character under _SC alone: %o', (name, rest, supplementary, others) => {
    for (const [collation, expected] of [
      [`${plain}_SC`, supplementary],
      ['Japanese_XJIS_140_CI_AS', supplementary],
      [plain, others],
    ] as const) {
      const text = pairs('\u{1F600}b', collation);
      const args = name.endsWith('INDEX') ? [...rest, text] : [text, ...rest];
      const found = findScalarFunction(name);
      const types = args.map((one) => (typeof one === 'object' ? one.type : typeOf(one)));
      const values = args.map((one) => (typeof one === 'object' ? one.value : one));
      expect(found?.evaluate(values, types, context)?.toString() ?? null, collation).toBe(expected);
      const type = found?.resultType(types, values);
      if (name === 'LEFT') expect(type?.length).toBe(collation === plain ? 1 : 2);
    }
  });

  it('refuses negative lengths and what is not text', () => {
    expect(errorNumber(() => call('LEFT', 'abc', -1))).toBe(537);
    expect(errorNumber(() => call('SUBSTRING', 'abc', 1, -1))).toBe(537);
    expect(errorNumber(() => call('UPPER', typed('<a/>', 'xml')))).toBe(8116);
  });

  it('hashes and compresses bytes', () => {
    const hash = findScalarFunction('HASHBYTES')?.evaluate(
      ['SHA2_256', 'abc'],
      [withLength('varchar', 8), withLength('varchar', 3)],
      context,
    );
    expect(Buffer.from(hash as Uint8Array).toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    const text = withLength('varchar', 100);
    const packed = findScalarFunction('COMPRESS')?.evaluate(['hello'], [text], context) ?? null;
    const unpacked = findScalarFunction('DECOMPRESS')?.evaluate(
      [packed],
      [{ name: 'varbinary', length: 'max' }],
      context,
    );
    expect(Buffer.from(unpacked as Uint8Array).toString()).toBe('hello');
    expect(call('CHECKSUM', 'ABC')).toEqual(call('CHECKSUM', 'abc  '));
    expect(call('BINARY_CHECKSUM', 5)).toEqual({ type: 'int', value: '5' });
  });
});

describe('numbers', () => {
  it.each<[string, Argument[], string, string | null]>([
    ['ABS', [-5], 'int', '5'],
    ['ABS', [dec(-15n, 1)], 'decimal(10,1)', '1.5'],
    ['CEILING', [dec(-15n, 1)], 'numeric(10,0)', '-1'],
    ['FLOOR', [dec(-15n, 1)], 'numeric(10,0)', '-2'],
    ['SIGN', [-3], 'int', '-1'],
    ['ROUND', [dec(15_075n, 2), 1], 'decimal(10,2)', '150.80'],
    ['ROUND', [dec(15_075n, 2), -1], 'decimal(10,2)', '150.00'],
    ['ROUND', [dec(15_079n, 2), 1, 1], 'decimal(10,2)', '150.70'],
    ['ROUND', [748, -3], 'int', '1000'],
    ['POWER', [2, 10], 'int', '1024'],
    ['POWER', [2, -1], 'int', '0'],
    ['SQRT', [16], 'float', '4'],
    ['LOG', [8, 2], 'float', '3'],
    ['SQUARE', [3], 'float', '9'],
    ['ISNUMERIC', ['$1,2'], 'int', '1'],
    ['ISNUMERIC', ['1e5'], 'int', '1'],
    ['ISNUMERIC', ['abc'], 'int', '0'],
    ['FORMAT', [1_234_567, 'N0'], 'nvarchar(4000)', '1,234,567'],
    ['FORMAT', [dec(-123_456n, 2), 'C'], 'nvarchar(4000)', '($1,234.56)'],
    ['FORMAT', [dec(1_234_567n, 2), '#,##0.00'], 'nvarchar(4000)', '12,345.67'],
    ['FORMAT', [5, '000'], 'nvarchar(4000)', '005'],
    ['FORMAT', [typed(0.256, 'float'), 'P1'], 'nvarchar(4000)', '25.6%'],
    ['FORMAT', [123_456_789, '###-##-####'], 'nvarchar(4000)', '123-45-6789'],
  ])('%s(%o) is %s %s', (name, args, type, value) => {
    expect(call(name, ...args)).toEqual({ type, value });
  });

  it('refuses what is outside of a domain', () => {
    expect(errorNumber(() => call('SQRT', -1))).toBe(3623);
    expect(errorNumber(() => call('LOG', 0))).toBe(3623);
    expect(errorNumber(() => call('POWER', 10, 20))).toBe(8115);
  });
});

describe('dates', () => {
  it.each<[string, Argument[], string | null]>([
    ['DATEADD', ['month', 1, at('2024-01-31')], '2024-02-29 00:00:00.0000000'],
    ['DATEADD', ['year', -1, at('2024-02-29')], '2023-02-28 00:00:00.0000000'],
    ['DATEADD', ['hh', 25, at('2024-01-31', 'smalldatetime')], 'Feb  1 2024  1:00AM'],
    ['DATEADD', ['mcs', 1, at('2024-01-31')], '2024-01-31 00:00:00.0000010'],
    ['DATEDIFF', ['day', '2024-01-01', '2024-03-01'], '60'],
    ['DATEDIFF', ['year', '2023-12-31', '2024-01-01'], '1'],
    ['DATEDIFF', ['week', '2024-01-06', '2024-01-07'], '1'],
    ['DATEDIFF', ['hour', at('2024-01-01 23:59'), at('2024-01-02 00:00')], '1'],
    ['DATEDIFF_BIG', ['ns', at('2024-01-01'), at('2024-01-02')], '86400000000000'],
    ['DATEPART', ['week', '2024-01-07'], '2'],
    ['DATEPART', ['weekday', '2024-01-07'], '1'],
    ['DATEPART', ['iso_week', '2024-12-30'], '1'],
    ['DATEPART', ['ns', at('2024-01-01 00:00:00.1234567')], '123456700'],
    ['DATENAME', ['weekday', '2024-02-29'], 'Thursday'],
    ['DATENAME', ['month', '2024-02-29'], 'February'],
    ['DATETRUNC', ['hour', at('2024-02-29 13:45:01')], '2024-02-29 13:00:00.0000000'],
    ['YEAR', ['2024-02-29'], '2024'],
    ['EOMONTH', ['2024-02-10', 1], '2024-03-31'],
    ['DATEFROMPARTS', [2024, 2, 29], '2024-02-29'],
    ['DATETIME2FROMPARTS', [2024, 2, 29, 1, 2, 3, 45, 2], '2024-02-29 01:02:03.45'],
    ['ISDATE', ['2024-02-29'], '1'],
    ['ISDATE', ['2024-02-30'], '0'],
    ['SWITCHOFFSET', [at('2024-01-01 12:00 +00:00', 'datetimeoffset(0)'), '+05:30'], '2024-01-01 17:30:00 +05:30'],
    ['TODATETIMEOFFSET', [at('2024-01-01 12:00', 'datetime2(0)'), -60], '2024-01-01 12:00:00 -01:00'],
    ['FORMAT', [at('2024-03-05 14:05:06'), 'yyyy-MM-dd HH:mm:ss tt'], '2024-03-05 14:05:06 PM'],
    ['FORMAT', [at('2024-03-05 14:05:06'), 'D'], 'Tuesday, March 5, 2024'],
  ])('%s(%o) is %s', (name, args, value) => {
    expect(call(name, ...args).value).toBe(value);
  });

  it('reads the clock once per statement', () => {
    expect(call('GETDATE').type).toBe('datetime');
    expect(call('SYSUTCDATETIME').value).toBe('2024-03-05 14:05:06.1234567');
    expect(call('SYSDATETIMEOFFSET').value).toBe('2024-03-05 15:05:06.1234567 +01:00');
  });

  it('refuses unknown parts, missing dates and overflow', () => {
    expect(isDatePartFunction('dateadd')).toBe(true);
    expect(errorNumber(() => call('DATEPART', 'fortnight', '2024-01-01'))).toBe(155);
    expect(errorNumber(() => call('DATEFROMPARTS', 2024, 2, 30))).toBe(289);
    expect(errorNumber(() => call('DATEADD', 'year', 9000, at('2024-01-01')))).toBe(517);
    expect(errorNumber(() => call('DATEDIFF', 'ms', '1900-01-01', '2024-01-01'))).toBe(535);
    expect(errorNumber(() => call('DATEPART', 'hour', at('2024-01-01', 'date')))).toBe(9810);
  });
});

describe('NULL handling', () => {
  it('ISNULL has the type of its first argument, COALESCE the common one', () => {
    expect(call('ISNULL', typed(null, 'varchar(3)'), 'abcdef')).toEqual({ type: 'varchar(3)', value: 'abc' });
    expect(call('ISNULL', null, 'abc')).toEqual({ type: 'varchar(3)', value: 'abc' });
    expect(call('COALESCE', null, 1, dec(25n, 1))).toEqual({ type: 'decimal(11,1)', value: '1.0' });
    expect(call('NULLIF', 1, 1).value).toBeNull();
    expect(call('CHOOSE', 2, 'a', 'bc')).toEqual({ type: 'varchar(2)', value: 'bc' });
    expect(errorNumber(() => call('COALESCE', null, null))).toBe(4127);
  });
});

describe('JSON', () => {
  const json = '{"a":{"b":[1, "x"]},"n":null,"t":true,"s":"q\\"u\\u00e9"}';
  it.each<[string, Argument[], string | null]>([
    ['JSON_VALUE', [json, '$.a.b[1]'], 'x'],
    ['JSON_VALUE', [json, '$.s'], 'q"u\u00E9'],
    ['JSON_VALUE', [json, '$.a'], null],
    ['JSON_VALUE', [json, '$.n'], null],
    ['JSON_VALUE', [json, '$.t'], 'true'],
    ['JSON_QUERY', [json, '$.a'], '{"b":[1, "x"]}'],
    ['JSON_QUERY', [json, '$.s'], null],
    ['ISJSON', [json], '1'],
    ['ISJSON', ['"x"'], '0'],
    ['ISJSON', ['{a:1}'], '0'],
    ['JSON_PATH_EXISTS', [json, '$.n'], '1'],
    ['JSON_MODIFY', ['{"a":1,"b":2}', '$.a', null], '{"b":2}'],
    ['JSON_MODIFY', ['{"a":1,"b":2}', '$.b', null], '{"a":1}'],
    ['JSON_MODIFY', ['{"a":1}', '$.b', 'x'], '{"a":1,"b":"x"}'],
    ['JSON_MODIFY', ['{"a":1}', '$.a', 5], '{"a":5}'],
    ['JSON_MODIFY', ['{"a":[1]}', 'append $.a', 'z'], '{"a":[1,"z"]}'],
  ])('%s(%o) is %s', (name, args, value) => {
    expect(call(name, ...args).value).toBe(value);
  });

  it('reports bad text, bad paths and, in strict mode, what is missing', () => {
    expect(() => call('JSON_VALUE', '{a}', '$.a')).toThrow(
      "JSON text is not properly formatted. Unexpected character 'a' is found at position 1.",
    );
    expect(errorNumber(() => call('JSON_VALUE', '{}', 'a.b'))).toBe(13607);
    expect(errorNumber(() => call('JSON_VALUE', '{}', 'strict $.a'))).toBe(13608);
    expect(errorNumber(() => call('JSON_VALUE', '{"a":[]}', 'strict $.a'))).toBe(13623);
    expect(errorNumber(() => call('JSON_QUERY', '{"a":1}', 'strict $.a'))).toBe(13624);
  });
});

describe('session and catalog', () => {
  it.each<[string, Argument[], string | null]>([
    ['DB_NAME', [], 'Hartonomous'],
    ['DB_ID', ['Hartonomous'], '5'],
    ['OBJECT_ID', ['dbo.Atom'], '99'],
    ['OBJECT_ID', ['dbo.Atom', 'P'], null],
    ['OBJECT_NAME', [99], 'Atom'],
    ['OBJECT_SCHEMA_NAME', [99], 'dbo'],
    ['SCHEMA_NAME', [], 'dbo'],
    ['SCOPE_IDENTITY', [], '12'],
    ['IDENT_CURRENT', ['dbo.Atom'], '12'],
    ['SERVERPROPERTY', ['ProductVersion'], '16.0.1000.6'],
    ['SESSION_CONTEXT', ['tenant'], '4'],
    ['ERROR_NUMBER', [], '8134'],
    ['ERROR_MESSAGE', [], 'Divide by zero error encountered.'],
    ['XACT_STATE', [], '1'],
    ['SUSER_SNAME', [], 'sa'],
    ['COL_LENGTH', ['dbo.Atom', 'Name'], '100'],
    ['TYPE_NAME', [56], 'int'],
    ['SQL_VARIANT_PROPERTY', [1, 'BaseType'], 'int'],
  ])('%s(%o) is %s', (name, args, value) => {
    expect(call(name, ...args).value).toBe(value);
  });

  it('makes new ids', () => {
    expect(call('NEWID').value).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(call('NEWID').value).not.toBe(call('NEWID').value);
  });

  it('knows the global variables', () => {
    expect(findGlobalVariable('@@rowcount')?.evaluate(context)).toBe(3);
    expect(findGlobalVariable('@@TRANCOUNT')?.evaluate(context)).toBe(1);
    expect(findGlobalVariable('@@IDENTITY')?.evaluate(context)).toBeNull();
    expect(findGlobalVariable('@@NONSENSE')).toBeUndefined();
    expect(findScalarFunction('getdate')?.name).toBe('GETDATE');
    expect(findScalarFunction('NO_SUCH')).toBeUndefined();
  });
});
