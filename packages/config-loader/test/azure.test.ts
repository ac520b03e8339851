import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { eventually } from '@hartonomous/test-support';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LoadOptions, loadConfiguration, readConfiguration, watchConfiguration } from '../src/index.ts';
import { azure, azureOptions, folderWith, production, productionStart } from './azure-fixture.ts';
import { workerSchema } from './worker-schema.ts';

const value = z.object({ Value: z.string() });

describe('App Configuration and Key Vault', () => {
  test("runbook R2: the production file's empty credentials come from Key Vault, once by reference and once by name", async () => {
    const emulator = await azure();
    const { settings, configuration } = await loadConfiguration(workerSchema, await productionStart(emulator));
    expect(settings.ConnectionStrings.HartonomousDb.login).toMatchObject({ kind: 'sql', user: 'HartonomousApp' });
    expect(settings.Neo4j).toMatchObject({ Uri: 'bolt://graph:7687', Username: 'neo4j-production-user' });
    expect(settings.Neo4j.Password.reveal()).toBe('neo4j-pa55word');
    const { host } = new URL(emulator.vaultUri);
    expect(configuration.explain('Neo4j:Username')).toEqual([
      { source: 'appsettings.Production.json', origin: 'appsettings.Production.json, line 1', shown: '', wins: false },
      {
        source: `App Configuration ${host} (no label)`,
        origin: `App Configuration ${host}, Neo4j:Username -> Key Vault ${host}, secret Neo4jUsername`,
        shown: '***',
        wins: false,
      },
      {
        source: `Key Vault ${host}`,
        origin: `Key Vault ${host}, secret Neo4jUsername`,
        shown: '***',
        wins: true,
      },
    ]);
  });

  const layers = ['variable', 'no label', 'label', 'key vault', 'command line'] as const;
  test.each(layers.map((top, index) => ({ top, present: layers.slice(0, index + 1) })))(
    'of $present, $top wins',
    async ({ top, present }) => {
      const has = (layer: (typeof layers)[number]) => present.includes(layer);
      const emulator = await azure({
        keyValues: [
          ...(has('no label') ? [{ key: 'value', value: 'no label' }] : []),
          ...(has('label') ? [{ key: 'Value', label: 'Production', value: 'label' }] : []),
          { key: 'Value', label: 'Staging', value: 'of another environment' },
        ],
        secrets: has('key vault') ? { VALUE: 'key vault' } : {},
      });
      const { settings } = await loadConfiguration(value, {
        ...(await productionStart(emulator, { VALUE: 'variable' })),
        args: has('command line') ? ['--Value=command line'] : [],
      });
      expect(settings.Value).toBe(top);
    },
  );

  test('a key prefix selects and is taken off; another label can be chosen; feature flags are not settings', async () => {
    const emulator = await azure({
      keyValues: [
        { key: 'Worker:Value', label: 'blue', value: 'right' },
        { key: 'Other:Value', label: 'blue', value: 'wrong' },
        { key: 'Value', value: 'wrong' },
        { key: '.appconfig.featureflag/x', label: 'blue', value: '{}' },
      ],
    });
    const options = await productionStart(emulator, {
      AzureAppConfiguration__KeyPrefix: 'Worker:',
      AzureAppConfiguration__Label: 'blue',
    });
    const { settings, configuration } = await loadConfiguration(value, options);
    expect(settings.Value).toBe('right');
    expect(
      configuration.sources.flatMap(({ kind, entries }) => (kind === 'app-configuration' ? entries : [])),
    ).toHaveLength(1);
  });

  test('JSON values become sections and lists, as in .NET', async () => {
    const emulator = await azure({
      keyValues: [
        { key: 'Section', value: '{"Size": 1.50, "On": true}', contentType: 'application/json' },
        { key: 'Hosts', value: '["a","b"]', contentType: 'application/vnd.x+json; charset=utf-8' },
        { key: 'Text', value: '{no json', contentType: 'application/json' },
      ],
    });
    const schema = z.object({
      Section: z.object({ Size: z.number(), On: z.boolean() }),
      Hosts: z.array(z.string()),
      Text: z.string(),
    });
    const { settings } = await loadConfiguration(schema, await productionStart(emulator));
    expect(settings).toEqual({ Section: { Size: 1.5, On: true }, Hosts: ['a', 'b'], Text: '{no json' });
  });

  test('secrets: -- is a section, disabled ones are left out, the table of names can be extended', async () => {
    const emulator = await azure({ secrets: { 'Neo4j--Database': 'graph', GraphUser: 'someone' } });
    emulator.setSecret('Neo4j--Password', 'x', { enabled: false });
    const options = await productionStart(emulator, { KeyVault__SecretKeys__graphuser: 'Neo4j:Username' });
    const configuration = await readConfiguration(options);
    expect(configuration.get('Neo4j:Database')?.value).toBe('graph');
    expect(configuration.get('Neo4j:Username')?.value).toBe('someone');
    expect(configuration.get('Neo4j:Password')?.source.kind).toBe('json');
  });

  test('a reference that a label overrides is not followed', async () => {
    const emulator = await azure({
      keyValues: [
        { key: 'Value', secret: 'absent' },
        { key: 'Value', label: 'Production', value: 'right' },
      ],
    });
    expect((await loadConfiguration(value, await productionStart(emulator))).settings.Value).toBe('right');
  });

  test('where neither is enabled Azure is not asked', async () => {
    const emulator = await azure();
    const off = { AzureAppConfiguration__Enabled: 'False', KeyVault__Enabled: 'False', Value: 'local' };
    await loadConfiguration(value, await productionStart(emulator, off));
    await loadConfiguration(value, { ...(await productionStart(emulator, { Value: 'local' })), azure: false });
    expect(emulator.requests).toEqual([]);
  });
});

