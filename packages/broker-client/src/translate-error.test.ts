import mssql from 'mssql';
import { expect, test } from 'vitest';
import { BrokerUnavailableError } from './errors.ts';
import { type ErrorContext, translateError } from './translate-error.ts';

const receiving: ErrorContext = { operation: 'receiving from dbo.Q', queue: 'dbo.Q' };
const connecting: ErrorContext = { operation: 'connecting', server: 'db:1433' };

function sqlError(number: number): Error {
  return new mssql.RequestError(
    Object.assign(new Error(`text of ${number}`), { info: { number, procName: 'p', lineNumber: 3 } }),
  );
}

test.each([
  [1205, 'SQL_TRANSIENT', true],
  [1222, 'SQL_TRANSIENT', true],
  [9617, 'QUEUE_DISABLED', true],
  [208, 'QUEUE_NOT_FOUND', false],
  [229, 'PERMISSION_DENIED', false],
  [8426, 'CONVERSATION_ENDED', false],
  [8429, 'CONVERSATION_ENDED', false],
  [8425, 'BROKER_OBJECT_INVALID', false],
  [1105, 'SQL_STORAGE_FULL', true],
  [9002, 'SQL_STORAGE_FULL', true],
  [18456, 'BROKER_LOGIN_FAILED', false],
  [4060, 'DATABASE_UNAVAILABLE', true],
  [3906, 'DATABASE_UNAVAILABLE', true],
  [50000, 'SQL_STATEMENT_FAILED', false],
])('error %i while receiving is %s', (number, code, retryable) => {
  const cause = sqlError(number);
  expect(translateError(cause, receiving)).toMatchObject({ code, retryable, number, cause });
});

test('a database that can only be read says where to connect to', () => {
  expect(translateError(sqlError(3906), receiving).message).toContain('ApplicationIntent=ReadWrite');
});

test('208 that is not about a queue is a failed statement, with procedure and line', () => {
  const error = translateError(sqlError(208), { operation: 'running a query' });
  expect(error).toMatchObject({ code: 'SQL_STATEMENT_FAILED', number: 208, procedure: 'p', line: 3 });
});

test('a disabled queue names the queue and the statement that enables it', () => {
  expect(translateError(sqlError(9617), receiving).message).toContain('ALTER QUEUE dbo.Q WITH STATUS = ON');
});

test.each([
  ['ELOGIN', 'BROKER_LOGIN_FAILED'],
  ['ESOCKET', 'BROKER_UNAVAILABLE'],
  ['ETIMEOUT', 'BROKER_UNAVAILABLE'],
  ['EENCRYPT', 'BROKER_TLS_FAILED'],
])('a connection error %s is %s', (code, expected) => {
  const error = new mssql.ConnectionError(Object.assign(new Error('failed'), { code }));
  expect(translateError(error, connecting)).toMatchObject({ code: expected });
});

test.each([
  ['IM002', '[Microsoft][ODBC Driver Manager] Data source name not found and no default driver specified'],
  ['01000', "[unixODBC][Driver Manager]Can't open lib 'ODBC Driver 18 for SQL Server' : file not found"],
])(
  'a machine without the ODBC driver (SQLSTATE %s) is reported as that, not as an unavailable SQL Server',
  (sqlState, text) => {
    const error = new mssql.ConnectionError(Object.assign(new Error(text), { sqlState, code: 0 }));
    expect(translateError(error, connecting)).toMatchObject({
      code: 'ODBC_DRIVER_MISSING',
      missing: 'ODBC Driver 18 for SQL Server',
      message: expect.stringContaining('db:1433'),
    });
  },
);

test('a refused login by msnodesqlv8 has its number in the code', () => {
  const error = Object.assign(new mssql.ConnectionError('refused'), { code: 18456 });
  expect(translateError(error, connecting)).toMatchObject({ code: 'BROKER_LOGIN_FAILED', number: 18456 });
});

test('a certificate that is not trusted is found behind the socket error', () => {
  const certificate = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  const socket = Object.assign(new Error('Failed to connect', { cause: certificate }), { code: 'ESOCKET' });
  const error = translateError(new mssql.ConnectionError(socket), connecting);
  expect(error).toMatchObject({ code: 'BROKER_TLS_FAILED' });
  expect(error.message).toContain('TrustServerCertificate=True');
});

test('a request that got no answer is a time-out, one on a lost connection is an outage', () => {
  const timeout = new mssql.RequestError(Object.assign(new Error('late'), { code: 'ETIMEOUT' }));
  expect(translateError(timeout, receiving)).toMatchObject({ code: 'BROKER_TIMEOUT', retryable: true });
  const lost = new mssql.RequestError(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  expect(translateError(lost, receiving)).toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
});

/** As mssql gives the errors of a batch: the last one, with those before it. */
function batchError(...errors: readonly (readonly [number: number, severity: number | undefined])[]): Error {
  const list = errors.map(([number, severity]) => Object.assign(sqlError(number), { class: severity }));
  const last = list.pop() ?? new Error('no error');
  return Object.assign(last, { precedingErrors: list });
}

test.each<[string, Error, number, string]>([
  ['the cause, not what follows from it', batchError([229, 14], [8418, 16]), 229, 'PERMISSION_DENIED'],
  ['the cause of three', batchError([1785, 16], [1750, 16], [3930, 16]), 1785, 'SQL_STATEMENT_FAILED'],
  ['the first that is not information', batchError([3621, 0], [50001, 10], [9617, 16]), 9617, 'QUEUE_DISABLED'],
  ['the last where none is an error', batchError([50001, 0], [50002, 10]), 50002, 'SQL_STATEMENT_FAILED'],
  ['one without a severity (msnodesqlv8)', batchError([1205, undefined], [3998, 16]), 1205, 'SQL_TRANSIENT'],
])('of several errors of a batch, %s', (_, cause, number, code) => {
  const error = translateError(cause, receiving);
  expect(error).toMatchObject({ number, code, cause });
  expect(error.message).toContain(`text of ${number}`);
});

test('a time-out or a lost connection after an error is what ended the batch', () => {
  const lost = new mssql.RequestError(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  const error = translateError(Object.assign(lost, { precedingErrors: [sqlError(547)] }), receiving);
  expect(error).toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
});

test('an error of this package passes unchanged', () => {
  const error = new BrokerUnavailableError('gone');
  expect(translateError(error, receiving)).toBe(error);
});
