import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationSource } from './configuration-source.ts';
import type { EnvironmentChoice } from './environment-choice.ts';
import { readJsonSource } from './json-source.ts';
import { nearMiss } from './near-miss.ts';

/** The names that .NET itself knows: they aren't slips. */
const usualNames: ReadonlySet<string> = new Set(['Development', 'Staging', 'Production']);

/**
 * Reads `appsettings.{name}.json`, which may be absent, as in .NET. Where the name was given, an absent file is most likely a slip in
 * it, so the source carries a warning; except for .NET's usual names in a folder that has no files of environments at all.
 */
export async function readEnvironmentFile(folder: string, choice: EnvironmentChoice): Promise<ConfigurationSource> {
  const file = `appsettings.${choice.name}.json`;
  const source = await readJsonSource(join(folder, file));
  if (source.isAbsent !== true || choice.chosenBy === undefined) return source;
  const present = await environmentsOf(folder);
  if (present.length === 0 && usualNames.has(choice.name)) return source;
  const meant = nearMiss(choice.name, present.length === 0 ? usualNames : present);
  const others = present.length === 0 ? '' : `, only those of ${present.join(', ')}`;
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const warning = `${choice.chosenBy} names the environment ${choice.name}, but ${folder} has no ${file}${others}${hint}`;
  return { ...source, warnings: [warning] };
}

/** Environments that a folder has files of, by name. */
async function environmentsOf(folder: string): Promise<readonly string[]> {
  let files: readonly string[];
  try {
    files = await readdir(folder);
  } catch {
    // A folder that is absent or can't be listed: what can be said is that the file isn't there.
    return [];
  }
  // `appsettings.schema.json` is the one that editors read.
  return files
    .flatMap((file) => /^appsettings\.([^.]+)\.json$/i.exec(file)?.[1] ?? [])
    .filter((name) => name.toLowerCase() !== 'schema')
    .sort();
}
