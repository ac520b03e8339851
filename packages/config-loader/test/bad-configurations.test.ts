import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type ConfigurationError,
  environmentSource,
  loadConfiguration,
  parseJsonSource,
  secret,
  sqlConnectionString,
  valuesSource,
} from '../src/index.ts';
import { folderWith } from './azure-fixture.ts';

const schema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({
    Uri: z.string().regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\//, 'an address like bolt://localhost:7687'),
    Username: z.string().min(1, 'a user name'),
    Password: secret(),
    Enabled: z.boolean().default(true),
  }),
  Worker: z
    .strictObject({
      BatchSize: z.int().min(1).max(10_000).default(500),
      Mode: z.enum(['worker', 'activation']).default('worker'),
      Queues: z.array(z.string()).default([]),
    })
    .prefault({}),
});

const hidden = 'hunter22-very-secret';
const good = {
  ConnectionStrings: { HartonomousDb: `Server=db;Database=x;User Id=app;Password=${hidden}` },
  Neo4j: { Uri: 'bolt://localhost:7687', Username: 'neo4j', Password: hidden },
};

async function messageOf(file: object | string, env: Record<string, string> = {}): Promise<string> {
  const folder = await folderWith({ 'appsettings.json': file });
  const failure = await loadConfiguration(schema, { folder, env }).then(
    () => undefined,
    (error: unknown) => error as ConfigurationError,
  );
  if (failure === undefined) throw new Error('accepted');
  expect(failure.code).toBe('CONFIGURATION_INVALID');
  expect(inspect(failure)).not.toContain(hidden);
  return failure.message;
}

const sql = (text: string) => ({ ...good, ConnectionStrings: { HartonomousDb: text } });
const neo4j = (values: object) => ({ ...good, Neo4j: { ...good.Neo4j, ...values } });
const worker = (values: object) => ({ ...good, Worker: values });
const login = `User Id=app;Password=${hidden}`;

