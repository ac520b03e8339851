import { expect, test } from 'vitest';
import { AuthenticationUnavailableError, IntegratedSecurityUnavailableError } from './errors.ts';
import { type MssqlOptionsContext, toMssqlOptions } from './mssql-options.ts';
import { parseSqlConnectionString } from './sql-connection-string.ts';

const map = (text: string, context?: MssqlOptionsContext) => toMssqlOptions(parseSqlConnectionString(text), context);

test('a SQL login maps to tedious with nothing lost on the way', () => {
  const text =
    'Server=tcp:db\\INST,1500;Database=H;UID=app;PWD=secret;Encrypt=Strict;Application Name=worker;' +
    'ApplicationIntent=ReadOnly;Connect Timeout=5;Command Timeout=60;Max Pool Size=7;Host Name In Certificate=db.example';
  expect(map(text)).toEqual({
    driver: 'tedious',
    server: 'db',
    port: 1500,
    database: 'H',
    user: 'app',
    password: 'secret',
    connectionTimeout: 5_000,
    requestTimeout: 60_000,
    pool: { max: 7, min: 0 },
    options: {
      encrypt: 'strict',
      trustServerCertificate: false,
      appName: 'worker',
      serverName: 'db.example',
      readOnlyIntent: true,
      multiSubnetFailover: false,
    },
  });
});

test('a named instance without a port is left to SQL Browser', () => {
  expect(map('Server=db\\INST;UID=a;PWD=b')).toMatchObject({ server: 'db', options: { instanceName: 'INST' } });
  expect(map('Server=db\\INST;UID=a;PWD=b')).not.toHaveProperty('port');
});

test.each([
  ['Encrypt=Mandatory;TrustServerCertificate=True', { encrypt: true, trustServerCertificate: true }],
  ['Encrypt=Optional', { encrypt: false, trustServerCertificate: false }],
  ['Encrypt=Strict;TrustServerCertificate=True', { encrypt: 'strict', trustServerCertificate: false }],
])('%s', (text, expected) => {
  expect(map(`Server=db;UID=a;PWD=b;${text}`)).toMatchObject({ options: expected });
});

test('a timeout of 0 is not a limit', () => {
  const options = map('Server=db;UID=a;PWD=b;Connect Timeout=0;Command Timeout=0');
  expect(options).toMatchObject({ connectionTimeout: 2_147_483_647, requestTimeout: 0 });
});

test('Integrated Security without its driver says what to do', () => {
  const attempt = () => map('Server=db;Integrated Security=True');
  expect(attempt).toThrow(IntegratedSecurityUnavailableError);
  expect(attempt).toThrow(/npm install msnodesqlv8.*User Id=/);
});

test('Integrated Security with its driver is an ODBC connection string', () => {
  const text =
    'Server=db,1433;Database=My Db;Integrated Security=SSPI;TrustServerCertificate=True;Application Name=a}b';
  expect(map(text, { hasOdbcDriver: true })).toMatchObject({
    driver: 'msnodesqlv8',
    connectionString:
      'Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Database={My Db};Trusted_Connection=yes;Encrypt=yes;' +
      'TrustServerCertificate=yes;APP={a}}b}',
  });
});

test('Microsoft Entra needs a credential, and uses the one that is given', () => {
  const text = 'Server=db;Authentication=Active Directory Managed Identity';
  expect(() => map(text)).toThrow(AuthenticationUnavailableError);
  const credential = { getToken: async () => null };
  expect(map(text, { credential })).toMatchObject({
    authentication: { type: 'token-credential', options: { credential } },
  });
});
