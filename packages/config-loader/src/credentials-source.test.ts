import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readCredentialsSource } from './credentials-source.ts';
import { loadConfiguration } from './load-configuration.ts';
import { secret } from './schemas.ts';

async function folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'credentials-'));
  onTestFinished(() => rm(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

test('each file that is named like a setting is one, without the line break at its end', async () => {
  const directory = await folder({
    Neo4j__Password: 'a b\n',
    ConnectionStrings__HartonomousDb: 'Server=x;Password="c\n"\r\n',
    'tls.pem': 'x',
    README: 'x',
    __x: 'x',
  });
  await mkdir(join(directory, 'sub.folder'));
  const { entries, problems } = await readCredentialsSource({ CREDENTIALS_DIRECTORY: directory });
  expect(problems).toEqual([]);
  expect(entries).toEqual([
    {
      key: 'ConnectionStrings:HartonomousDb',
      value: 'Server=x;Password="c\n"',
      origin: 'credential ConnectionStrings__HartonomousDb',
      isSecret: true,
    },
    { key: 'Neo4j:Password', value: 'a b', origin: 'credential Neo4j__Password', isSecret: true },
  ]);
});

test.each([{}, { CREDENTIALS_DIRECTORY: '' }])('%j: there are none', async (env) => {
  expect(await readCredentialsSource(env)).toMatchObject({ entries: [], problems: [], isAbsent: true });
});

test('what cannot be read is named, and its content is not', async () => {
  const directory = await folder({ A__Long: 'x'.repeat(65_537), A__Binary: new Uint8Array([0x70, 0xff, 0xfe]) });
  await mkdir(join(directory, 'A__Folder'));
  const { entries, problems } = await readCredentialsSource({ CREDENTIALS_DIRECTORY: directory });
  expect(entries).toEqual([]);
  expect(problems.map(({ source, received }) => [source, received])).toEqual([
    [join(directory, 'A__Binary'), undefined],
    [join(directory, 'A__Folder'), 'EISDIR'],
    [join(directory, 'A__Long'), undefined],
  ]);
  const gone = await readCredentialsSource({ CREDENTIALS_DIRECTORY: join(directory, 'gone') });
  expect(gone.problems).toMatchObject([{ source: join(directory, 'gone'), received: 'ENOENT' }]);
});

test('a credential wins over the environment, and the command line over it', async () => {
  const directory = await folder({ Neo4j__Password: 'of the credential', Neo4j__Username: 'of the credential' });
  const { settings, configuration } = await loadConfiguration(
    z.object({ Neo4j: z.object({ Password: secret(), Username: z.string() }) }),
    {
      folder: directory,
      env: { CREDENTIALS_DIRECTORY: directory, Neo4j__Password: 'of the environment' },
      args: ['--Neo4j:Username', 'of the command line'],
      azure: false,
    },
  );
  expect(settings.Neo4j.Password.reveal()).toBe('of the credential');
  expect(settings.Neo4j.Username).toBe('of the command line');
  expect(JSON.stringify(configuration.explain('Neo4j:Password'))).not.toContain('of the credential');
});