describe('problems', () => {
  test('all broken references and wrong settings are reported at once', async () => {
    const emulator = await azure({
      ...production,
      keyValues: [
        { key: 'Neo4j:Username', secret: 'absent' },
        { key: 'Neo4j:Password', secret: 'disabled' },
        {
          key: 'Neo4j:Uri',
          value: '{"uri":"https://evil.example/secrets/x"}',
          contentType: 'application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8',
        },
        {
          key: 'Neo4j:Database',
          value: 'not json',
          contentType: 'application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8',
        },
        { key: 'Worker:BatchSize', value: 'many' },
      ],
      secrets: {},
    });
    emulator.setSecret('disabled', 'x', { enabled: false });
    const attempt = loadConfiguration(workerSchema, await productionStart(emulator));
    await expect(attempt).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    const { message } = (await attempt.catch((error: unknown) => error)) as Error;
    expect(message).toContain('secret absent: there is no such secret');
    expect(message).toContain('secret disabled: the secret is disabled');
    expect(message).toContain('a reference to a vault that is allowed, not to evil.example');
    expect(message).toContain('Neo4j:Database (App Configuration');
    expect(message).toContain('got "many"');
    expect(message).toContain('ConnectionStrings:HartonomousDb');
  });

  test.each([
    ['a role is missing in Key Vault', 'keyVault', 'AZURE_ACCESS_DENIED', 'Key Vault Secrets User', false],
    ['a role is missing in App Configuration', 'appConfiguration', 'AZURE_ACCESS_DENIED', 'Data Reader', false],
  ] as const)('%s', async (_, service, code, text, retryable) => {
    const emulator = await azure();
    emulator.grant(service, false);
    const attempt = loadConfiguration(workerSchema, await productionStart(emulator));
    await expect(attempt).rejects.toMatchObject({ code, retryable, message: expect.stringContaining(text) });
  });

  test.each([
    ['an error of the service', 503, 'HTTP 503'],
    ['a connection that breaks', 'reset', 'ECONNRESET'],
  ] as const)('%s that lasts', async (_, failure, text) => {
    const emulator = await azure();
    emulator.fail('appConfiguration', { failure });
    const attempt = loadConfiguration(workerSchema, await productionStart(emulator));
    await expect(attempt).rejects.toMatchObject({
      code: 'AZURE_UNAVAILABLE',
      retryable: true,
      service: 'App Configuration',
      message: expect.stringContaining(text),
    });
  });

  test('a service that recovers is asked again', async () => {
    const emulator = await azure();
    emulator.fail('keyVault', { failure: 429, times: 1, retryAfterMs: 5 });
    emulator.fail('appConfiguration', { failure: 503, times: 1, retryAfterMs: 5 });
    await loadConfiguration(workerSchema, await productionStart(emulator));
    expect(emulator.requests.filter(({ status }) => status === 429 || status === 503)).toHaveLength(2);
  });

  test('a service that never answers ends at Azure:TimeoutSeconds', async () => {
    const emulator = await azure();
    emulator.fail('keyVault', { failure: 'hang' });
    const attempt = loadConfiguration(workerSchema, await productionStart(emulator, { Azure__TimeoutSeconds: '1' }));
    await expect(attempt).rejects.toMatchObject({
      code: 'AZURE_UNAVAILABLE',
      message: expect.stringContaining('within 1 s (Azure:TimeoutSeconds)'),
    });
  });

  test('a signal ends the reading with its reason', async () => {
    const emulator = await azure();
    emulator.fail('keyVault', { failure: 'hang' });
    const reason = new Error('stop');
    const options = await productionStart(emulator);
    const attempt = readConfiguration({
      ...options,
      azure: { ...azureOptions(emulator), signal: AbortSignal.abort(reason) },
    });
    await expect(attempt).rejects.toBe(reason);
  });
});

