import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfigurationEntry, type ConfigurationSource, keySeparator } from './configuration-source.ts';
import type { EnvironmentVariables } from './environment-source.ts';
import type { ConfigurationProblem } from './errors.ts';

/** Where systemd puts the files of `LoadCredential=` (systemd.exec(5)): readable by the service alone, in memory that isn't swapped. */
const directoryVariable = 'CREDENTIALS_DIRECTORY';

/** Files that are settings: a section at least, as `Neo4j__Password`. Others, a certificate for example, are the service's own business. */
const settingFile = /^[A-Za-z][A-Za-z0-9]*(?:__[A-Za-z0-9]+)+$/;

/** Maximum bytes of a credential; systemd itself allows 1 MB. A larger one isn't a setting, but a file in the wrong place. */
const longestCredential = 65_536;

/**
 * Settings from files of their own, one per setting: the credentials that systemd gives to a service. The file's name is the key
 * with `__` for `:`, as .NET's key-per-file provider has it; its text is the value, without the line break at its end. All of
 * them are secrets. Without `CREDENTIALS_DIRECTORY` there are none; a file that can't be read is a problem of the source.
 */
export async function readCredentialsSource(env: EnvironmentVariables): Promise<ConfigurationSource> {
  const directory = env[directoryVariable];
  const name = 'credentials of the service';
  if (directory === undefined || directory === '') {
    return { kind: 'other', name: `${name} (absent)`, entries: [], problems: [], isAbsent: true };
  }
  const entries: ConfigurationEntry[] = [];
  const problems: ConfigurationProblem[] = [];
  let files: readonly string[] = [];
  try {
    files = (await readdir(directory)).filter((file) => settingFile.test(file)).sort();
  } catch (error) {
    problems.push(unreadable(directory, 'a readable folder', error));
  }
  for (const file of files) {
    const path = join(directory, file);
    try {
      const value = await readCredential(path);
      if (value === undefined) problems.push({ kind: 'unreadable', source: path, expected: expectedText });
      else
        entries.push({ key: file.replaceAll('__', keySeparator), value, origin: `credential ${file}`, isSecret: true });
    } catch (error) {
      problems.push(unreadable(path, 'a readable file', error));
    }
  }
  return { kind: 'other', name, entries, problems };
}

const expectedText = `text in UTF-8 of at most ${longestCredential} bytes`;

async function readCredential(path: string): Promise<string | undefined> {
  if ((await stat(path)).size > longestCredential) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function unreadable(source: string, expected: string, error: unknown): ConfigurationProblem {
  const received = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return { kind: 'unreadable', source, expected, received };
}
