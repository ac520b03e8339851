import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { bindConfiguration } from './bind.ts';
import { Configuration } from './configuration.ts';
import { type ConfigurationSource, valuesSource } from './configuration-source.ts';
import { environmentSource } from './environment-source.ts';
import { ConfigurationError, type ConfigurationProblem } from './errors.ts';
import { parseJsonSource } from './json-source.ts';
import { secret, sqlConnectionString } from './schemas.ts';

const schema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({
    Uri: z.string().regex(/^(bolt|neo4j)/, 'a bolt:// or neo4j:// address'),
    Username: z.string().min(1),
    Password: secret(),
    Enabled: z.boolean().default(true),
    Mode: z.enum(['fast', 'careful']).default('careful'),
  }),
  Worker: z
    .object({ BatchSize: z.int().min(1).max(10_000).default(500), Queues: z.array(z.string()).default([]) })
    .prefault({}),
});

const good = {
  'ConnectionStrings:HartonomousDb': 'Server=db;User Id=app;Password=hunter22',
  'Neo4j:Uri': 'bolt://localhost:7687',
  'Neo4j:Username': 'neo4j',
  'Neo4j:Password': 'hunter22',
};

function bind(...sources: ConfigurationSource[]) {
  return bindConfiguration(new Configuration('Test', sources), schema);
}

function problems(...sources: ConfigurationSource[]): readonly ConfigurationProblem[] {
  try {
    bind(...sources);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      expect(error.message).not.toContain('hunter22');
      return error.problems;
    }
    throw error;
  }
  return [];
}

test('keys match in any case and text becomes what the schema asks for', () => {
  const settings = bind(
    valuesSource('values', {
      ...good,
      'NEO4J:enabled': 'False',
      'worker:BATCHSIZE': '250',
      'Worker:Queues:10': 'c',
      'Worker:Queues:0': 'a',
      'Worker:Queues:2': 'b',
      'Logging:LogLevel:Default': 'Information',
    }),
  );
  expect(settings.Neo4j.Enabled).toBe(false);
  expect(settings.Worker).toEqual({ BatchSize: 250, Queues: ['a', 'b', 'c'] });
  expect(settings.Neo4j.Password.reveal()).toBe('hunter22');
  expect(settings.ConnectionStrings.HartonomousDb.server).toEqual({ host: 'db' });
});

