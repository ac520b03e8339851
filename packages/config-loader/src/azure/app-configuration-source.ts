import type { ConfigurationSetting } from '@azure/app-configuration';
import pLimit from 'p-limit';
import { z } from 'zod';
import { type ConfigurationEntry, type ConfigurationSource, normalizeKey } from '../configuration-source.ts';
import type { ConfigurationProblem } from '../errors.ts';
import { jsonEntries } from '../json-source.ts';
import type { AppConfigurationReader } from './app-configuration-reader.ts';
import type { AzureSettings } from './azure-settings.ts';
import { secretsAtATime, type VaultReader } from './vault-reader.ts';

const referenceSchema = z.object({ uri: z.url() });

/** Keys of the service's own, such as feature flags; they aren't settings. */
const reservedPrefix = '.appconfig.';

interface Selected {
  readonly key: string;
  readonly label: string | null;
  readonly setting: ConfigurationSetting;
}

/**
 * The settings of App Configuration as two sources: those without label, and above them those with the environment's
 * label. Key Vault references are resolved, those that another label overrides excepted.
 */
export async function readAppConfigurationSources(
  settings: AzureSettings,
  reader: AppConfigurationReader,
  vaults: VaultReader,
  signal: AbortSignal,
): Promise<readonly ConfigurationSource[]> {
  const { KeyPrefix } = settings.AzureAppConfiguration;
  const selections = await Promise.all(
    reader.labels.map(async (label) => ({
      label,
      selected: (await reader.list(label, signal))
        .map((setting): Selected => ({ key: setting.key.slice(KeyPrefix.length), label, setting }))
        .filter(({ key, setting }) => key !== '' && !setting.key.startsWith(reservedPrefix)),
    })),
  );
  return await Promise.all(
    selections.map(async ({ label, selected }, index) => {
      const above = new Set(
        selections.slice(index + 1).flatMap((other) => other.selected.map(({ key }) => normalizeKey(key))),
      );
      const problems: ConfigurationProblem[] = [];
      const entries = await pLimit(secretsAtATime).map(selected, async (one) => {
        const origin = `App Configuration ${reader.host}, ${one.setting.key}${label === null ? '' : ` (label ${label})`}`;
        const isShadowed = above.has(normalizeKey(one.key));
        return await entriesOf(one, origin, isShadowed, settings, vaults, problems);
      });
      const name = `App Configuration ${reader.host}${label === null ? ' (no label)' : ` (label ${label})`}`;
      return { kind: 'app-configuration' as const, name, entries: entries.flat(), problems };
    }),
  );
}

async function entriesOf(
  { key, setting }: Selected,
  origin: string,
  isShadowed: boolean,
  settings: AzureSettings,
  vaults: VaultReader,
  problems: ConfigurationProblem[],
): Promise<readonly ConfigurationEntry[]> {
  const value = setting.value ?? '';
  const type = setting.contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/vnd.microsoft.appconfig.keyvaultref+json') {
    // Hidden, so it is never shown that a value that doesn't count was not fetched.
    if (isShadowed) return [{ key, value: 'not read', origin, isSecret: true }];
    const resolved = await resolveReference(value, settings, vaults);
    if (typeof resolved.value === 'string') {
      return [{ key, value: resolved.value, origin: `${origin} -> ${resolved.from}`, isSecret: true }];
    }
    problems.push({ kind: 'unreadable', key, source: origin, expected: resolved.problem });
    return [];
  }
  if (/^application\/([\w.+-]+\+)?json$/.test(type)) {
    // As .NET does it: JSON becomes child keys, and what claims to be JSON and isn't stays text.
    return jsonEntries(key, value, origin) ?? [{ key, value, origin }];
  }
  return [{ key, value, origin }];
}

type Resolution =
  | { readonly value: string; readonly from: string }
  | { readonly value: undefined; readonly problem: string };

async function resolveReference(text: string, settings: AzureSettings, vaults: VaultReader): Promise<Resolution> {
  const refused = (problem: string): Resolution => ({ value: undefined, problem });
  const uri = parseReference(text);
  const [, area, name, version, ...more] = uri?.pathname.split('/') ?? [];
  if (uri === undefined || uri.protocol !== 'https:' || area !== 'secrets' || !name || more.length > 0) {
    return refused('a Key Vault reference like {"uri":"https://name.vault.azure.net/secrets/secret-name"}');
  }
  if (!isAllowedVault(uri.host, settings)) {
    // Otherwise anyone with write access to App Configuration could have this identity's tokens sent anywhere.
    return refused(
      `a reference to a vault that is allowed, not to ${uri.host}; allow it with KeyVault:VaultUri or AzureAppConfiguration:VaultHosts`,
    );
  }
  const from = `Key Vault ${uri.host}, secret ${name}`;
  const value = await vaults.read(`${uri.origin}/`, name, version || undefined);
  return typeof value === 'string' ? { value, from } : refused(`a secret that can be read; ${from}: ${value.reason}`);
}

function parseReference(text: string): URL | undefined {
  try {
    const reference = referenceSchema.safeParse(JSON.parse(text));
    return reference.success ? new URL(reference.data.uri) : undefined;
  } catch {
    // Not JSON: the caller reports what a reference looks like.
    return undefined;
  }
}

function isAllowedVault(host: string, { KeyVault, AzureAppConfiguration }: AzureSettings): boolean {
  const listed = [...AzureAppConfiguration.VaultHosts];
  if (KeyVault.VaultUri !== undefined && URL.canParse(KeyVault.VaultUri)) listed.push(new URL(KeyVault.VaultUri).host);
  // Without any list the vaults of the public cloud are allowed: tokens for Key Vault are of no use elsewhere.
  if (listed.length === 0) return host.endsWith('.vault.azure.net');
  return listed.some((one) => one.toLowerCase() === host.toLowerCase());
}
