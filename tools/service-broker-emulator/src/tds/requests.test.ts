import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBulkLoad } from './bulk-load.ts';
import { TdsProtocolError } from './errors.ts';
import { readRpcCalls, readSqlBatch, readTransactionRequest } from './requests.ts';

const headers = '16000000' + '12000000' + '0200' + '0000000000000000' + '01000000';
const hex = (...parts: readonly string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('hex');

const batch = hex(headers, utf16('SELECT 1'));
const twoCalls = hex(
  headers,
  // sp_execute by number, an int by position
  'ffff 0c00 0000 00 00 26 04 04 07000000',
  'ff',
  // a procedure by name, an output parameter by name
  '0500',
  utf16('dbo.p'),
  '0000',
  '02',
  utf16('@x'),
  '01 26 08 00',
);
// The sample of tds-server.md: one row (1, N'x') of the table type dbo.tt.
const tableValue = hex(
  headers,
  '0100',
  utf16('p'),
  '0000 00 00',
  'F3 00 03',
  utf16('dbo'),
  '02',
  utf16('tt'),
  '0200  00000000 0000 26 04 00  00000000 0000 E7 1400 0000000000 00  00  01 04 01000000 0200 7800  00',
);
const beginAgain = hex(headers, '0700 00 01 04 02', utf16('t'));
const bulk = hex(
  '81 0200',
  '00000000 0900 26 04 01',
  utf16('a'),
  // text with its table name as tedious writes it
  '00000000 0900 23 ffffff7f 0904d00034 0100',
  utf16('t'),
  '01',
  utf16('b'),
  'd1 04 05000000 10 00112233445566778899aabbccddeeff 0000000000000000 02000000 6869',
  'd2 03',
  'fd 0000 0000 0000000000000000',
);

test('reads the text of a batch after its headers', () => {
  expect(readSqlBatch(batch)).toBe('SELECT 1');
});

test('reads several calls of one message, by number and by name', () => {
  expect(readRpcCalls(twoCalls)).toEqual([
    {
      procedure: 'sp_execute',
      parameters: [{ name: '', output: false, useDefault: false, type: { name: 'int' }, value: 7 }],
    },
    {
      procedure: 'dbo.p',
      parameters: [{ name: '@x', output: true, useDefault: false, type: { name: 'bigint' }, value: null }],
    },
  ]);
});

test('reads a table-valued parameter', () => {
  const [call] = readRpcCalls(tableValue);
  expect(call?.parameters[0]?.table).toEqual({
    schema: 'dbo',
    typeName: 'tt',
    columns: [
      { name: '', type: { name: 'int' } },
      { name: '', type: { name: 'nvarchar', length: 10 } },
    ],
    rows: [[1, 'x']],
  });
});

test('reads a commit that begins the next transaction at once', () => {
  expect(readTransactionRequest(beginAgain)).toEqual({
    kind: 'commit',
    name: '',
    beginAgain: { isolation: 4, name: 't' },
  });
});

test('refuses distributed transactions and names of odd size by their own numbers', () => {
  expect(() => readTransactionRequest(hex(headers, '0100'))).toThrow(expect.objectContaining({ number: 3971 }));
  expect(() => readTransactionRequest(hex(headers, '0500 00 01 41'))).toThrow(
    expect.objectContaining({ number: 3976 }),
  );
});

test('reads a bulk load, with rows in both forms', () => {
  expect(readBulkLoad(bulk)).toMatchObject({
    columns: [
      { name: 'a', type: { name: 'int' } },
      { name: 'b', type: { name: 'text' } },
    ],
    rows: [
      [5, 'hi'],
      [null, null],
    ],
  });
});

test.each([
  ['batch', batch, readSqlBatch],
  ['calls', twoCalls, readRpcCalls],
  ['table-valued parameter', tableValue, readRpcCalls],
  ['transaction request', beginAgain, readTransactionRequest],
  ['bulk load', bulk, readBulkLoad],
] as const)('a %s cut off or changed anywhere is refused or read differently, never a crash', (_what, whole, read) => {
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
      (length, changes) => {
        const broken = Buffer.from(whole.subarray(0, length));
        for (const [place, byte] of changes) if (length > 0) broken[place % length] = byte;
        try {
          read(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(TdsProtocolError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