test.each<[string, object | string, string]>([
  [
    'a missing comma',
    '{ "A": 1 "B": 2 }',
    'appsettings.json, line 1, column 10: expected a comma between two settings',
  ],
  ['an unclosed brace', '{ "A": 1', 'expected a closing }'],
  ['an unclosed string', '{ "A": "x\n}', 'expected a closing double quote on the same line'],
  [
    'a name without quotes',
    '{ A: 1 }',
    'appsettings.json, line 1, column 3: expected valid JSON (comments and trailing commas are allowed)',
  ],
  ['a list as root', '[]', 'expected a JSON object, from { to }, around all settings, got array'],
  ['an empty file', '', 'expected a value'],
  ['a backslash that escapes nothing', '{ "A": "C:\\Hart" }', 'a backslash is written \\\\'],
  [
    'keys that differ in case',
    '{ "Neo4j": { "Uri": "a", "URI": "b" } }',
    'expected one value per key, but there is one already',
  ],
  ['no user name', neo4j({ Username: '' }), 'Neo4j:Username (appsettings.json, line 1): expected a user name'],
  [
    'no password',
    neo4j({ Password: '' }),
    'Neo4j:Password (appsettings.json, line 1): expected a value that is not empty',
  ],
  ['a password that is null', neo4j({ Password: null }), 'as the environment variable Neo4j__Password'],
  [
    'a wrong address',
    neo4j({ Uri: 'http://localhost' }),
    'expected an address like bolt://localhost:7687, got "http://localhost"',
  ],
  [
    'yes for a boolean',
    neo4j({ Enabled: 'yes' }),
    'Neo4j:Enabled (appsettings.json, line 1): expected True or False, got "yes"',
  ],
  ['1 for a boolean', neo4j({ Enabled: 1 }), 'expected True or False, got "1"'],
  [
    'a slip in a key',
    { ...good, Neo4j: { Uri: 'bolt://x', Usrname: 'neo4j', Password: hidden } },
    'Did you mean Neo4j:Username?',
  ],
  ['a slip in a section', { ...good, Neo4j: undefined, Neo4J_: good.Neo4j }, 'Did you mean Neo4j?'],
  [
    'a word for a number',
    worker({ BatchSize: 'many' }),
    'Worker:BatchSize (appsettings.json, line 1): expected a number, got "many"',
  ],
  ['a number that is too small', worker({ BatchSize: 0 }), 'Worker:BatchSize (appsettings.json, line 1): expected'],
  ['a fraction for a whole number', worker({ BatchSize: 1.5 }), 'got "1.5"'],
  ['an unknown word', worker({ Mode: 'both' }), 'expected one of worker, activation, got "both"'],
  [
    'an unknown key of a strict section',
    worker({ Foo: 1 }),
    'expected one of the keys in Worker: BatchSize, Mode, Queues',
  ],
  ['a list with a name in it', worker({ Queues: { a: 'x' } }), 'expected a list, whose items are named 0, 1, ...'],
  ['no server', sql(`Database=x;${login}`), 'Server (or Data Source) is missing'],
  ['no login', sql('Server=db'), 'User Id and Password missing'],
  ['an unknown keyword', sql(`Server=db;Databse=x;${login}`), 'did you mean "Database"?'],
  [
    'a word for Encrypt',
    sql(`Server=db;Encrypt=maybe;${login}`),
    '"Encrypt" must be Mandatory (True), Optional (False) or Strict',
  ],
  [
    'a word for a trust',
    sql(`Server=db;TrustServerCertificate=perhaps;${login}`),
    '"TrustServerCertificate" must be True or False',
  ],
  ['a port out of range', sql(`Server=db,99999;${login}`), 'the port after the comma is not a number from 1 to 65535'],
  [
    'a pipe',
    sql(`Server=np:\\\\db\\pipe;${login}`),
    'ConnectionStrings:HartonomousDb (appsettings.json, line 1): expected',
  ],
  ['the default instance by name', sql(`Server=db\\MSSQLSERVER;${login}`), 'leave "\\MSSQLSERVER" out'],
  ['a time-out in words', sql(`Server=db;Connect Timeout=soon;${login}`), '"Connect Timeout" must be a whole number'],
  [
    'two kinds of login',
    sql('Server=db;Integrated Security=True;Authentication=Active Directory Default'),
    "can't be combined with Integrated Security",
  ],
  [
    'managed identity with a password',
    sql(`Server=db;Authentication=Active Directory Managed Identity;${login}`),
    'must not be given with this Authentication',
  ],
  ['an unknown method', sql(`Server=db;Authentication=Kerberos;${login}`), 'is not a known method'],
  [
    'pools the wrong way round',
    sql(`Server=db;Min Pool Size=9;Max Pool Size=3;${login}`),
    'is larger than Max Pool Size',
  ],
  [
    'App Configuration without address',
    { ...good, AzureAppConfiguration: { Enabled: true } },
    'AzureAppConfiguration:Endpoint is missing: expected an https address',
  ],
  [
    'App Configuration over http',
    { ...good, AzureAppConfiguration: { Enabled: true, Endpoint: 'http://x.azconfig.io' } },
    'what stands behind Endpoint=, got "http://x.azconfig.io"',
  ],
  [
    "App Configuration's whole connection string",
    {
      ...good,
      AzureAppConfiguration: { Enabled: true, Endpoint: `Endpoint=https://x.azconfig.io;Id=abc;Secret=${hidden}` },
    },
    'got "Endpoint=https://x.azconfig.io;Id=abc;Secret=***"',
  ],
  [
    'a signature in the address of a vault',
    { ...good, KeyVault: { Enabled: true, VaultUri: `https://x.vault.azure.net/?sv=1&sig=${hidden}` } },
    'with https and nothing else, got "https://x.vault.azure.net/?sv=1&sig=***"',
  ],
  [
    'a login in the address of a vault',
    { ...good, KeyVault: { Enabled: true, VaultUri: `https://${hidden}@x.vault.azure.net/` } },
    'with https and nothing else, got "https://***@x.vault.azure.net/"',
  ],
  ['sections in sections without end', '{"a":'.repeat(100_000), 'at most 64 sections in each other'],
  ['lists in lists without end', `{"a":${'['.repeat(100_000)}`, 'at most 64 sections in each other'],
  [
    'Key Vault without address',
    { ...good, KeyVault: { Enabled: true } },
    'KeyVault:VaultUri is missing: expected an https address',
  ],
  [
    'a vault address with a path',
    { ...good, KeyVault: { Enabled: true, VaultUri: 'https://x.vault.azure.net/secrets/a' } },
    'KeyVault:VaultUri (appsettings.json, line 1): expected an address like https://name.vault.azure.net/',
  ],
  [
    'a cache without file',
    { ...good, Azure: { LastGoodCache: { Enabled: true } } },
    'Azure:LastGoodCache:File is missing',
  ],
  [
    'a slip in an Azure key',
    { ...good, KeyVault: { Enabled: false, VaultUrl: 'https://x' } },
    'Did you mean KeyVault:VaultUri?',
  ],
  [
    'an Azure time-out in words',
    { ...good, Azure: { TimeoutSeconds: 'long' } },
    'Azure:TimeoutSeconds (appsettings.json, line 1): expected a number, got "long"',
  ],
])('%s is explained', async (_, file, text) => {
  expect(await messageOf(file)).toContain(text);
});

