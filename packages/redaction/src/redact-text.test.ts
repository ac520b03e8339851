import { expectLinear } from '@hartonomous/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactText } from './redact-text.ts';

test.each([
  ['Server=db;Password=hunter22;Encrypt=True', 'Server=db;Password=***;Encrypt=True'],
  ['Server=db;PWD="hun;ter22";Encrypt=True', 'Server=db;PWD="***";Encrypt=True'],
  ["Server=db;Password = 'hun''ter22'", "Server=db;Password = '***'"],
  ['Server=db;Password=hun ter22;Encrypt=True', 'Server=db;Password=***;Encrypt=True'],
  ["Server=db;Password=hun ter'22", 'Server=db;Password=***'],
  ['Password=hun ter22;Server=db', 'Password=***;Server=db'],
  ['tried msg=Password=hunter22', 'tried msg=Password=***'],
  ['a login with Password=hunter22 failed', 'a login with Password=*** failed'],
  [
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=aHVudGVyMjI=;EndpointSuffix=core',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=core',
  ],
  ['Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey=hunter22=', 'SharedAccessKey=***'],
  ['ConnectionStrings__HartonomousDb=hunter22', 'ConnectionStrings__HartonomousDb=***'],
  ['worker --Signing:PrivateKey=hunter22 --check', 'worker --Signing:PrivateKey=*** --check'],
  [`key hk_0123456789ab_${'aB-_'.repeat(10)}xyz is unknown`, 'key hk_0123456789ab_*** is unknown'],
  ['bolt://neo4j:hunter22@host:7687', 'bolt://neo4j:***@host:7687'],
  [
    'GET https://a.blob/x?sv=2024&sig=hunter22%3D&se=2026 failed',
    'GET https://a.blob/x?sv=2024&sig=***&se=2026 failed',
  ],
  ['{"user":"neo4j","password":"hun\\"ter22","n":1}', '{"user":"neo4j","password":"***","n":1}'],
  ['{"password": 4711, "n": 1}', '"password": ***, "n": 1'],
  ['body "{\\"apiKey\\":\\"hun\\\\\\"ter22\\",\\"n\\":1}"', 'body "{\\"apiKey\\":\\"***\\",\\"n\\":1}"'],
  ['{"password":"hunter22 was cut o', '{"password":"***"'],
  ['Authorization: Bearer eyJhunter22.abc.def', 'Authorization: Bearer ***'],
  ['authorization: SharedKey account:hunter22', 'authorization: SharedKey ***'],
  ['Cookie: a=b; session=hunter22\r\nAccept: text/plain', 'Cookie: ***\r\nAccept: text/plain'],
  ['X-Api-Key: hunter22', 'X-Api-Key: ***'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJodW50ZXIyMiI6MX0.hunter22 back', 'got *** back'],
  ['bolt://neo4j:hun/ter22@host:7687 is away', 'bolt://neo4j:***@host:7687 is away'],
  ['bolt://neo4j:hun@ter22@host:7687', 'bolt://neo4j:***@host:7687'],
  ['bolt://neo4j:hun ter22@host:7687', 'bolt://neo4j:***@host:7687'],
  ['bolt://neo4j:hun#?ter22@host', 'bolt://neo4j:***@host'],
  ['bolt://neo4j:22hunter22', 'bolt://neo4j:***'],
  ['bolt:/neo4j:hunter22@host', 'bolt:/***@host'],
  ['neo4j:hunter22@host:7687', 'neo4j:***@host:7687'],
  ['Server=tcp:sa:hunter22@db', 'Server=tcp:***@db'],
  ['https://hunter22@host/path', 'https://***@host/path'],
  ["{ user: 'sa', password: 'hun\\'ter22', port: 1 }", "{ user: 'sa', password: '***', port: 1 }"],
  ['hartonomous doctor --neo4j-password hunter22 --json', 'hartonomous doctor --neo4j-password *** --json'],
  ['Server=db;Account Key=hun ter22', 'Server=db;Account Key=***'],
  [`${'A_VERY_LONG_PREFIX_OF_A_NAME__'.repeat(4)}Password=hunter22`, 'Password=***'],
  [`{"${'a very long name '.repeat(6)}password":"hunter22"}`, 'password":"***"'],
  ['password => hunter22', 'password => ***'],
  ['https://a.blob/x?sv=1#access_token=hunter22', '#access_token=***'],
  ['<a>https://b/x?sv=1&amp;sig=hunter22&amp;se=2</a>', 'x?sv=1&amp;sig=***&amp;se=2</a>'],
  ['https://b.s3/x?X-Amz-Signature=hunter22&X-Amz-Date=1', 'X-Amz-Signature=***&X-Amz-Date=1'],
  ['Driver={ODBC Driver 18};Pwd={hun;ter22};Encrypt=yes', 'Pwd=***;Encrypt=yes'],
  ['Pwd={hun}};ter22};Encrypt=yes', 'Pwd=***;Encrypt=yes'],
  ['a login with Password={hun ter22} failed', 'Password=*** failed'],
  ['Server=db;Password={hun;ter22', 'Password=***'],
  ['<user>sa</user><Password>hunter22</Password>', '<Password>***</Password>'],
  ['<c:Token kind="x">\n  hunter22\n</c:Token>', '***</c:Token>'],
  ['<Password><![CDATA[hun<ter22]]></Password>', '<Password>***</Password>'],
  ['<add key="Neo4j:Password" value="hunter22" />', 'value="***" />'],
  ['{"key":"Neo4j:Password","label":null,"value":"hunter22"}', '"value":"***"}'],
  ["{ name: 'X-Api-Key', value: 'hunter22' }", "value: '***' }"],
  ['{\\"name\\":\\"password\\",\\"value\\":\\"hunter22\\"}', '\\"value\\":\\"***\\"}'],
  [`hk_0123456789ab_${'aB-_'.repeat(5)}ter22`, 'hk_0123456789ab_***'],
  [`the key_hk_0123456789ab_${'aB-_'.repeat(12)}ter22`, 'key_hk_0123456789ab_***'],
  ['to=https%3A%2F%2Fa.blob%2Fx%3Fsv%3D1%26sig%3Dhunter22%2526%26se%3D2', 'sig%3D***%26se%3D2'],
  [
    '-----BEGIN PRIVATE KEY-----\nhunter22\n-----END PRIVATE KEY-----\nnext line',
    '-----BEGIN PRIVATE KEY-----***\nnext line',
  ],
])('%s', (text, expected) => {
  expect(redactText(text)).toContain(expected);
  expect(redactText(text)).not.toContain('ter22');
});

test.each([
  'bolt://localhost:7687 is up',
  'Unexpected token: expected "}" in line 3',
  'The keyword "Databse" of the connection string is unknown',
  'SELECT a FROM t WHERE b = 1; SELECT 2',
  'received 12 messages; batch=3000; depth=0',
  'file:///work/src/a.ts:12:7',
  'at run (file:///work/node_modules/.pnpm/mssql@12.3.1/node_modules/mssql/a.js:12:7)',
  'at run (/work/node_modules/.pnpm/@scope+mssql@12.3.1/a.js:12:7)',
  'C:\\work\\mssql@12.3.1\\a.js:12',
  'jdbc:sqlserver://db:1433;databaseName=x',
  'http://[::1]:8080/health',
  'see http://db:80/x and mail a@b.example',
  "Unexpected token: '}'",
  'Usage: hartonomous api-key revoke <token> [options]',
  'a Map<Token> and a List<Secret> of <password>',
  '<Tokens>\n  <count>3</count>\n</Tokens>',
  'the key "Neo4j:Uri" has the value: "bolt://db"',
])('%s stays as it is', (text) => {
  expect(redactText(text)).toBe(text);
});

test('property: the password of a connection string is never seen, whatever stands around it', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9 .:/?&="'{}-]{0,20}$/);
  const password = fc.stringMatching(/^[A-Za-z0-9 .:/?&=-]{0,10}$/).map((text) => `hunter${text}ter22`);
  fc.assert(
    fc.property(word, password, word, (before, secret, after) => {
      const text = `${before};Server=db;Password=${secret};Encrypt=True;${after}`;
      expect(redactText(text)).not.toContain('ter22');
    }),
  );
});

