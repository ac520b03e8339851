import pLimit from 'p-limit';
import { type ConfigurationEntry, type ConfigurationSource, keySeparator } from '../configuration-source.ts';
import type { ConfigurationProblem } from '../errors.ts';
import { secretsAtATime, type VaultReader } from './vault-reader.ts';

/** The setting that a secret holds: by the table, else `--` is `:`. Secret names ignore case. */
function keyOfSecret(name: string, secretKeys: Readonly<Record<string, string>>): string {
  const listed = Object.entries(secretKeys).find(([secret]) => secret.toLowerCase() === name.toLowerCase());
  return listed?.[1] ?? name.replaceAll('--', keySeparator);
}

/** All enabled secrets of a vault as settings, as .NET's Key Vault source has them. */
export async function readKeyVaultSource(
  vault: string,
  secretKeys: Readonly<Record<string, string>>,
  reader: VaultReader,
): Promise<ConfigurationSource> {
  const { host } = new URL(vault);
  const problems: ConfigurationProblem[] = [];
  const found = await pLimit(secretsAtATime).map(await reader.names(vault), async (name) => {
    const key = keyOfSecret(name, secretKeys);
    const origin = `Key Vault ${host}, secret ${name}`;
    const value = await reader.read(vault, name);
    if (typeof value === 'string') return [{ key, value, origin, isSecret: true }];
    const expected = `a secret that can be read; ${value.reason}`;
    problems.push({ kind: 'unreadable', key, source: origin, expected });
    return [];
  });
  const entries: readonly ConfigurationEntry[] = found.flat();
  return { kind: 'key-vault', name: `Key Vault ${host}`, entries, problems };
}
