import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, loadConfiguration, secret, valuesSource } from '../src/index.ts';

async function folderWith(files: Record<string, object | string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'config-loader-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const value = z.object({ Value: z.string() });

const layers = ['default', 'base', 'environment file', 'variable', 'between', 'command line'] as const;
test.each(layers.map((top, index) => ({ top, present: layers.slice(0, index + 1) })))(
  'of $present, $top wins',
  async ({ top, present }) => {
    const has = (layer: (typeof layers)[number]) => present.includes(layer);
    const folder = await folderWith({
      ...(has('base') ? { 'appsettings.json': { Value: 'base' } } : {}),
      ...(has('environment file') ? { 'appsettings.Staging.json': { value: 'environment file' } } : {}),
      'appsettings.Development.json': { Value: 'of another environment' },
    });
    const { settings, configuration } = await loadConfiguration(value, {
      folder,
      env: { DOTNET_ENVIRONMENT: 'Staging', ...(has('variable') ? { VALUE: 'variable' } : {}) },
      args: has('command line') ? ['--Value', 'command line'] : [],
      before: [valuesSource('default', { Value: 'default' })],
      between: has('between') ? [valuesSource('between', { Value: 'between' })] : [],
    });
    expect(settings.Value).toBe(top);
    expect(configuration.explain('Value').map((line) => line.wins)).toEqual(present.map((layer) => layer === top));
  },
);

test("the runbook's development file works as it stands", async () => {
  const folder = await folderWith({
    'appsettings.json': `{
      "ConnectionStrings": {
        "HartonomousDb": "Server=localhost;Database=Hartonomous;Integrated Security=True;TrustServerCertificate=True;"
      },
      "Neo4j": { "Uri": "bolt://localhost:7687", "Username": "neo4j", "Password": "neo4jneo4j", "Enabled": true }
    }`,
  });
  const schema = z.object({ Neo4j: z.object({ Uri: z.string(), Password: secret(), Enabled: z.boolean() }) });
  const { settings } = await loadConfiguration(schema, { folder, env: { Neo4j__Uri: 'bolt://other:7687' } });
  expect(settings.Neo4j).toMatchObject({ Uri: 'bolt://other:7687', Enabled: true });
  expect(settings.Neo4j.Password.reveal()).toBe('neo4jneo4j');
});

test.each([
  [
    { DOTNET_ENVIRONMENT: 'Prodution' },
    /^DOTNET_ENVIRONMENT names .* Prodution, .*only those of Production \(did you mean Production\?\)$/,
  ],
  [{ ASPNETCORE_ENVIRONMENT: 'Lab' }, /^ASPNETCORE_ENVIRONMENT names .* Lab, .*only those of Production$/],
  [{ DOTNET_ENVIRONMENT: 'Development' }, /names .* Development/],
  [{ DOTNET_ENVIRONMENT: 'Production' }, undefined],
  [{}, undefined],
])('an environment that was named and has no file: %j is warned of by %j', async (env, warning) => {
  const files = {
    'appsettings.json': { Value: 'x' },
    'appsettings.Production.json': {},
    'appsettings.schema.json': {},
  };
  const { configuration } = await loadConfiguration(value, { folder: await folderWith(files), env });
  expect(configuration.warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
});

test.each([
  ['Development', undefined],
  [
    'Prodution',
    /^--environment names .* Prodution, but .* has no appsettings.Prodution.json \(did you mean Production\?\)$/,
  ],
])('in a folder without files of environments, %s is warned of by %j', async (environment, warning) => {
  const folder = await folderWith({ 'appsettings.json': { Value: 'x' } });
  const { configuration } = await loadConfiguration(value, { folder, env: {}, environment });
  expect(configuration.warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
});

test('an error says which environment this is and why', async () => {
  const folder = await folderWith({ 'appsettings.json': {} });
  await expect(loadConfiguration(value, { folder, env: {} })).rejects.toThrow(
    /\nThis is environment Production, the default: .* set DOTNET_ENVIRONMENT=Development\.$/,
  );
  await expect(loadConfiguration(value, { folder, env: { DOTNET_ENVIRONMENT: 'Staging' } })).rejects.toThrow(
    /\nThis is environment Staging, as DOTNET_ENVIRONMENT says\.$/,
  );
});

test('a folder in the place of a file is a problem, not a crash', async () => {
  const folder = await folderWith({ 'appsettings.json': '{}' });
  const attempt = loadConfiguration(value, { folder: join(folder, 'appsettings.json'), env: {} });
  await expect(attempt).rejects.toBeInstanceOf(ConfigurationError);
  await expect(attempt).rejects.toThrow(/ENOTDIR/);
});
