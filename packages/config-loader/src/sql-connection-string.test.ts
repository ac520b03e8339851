import { expectLinear } from '@hartonomous/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatConnectionStringPairs } from './connection-string-grammar.ts';
import { ConnectionStringError } from './errors.ts';
import { sqlKeywords } from './sql-connection-keywords.ts';
import { parseSqlConnectionString } from './sql-connection-string.ts';

const login = 'User Id=app;Password=hunter22';
const parse = (text: string) => parseSqlConnectionString(`Server=db;${login};${text}`);

test("the runbook's development string is Windows authentication with SqlClient's defaults", () => {
  const text = 'Server=localhost;Database=Hartonomous;Integrated Security=True;TrustServerCertificate=True;';
  expect(parseSqlConnectionString(text)).toEqual({
    server: { host: 'localhost' },
    database: 'Hartonomous',
    login: { kind: 'integrated' },
    encrypt: 'mandatory',
    trustServerCertificate: true,
    multiSubnetFailover: false,
    readOnlyIntent: false,
    connectTimeoutSeconds: 15,
    commandTimeoutSeconds: 30,
  });
});

test("the runbook's production string has a user and a hidden password", () => {
  const settings = parseSqlConnectionString(
    'Server=HART-DESKTOP;User Id=HartonomousApp;Password="a;b=""c""";Encrypt=True;TrustServerCertificate=False;',
  );
  expect(settings.login).toMatchObject({ kind: 'sql', user: 'HartonomousApp' });
  expect(settings.login.kind === 'sql' && settings.login.password.reveal()).toBe('a;b="c"');
  expect(JSON.stringify(settings)).not.toContain('a;b');
});

test.each([
  ['db', { host: 'db' }],
  ['.', { host: 'localhost' }],
  ['(local)', { host: 'localhost' }],
  ['tcp:db.example,1433', { host: 'db.example', port: 1433 }],
  ['TCP: db , 1433', { host: 'db', port: 1433 }],
  ['.\\SQLEXPRESS', { host: 'localhost', instance: 'SQLEXPRESS' }],
  ['db\\INST', { host: 'db', instance: 'INST' }],
  ['db\\INST,1500', { host: 'db', port: 1500 }],
  ['10.0.0.1,1433', { host: '10.0.0.1', port: 1433 }],
  ['[::1],1433', { host: '::1', port: 1433 }],
  ['::1', { host: '::1' }],
  ['fe80::1%eth0', { host: 'fe80::1%eth0' }],
  ['datenbank-münchen.example', { host: 'datenbank-münchen.example' }],
  ['my_server,1433', { host: 'my_server', port: 1433 }],
  ['db\\SQL$2022', { host: 'db', instance: 'SQL$2022' }],
])('Server=%s', (server, expected) => {
  expect(parseSqlConnectionString(`Server=${server};${login}`).server).toEqual(expected);
});

test.each([
  ['np:\\\\.\\pipe\\sql', 'only TCP is'],
  ['(localdb)\\MSSQLLocalDB', '(localdb)'],
  ['db\\MSSQLSERVER', 'default instance'],
  ['db,0', 'from 1 to 65535'],
  ['db,70000', 'from 1 to 65535'],
  ['db,abc', 'from 1 to 65535'],
  [',1433', 'no host name'],
  ['db\\', 'no instance name'],
  ['127.0.0.1:21533', 'a ":", which SQL Server writes as a "," before the port'],
  ['[::1]:1433', 'a ":", which SQL Server writes as a "," before the port'],
  ['localhost/SQLEXPRESS', 'a "/" in its host name'],
  ['jdbc:sqlserver://db:1433', 'the "://" of a URL'],
  ['jdbc:sqlserver:db', 'a ":" in its host name'],
  ['sa@db', 'a "@" in its host name'],
  ['my server', 'a blank in its host name'],
  ['db\\SQL EXPRESS', 'a sign in its name that none can have'],
  ['db\\INST:1433', 'a sign in its name that none can have'],
])('Server=%s is refused', (server, message) => {
  expect(() => parseSqlConnectionString(`Server=${server};${login}`)).toThrow(message);
});

test.each([
  ['Encrypt=true', 'mandatory'],
  ['Encrypt=Yes', 'mandatory'],
  ['encrypt=MANDATORY', 'mandatory'],
  ['Encrypt=false', 'optional'],
  ['Encrypt=no', 'optional'],
  ['Encrypt=Optional', 'optional'],
  ['Encrypt=Strict', 'strict'],
  ['Encrypt=', 'mandatory'],
])('%s is %s', (text, expected) => {
  expect(parse(text).encrypt).toBe(expected);
});

test('the last of several wins, synonyms included, and an empty value means the default', () => {
  expect(parse('Server=first;Data Source=second').server).toEqual({ host: 'second' });
  expect(parse('Database=a;Initial Catalog=b').database).toBe('b');
  expect(parse('Database=a;Initial Catalog=').database).toBeUndefined();
  expect(parse('Connect Timeout=5;Timeout=7').connectTimeoutSeconds).toBe(7);
});