describe('the last-good cache', () => {
  async function withCache(emulator: Awaited<ReturnType<typeof azure>>, env: Record<string, string> = {}) {
    const file = join(await folderWith({}), 'state', 'azure.json');
    const cache = { Azure__LastGoodCache__Enabled: 'True', Azure__LastGoodCache__File: file };
    return { file, options: await productionStart(emulator, { ...cache, ...env }) };
  }

  test('bridges an outage, says so, and only its owner may read it', async () => {
    const emulator = await azure();
    const { file, options } = await withCache(emulator);
    const good = await loadConfiguration(workerSchema, options);
    expect(good.configuration.warnings).toEqual([]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    emulator.fail('appConfiguration', { failure: 503 });
    const { settings, configuration } = await loadConfiguration(workerSchema, options);
    expect(settings.Neo4j.Password.reveal()).toBe('neo4j-pa55word');
    expect(configuration.warnings).toEqual([expect.stringMatching(/^Azure is away, so the values that it gave at 20/)]);
    expect(inspect(configuration.explain('Neo4j:Username'))).not.toContain('neo4j-production-user');
  });

  test.each<[string, (options: LoadOptions, file: string) => Promise<LoadOptions>, RegExp]>([
    [
      'is of another environment',
      async (options) => ({ ...options, environment: 'Staging' }),
      /other Azure settings|appsettings/,
    ],
    [
      'is too old',
      async (options) => ({ ...options, args: ['--Azure:LastGoodCache:MaxAgeHours=0.0000001'] }),
      /older than/,
    ],
    [
      'is of tomorrow, as a wrong clock writes it',
      async (options, file) => {
        const text = await readFile(file, 'utf8');
        const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
        await writeFile(file, text.replace(/"savedAt":"[^"]+"/, `"savedAt":"${tomorrow}"`));
        return options;
      },
      /in the future/,
    ],
    [
      'may be written by others',
      async (options, file) => {
        await chmod(file, 0o622);
        return options;
      },
      /written by others/,
    ],
    ['is absent', async (options, file) => ({ ...options, args: [`--Azure:LastGoodCache:File=${file}2`] }), /ENOENT/],
  ])('is not used when it %s', async (_, change, text) => {
    const emulator = await azure();
    const { file, options } = await withCache(emulator, {
      AzureAppConfiguration__Enabled: 'True',
      KeyVault__Enabled: 'True',
    });
    await loadConfiguration(workerSchema, options);
    expect(await readFile(file, 'utf8')).toContain('neo4j-pa55word');
    emulator.fail('keyVault', { failure: 503 });
    const attempt = loadConfiguration(workerSchema, await change(options, file));
    await expect(attempt).rejects.toMatchObject({ code: 'AZURE_UNAVAILABLE', message: expect.stringMatching(text) });
  });

  test('does not outlive a right that was taken away', async () => {
    const emulator = await azure();
    const { options } = await withCache(emulator);
    await loadConfiguration(workerSchema, options);
    emulator.grant('keyVault', false);
    await expect(loadConfiguration(workerSchema, options)).rejects.toMatchObject({ code: 'AZURE_ACCESS_DENIED' });
  });
});

describe('watching', () => {
  test.each([
    ['the sentinel', { AzureAppConfiguration__Sentinel: 'Version' }],
    ['any setting', {}],
  ])('%s: a change gives a new configuration, a wrong one is reported and the old one stays', async (what, env) => {
    const emulator = await azure({ keyValues: [{ key: 'Value', value: 'one' }] });
    const stop = new AbortController();
    const seen: string[] = [];
    const errors: unknown[] = [];
    const options = await productionStart(emulator, env as Record<string, string>);
    const watching = (async () => {
      const watch = { signal: stop.signal, intervalMs: 100, onError: (error: unknown) => errors.push(error) };
      for await (const { settings } of watchConfiguration(value, options, watch)) seen.push(settings.Value);
    })();
    const touch = (text: string) => {
      emulator.setKeyValue({ key: 'Value', value: text });
      if (what === 'the sentinel') emulator.setKeyValue({ key: 'Version', value: text });
    };
    await eventually(() => expect(seen).toEqual(['one']));
    touch('two');
    await eventually(() => expect(seen).toEqual(['one', 'two']));
    emulator.deleteKeyValue('Value');
    emulator.setKeyValue({ key: 'Version', value: 'deleted' });
    await eventually(() => expect(errors[0]).toMatchObject({ code: 'CONFIGURATION_INVALID' }));
    touch('three');
    await eventually(() => expect(seen).toEqual(['one', 'two', 'three']));
    stop.abort();
    await watching;
  });

  test('an outage is reported and outlasted', async () => {
    const emulator = await azure({ keyValues: [{ key: 'Value', value: 'one' }] });
    const stop = new AbortController();
    const errors: unknown[] = [];
    const options = await productionStart(emulator, { Azure__MaxRetries: '0' });
    const watch = { signal: stop.signal, intervalMs: 100, onError: (error: unknown) => errors.push(error) };
    const iteration = watchConfiguration(value, options, watch);
    await iteration.next();
    emulator.fail('appConfiguration', { failure: 503 });
    const next = iteration.next();
    await eventually(() => expect(errors[0]).toMatchObject({ code: 'AZURE_UNAVAILABLE' }));
    emulator.setKeyValue({ key: 'Value', value: 'two' });
    emulator.heal('appConfiguration');
    expect((await next).value).toMatchObject({ settings: { Value: 'two' } });
    stop.abort();
    expect((await iteration.next()).done).toBe(true);
  });

  test('with App Configuration off there is one configuration', async () => {
    const folder = await folderWith({ 'appsettings.json': { Value: 'one' } });
    const seen = [];
    const watch = { signal: new AbortController().signal, onError: () => undefined };
    for await (const { settings } of watchConfiguration(value, { folder, env: {} }, watch)) seen.push(settings.Value);
    expect(seen).toEqual(['one']);
  });
});