test('the result is frozen to its depths', () => {
  const settings = bind(valuesSource('values', { ...good, 'Worker:Queues:0': 'a' }));
  for (const part of [
    settings,
    settings.Neo4j,
    settings.Worker.Queues,
    settings.ConnectionStrings.HartonomousDb.server,
  ]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('a later source wins per key, not per section or list', () => {
  const settings = bind(
    valuesSource('first', { ...good, 'Worker:Queues:0': 'a', 'Worker:Queues:1': 'b' }),
    valuesSource('second', { 'worker:queues:0': 'A', 'Neo4j:Username': 'other' }),
  );
  expect(settings.Worker.Queues).toEqual(['A', 'b']);
  expect(settings.Neo4j).toMatchObject({ Username: 'other', Uri: 'bolt://localhost:7687' });
});

test('null takes a lower value away; an empty list is a list', () => {
  const nothing = parseJsonSource('{ "Worker": { "BatchSize": null, "Queues": [] } }', 'b.json');
  expect(bind(valuesSource('a', { ...good, 'Worker:BatchSize': '7' }), nothing).Worker).toEqual({
    BatchSize: 500,
    Queues: [],
  });
});

test('all missing keys are named at once, each with what to do', () => {
  const found = problems(valuesSource('appsettings.json', {}));
  expect(found.map((problem) => [problem.kind, problem.key])).toEqual([
    ['missing', 'ConnectionStrings:HartonomousDb'],
    ['missing', 'Neo4j:Uri'],
    ['missing', 'Neo4j:Username'],
    ['missing', 'Neo4j:Password'],
  ]);
  expect(found[1]).toMatchObject({ source: 'appsettings.json', hint: expect.stringContaining('Neo4j__Uri') });
});

test.each<[string, Record<string, string | null>, Partial<ConfigurationProblem>]>([
  [
    'a word for a bool',
    { 'Neo4j:Enabled': 'yes' },
    { key: 'Neo4j:Enabled', expected: 'True or False', received: '"yes"' },
  ],
  [
    'a word for an int',
    { 'Worker:BatchSize': 'many' },
    { key: 'Worker:BatchSize', expected: 'a number', received: '"many"' },
  ],
  ['a fraction for an int', { 'Worker:BatchSize': '1.5' }, { key: 'Worker:BatchSize', expected: 'a whole number' }],
  ['too large', { 'Worker:BatchSize': '100000' }, { key: 'Worker:BatchSize', kind: 'invalid' }],
  ['no member of an enum', { 'Neo4j:Mode': 'quick' }, { key: 'Neo4j:Mode', expected: 'one of fast, careful' }],
  [
    'the wrong scheme',
    { 'Neo4j:Uri': 'http://x' },
    { key: 'Neo4j:Uri', expected: 'a bolt:// or neo4j:// address', received: '"http://x"' },
  ],
  ['an empty user', { 'Neo4j:Username': '' }, { key: 'Neo4j:Username', received: '""' }],
  ['an empty secret', { 'Neo4j:Password': '' }, { key: 'Neo4j:Password', expected: 'a value that is not empty' }],
  ['a null', { 'Neo4j:Username': null }, { key: 'Neo4j:Username', kind: 'missing' }],
  ['an invalid list item', { 'Worker:Queues:first': 'a' }, { key: 'Worker:Queues:first', kind: 'unknown-key' }],
])('%s is one problem, with key and source', (_, override, expected) => {
  const found = problems(valuesSource('a.json', good), valuesSource('b.json', override));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject(expected);
  expect(found[0]?.source).toContain('b.json');
});

test('a bad connection string is reported with what is wrong, and the rest is hidden', () => {
  const text = 'Server=db;User Id=app;Password=hunter22;Encypt=True;Connect Timeout=x';
  const found = problems(valuesSource('a.json', { ...good, 'ConnectionStrings:HartonomousDb': text }));
  expect(found.map((problem) => problem.expected)).toEqual([
    expect.stringContaining('did you mean "Encrypt"?'),
    expect.stringContaining('"Connect Timeout" must be a whole number'),
  ]);
});

test('a slip in a key is found, also where the key has a default', () => {
  const found = problems(
    parseJsonSource(
      `{\n "Neo4j": {\n "Usrname": "x",\n "Password": "hunter22", "Uri": "bolt://x" },\n "Wroker": { "BatchSize": 5 } }`,
      'appsettings.json',
    ),
    environmentSource({
      ConnectionStrings__HartonomousDb: good['ConnectionStrings:HartonomousDb'],
      Worker__BatchSise: '5',
      WORKERS: 'not ours',
    }),
  );
  expect(found.map((problem) => [problem.kind, problem.key, problem.source, problem.hint])).toEqual([
    ['unknown-key', 'Neo4j:Usrname', 'appsettings.json, line 3', 'Did you mean Neo4j:Username?'],
    ['unknown-key', 'Worker:BatchSise', 'environment variable Worker__BatchSise', 'Did you mean Worker:BatchSize?'],
    ['missing', 'Neo4j:Username', expect.any(String), expect.any(String)],
  ]);
});

test('two variables for one setting are a problem when they differ', () => {
  const env = { Neo4j__Uri: 'bolt://a', NEO4J__URI: 'bolt://b', Neo4j__Username: 'neo4j', NEO4J__USERNAME: 'neo4j' };
  const found = problems(valuesSource('a.json', good), environmentSource(env));
  expect(found.map((problem) => [problem.kind, problem.key])).toEqual([['duplicate', 'Neo4j:Uri']]);
});

test('problems of files and of keys come together', () => {
  const found = problems(parseJsonSource('{ "A": }', 'appsettings.json'), valuesSource('b', { 'Neo4j:Uri': 'x' }));
  expect(found[0]).toMatchObject({ kind: 'syntax', source: expect.stringContaining('line 1') });
  expect(found.length).toBeGreaterThan(3);
});

test('a strict section refuses every key that it does not know', () => {
  const strict = z.object({ Neo4j: z.strictObject({ Uri: z.string() }) });
  const configuration = new Configuration('Test', [valuesSource('a', { 'Neo4j:Uri': 'x', 'Neo4j:Colour': 'red' })]);
  expect(() => bindConfiguration(configuration, strict)).toThrow(
    /Neo4j:Colour \(a\): expected one of the keys in Neo4j: Uri/,
  );
});

test('explain shows every source in order, who won, and no secrets', () => {
  const configuration = new Configuration('Test', [
    valuesSource('appsettings.json', { 'Neo4j:Password': 'hunter22', 'Neo4j:Uri': 'bolt://neo4j:hunter22@a' }),
    valuesSource('environment', { 'NEO4J:URI': 'bolt://b' }),
  ]);
  expect(configuration.explain('neo4j:uri')).toEqual([
    { source: 'appsettings.json', origin: 'appsettings.json', shown: 'bolt://neo4j:***@a', wins: false },
    { source: 'environment', origin: 'environment', shown: 'bolt://b', wins: true },
  ]);
  expect(configuration.explain('Neo4j:Password')).toMatchObject([{ shown: '***', wins: true }]);
});

test('property: the value of a key is that of the last source that has it', () => {
  const keys = fc.constantFrom('A', 'a', 'A:B', 'a:b', 'A:B:C', 'D');
  const sources = fc.array(fc.dictionary(keys, fc.string()), { maxLength: 5 });
  fc.assert(
    fc.property(sources, fc.constantFrom('a', 'A:b', 'a:B:c', 'd', 'e'), (layers, key) => {
      const configuration = new Configuration(
        'Test',
        layers.map((layer, index) => valuesSource(`${index}`, layer)),
      );
      const winner = layers
        .flatMap((layer) => Object.entries(layer))
        .findLast(([name]) => name.toLowerCase() === key.toLowerCase());
      expect(configuration.get(key)?.value).toBe(winner?.[1]);
    }),
  );
});
