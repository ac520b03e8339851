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

test('a folder in the place of a file is a problem, not a crash', async () => {
  const folder = await folderWith({ 'appsettings.json': '{}' });
  const attempt = loadConfiguration(value, { folder: join(folder, 'appsettings.json'), env: {} });
  await expect(attempt).rejects.toBeInstanceOf(ConfigurationError);
  await expect(attempt).rejects.toThrow(/ENOTDIR/);
});