test.each([
  ['Encrypt=maybe', '"Encrypt" must be Mandatory (True), Optional (False) or Strict'],
  ['TrustServerCertificate=maybe', '"TrustServerCertificate" must be True or False'],
  ['Connect Timeout=-1', '"Connect Timeout" must be a whole number from 0'],
  ['Connect Timeout=fast', '"Connect Timeout" must be a whole number'],
  ['ApplicationIntent=Read', '"ApplicationIntent" must be ReadWrite or ReadOnly'],
  ['Min Pool Size=10;Max Pool Size=5', '"Min Pool Size" is larger than Max Pool Size'],
  ['Integrated Security=True;Authentication=Active Directory Default', "can't be combined"],
  ['Authentication=Kerberos', 'not a known method'],
  ['Authentication=Active Directory Managed Identity', '"Password" must not be given'],
  [
    'Encypt=True',
    'what stands at position 41 before the "=" is not a keyword of SQL Server connection strings; did you mean "Encrypt"?',
  ],
  ['TrustedConnection=True', 'did you mean "Trusted_Connection"?'],
  ['Sslmode=Require', 'is not a keyword of SQL Server connection strings; a value that holds ";" is written in quotes'],
  ['Application Name=a Password=b', '"Application Name" has a password in it: is there a ";" missing?'],
  [`Application Name=${'x'.repeat(129)}`, 'longer than 128'],
])('%s is refused: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test.each([
  ['Database=x', 'Server (or Data Source) is missing'],
  ['Server=db', 'User Id and Password missing'],
  ['Server=db;User Id=sa', 'Password missing'],
  ['Server=db;Password=hunter22', 'User Id missing'],
])('%s is incomplete: %s', (text, message) => {
  expect(() => parseSqlConnectionString(text)).toThrow(message);
});

test('all problems are reported at once', () => {
  const attempt = () => parse('Encrypt=maybe;Conect Timeout=5;Command Timeout=x');
  expect(attempt).toThrow(ConnectionStringError);
  expect(attempt).toThrow(/Encrypt.*/);
  try {
    attempt();
  } catch (error) {
    expect(error instanceof ConnectionStringError && error.problems.map((problem) => problem.keyword)).toEqual([
      undefined,
      'Encrypt',
      'Command Timeout',
    ]);
  }
});

test.each(['Active Directory Managed Identity', 'ActiveDirectoryDefault', 'active directory msi'])(
  'Authentication=%s is a Microsoft Entra login',
  (method) => {
    const settings = parseSqlConnectionString(`Server=db;Authentication=${method};User Id=client-id`);
    expect(settings.login).toEqual({
      kind: 'entra',
      method: method.replaceAll(' ', '').toLowerCase(),
      user: 'client-id',
    });
  },
);

test('keywords that mean nothing to a Node driver are accepted, as they stand in existing files', () => {
  const text = sqlKeywords.ignored.map((word) => `${word}=True`).join(';');
  expect(parse(text)).toEqual(parse(''));
});

test('property: every synonym in any case gives the same settings, and no error ever shows the password', () => {
  const recased = (word: string) =>
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((flips) =>
        [...word].map((letter, index) => (flips[index] ? letter.toUpperCase() : letter.toLowerCase())).join(''),
      );
  const oneOf = (words: readonly string[]) => fc.constantFrom(...words).chain(recased);
  const password = fc.string({ minLength: 1, unit: 'binary' }).map((text) => `s3cr3t${text}`);
  fc.assert(
    fc.property(
      oneOf(sqlKeywords.server),
      oneOf(sqlKeywords.user),
      oneOf(sqlKeywords.password),
      password,
      fc.string({ unit: fc.constantFrom(';', '=', '"', 'a', ' ') }),
      (server, user, passwordWord, secretText, junk) => {
        const pairs = [
          { keyword: server, value: 'db' },
          { keyword: user, value: 'app' },
          { keyword: passwordWord, value: secretText },
        ];
        const text = formatConnectionStringPairs(pairs);
        const settings = parseSqlConnectionString(text);
        expect(settings.login.kind === 'sql' && settings.login.password.reveal()).toBe(secretText);
        try {
          parseSqlConnectionString(`${text};${junk}`);
        } catch (error) {
          expect(String(error)).not.toContain('s3cr3t');
        }
      },
    ),
  );
});

test('property: no piece of a password without its quotes is in an error', () => {
  const piece = fc.stringMatching(/^[A-Za-z0-9!#$%&()*+,./:<>?@^_|~ -]{6,20}$/).map((text) => `hunter${text}`);
  const before = fc.constantFrom(
    'Server=db;User Id=sa;Password=',
    'Server=db;User Id=sa Password=',
    'Server=',
    'PWD="',
    'Password',
  );
  fc.assert(
    fc.property(
      before,
      fc.array(piece, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(';', '=', '"', '";'),
      (start, pieces, between) => {
        try {
          parseSqlConnectionString(`${start}${pieces.join(between)}`);
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectionStringError);
          expect(JSON.stringify([String(error), (error as ConnectionStringError).problems])).not.toContain('hunter');
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each(['a=1;', ';', '=', '==', '"', "a='b';", 'a=b ', 'Encypt=1;', 'Server=a,1;', ' '])(
  'many %j take time in proportion',
  (piece) => {
    expectLinear(
      (pieces) => piece.repeat(pieces),
      (text) => {
        try {
          parseSqlConnectionString(text);
        } catch (error) {
          if (!(error instanceof ConnectionStringError)) throw error;
        }
      },
    );
  },
);