test.each([
  'a',
  'password',
  '"',
  '\\"',
  'a=',
  ';a=',
  '?a=',
  '"a":',
  'eyJ',
  'eyJ-',
  'eyJaaaaaaaa.',
  '.eyJaaaaaaaa',
  'Password=',
  'Password=x ',
  'Password=\n',
  'Password="',
  'Password=x;',
  "; Password='",
  'a: ',
  "a: 'b",
  'password: "',
  '--password ',
  '--password',
  '://a:',
  '://a:b@',
  '://a@',
  '@',
  '=aa:',
  'aa:@',
  ' ',
  '; ',
  'a  ',
  'Bearer ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  'Cookie: ',
  'Cookie:\n',
  'Password={',
  'Password={ ',
  'key="password',
  '"key":"password",',
  '"key":"password","value"',
  'key="password" value=',
  '<password>',
  '<password>a',
  '<password ',
  '<password><![CDATA[',
  '?sig%3d',
  '%26sig%3da',
])('many %j take time in proportion', (piece) => {
  expectLinear((pieces) => piece.repeat(pieces), redactText);
  expectLinear((pieces) => `@${piece.repeat(pieces)}`, redactText);
});

test('blanks of any number behind a name take time in proportion', () => {
  expectLinear((pieces) => `a${' '.repeat(pieces * 10)}b`, redactText);
  expectLinear((pieces) => `password=${' '.repeat(pieces * 10)}`, redactText);
});