test('two variables for one setting', async () => {
  const env = { SQLCONNSTR_HartonomousDb: 'Server=a', ConnectionStrings__HartonomousDb: 'Server=b' };
  expect(await messageOf(good, env)).toContain(
    'expected one value, but there is another one (environment variable SQLCONNSTR_HartonomousDb)',
  );
});

test('every problem is in one message, each with its place', async () => {
  const file = { ...worker({ BatchSize: 'many' }), Neo4j: { Uri: 'x' }, KeyVault: { Enabled: true } };
  const message = await messageOf(file);
  expect(message).toMatch(/^The configuration has 5 problems \(environment Production\):/);
});

const secretText = fc
  .stringMatching(/^[A-Za-z0-9!#$%&()*+,./:<>?@^_|~-]{8,40}$/)
  // A text that is part of every message anyway would be found without having leaked.
  .filter((text) => !'ConnectionStrings:HartonomousDb'.includes(text));

test('no secret is in any output: errors, explanations, settings, whatever is wrong around it', async () => {
  await fc.assert(
    fc.asyncProperty(
      secretText,
      secretText,
      fc.constantFrom('json', 'variable', 'vault'),
      fc.constantFrom('', ';Encrypt=maybe', ';Bogus=1', ';Connect Timeout=x', ';Server='),
      fc.boolean(),
      async (password, sqlPassword, place, damage, isWrong) => {
        const key = 'Neo4j:Password';
        const connection = `Server=db;User Id=app;Password="${sqlPassword}"${damage}`;
        const source =
          place === 'json'
            ? parseJsonSource(JSON.stringify({ Neo4j: { Password: password } }), 'appsettings.json')
            : place === 'variable'
              ? environmentSource({ Neo4j__Password: password })
              : { ...valuesSource('vault', {}), entries: [{ key, value: password, origin: 'vault', isSecret: true }] };
        const output: unknown[] = [];
        try {
          const { settings, configuration } = await loadConfiguration(schema, {
            folder: '/nonexistent',
            env: {},
            before: [
              valuesSource('values', {
                'ConnectionStrings:HartonomousDb': connection,
                'Neo4j:Uri': isWrong ? 'wrong' : 'bolt://x',
                'Neo4j:Username': 'neo4j',
              }),
              source,
            ],
          });
          output.push(settings, JSON.stringify(settings), String(settings.Neo4j.Password));
          for (const name of [key, 'ConnectionStrings:HartonomousDb']) output.push(configuration.explain(name));
        } catch (error) {
          output.push(error, String(error), (error as Error).stack);
        }
        const text = output.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 20 }))).join('\n');
        expect(text.includes(password) || text.includes(sqlPassword)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
