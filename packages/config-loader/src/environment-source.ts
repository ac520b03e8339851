import { type ConfigurationEntry, type ConfigurationSource, keySeparator } from './configuration-source.ts';

/** Environment variables as Node gives them. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Azure App Service's and .NET's prefixes for connection strings, with the provider that some of them imply. */
const connectionStringPrefixes: readonly { readonly prefix: string; readonly provider?: string }[] = [
  { prefix: 'SQLCONNSTR_', provider: 'System.Data.SqlClient' },
  { prefix: 'SQLAZURECONNSTR_', provider: 'System.Data.SqlClient' },
  { prefix: 'MYSQLCONNSTR_', provider: 'MySql.Data.MySqlClient' },
  { prefix: 'POSTGRESQLCONNSTR_', provider: 'Npgsql' },
  { prefix: 'CUSTOMCONNSTR_' },
  { prefix: 'APIHUBCONNSTR_' },
  { prefix: 'DOCDBCONNSTR_' },
  { prefix: 'EVENTHUBCONNSTR_' },
  { prefix: 'NOTIFICATIONHUBCONNSTR_' },
  { prefix: 'REDISCACHECONNSTR_' },
  { prefix: 'SERVICEBUSCONNSTR_' },
];

/**
 * All environment variables as settings: `__` becomes `:`, and the connection string prefixes (`SQLCONNSTR_Db`) put
 * their variable under `ConnectionStrings`.
 */
export function environmentSource(env: EnvironmentVariables): ConfigurationSource {
  const entries: ConfigurationEntry[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const origin = `environment variable ${variable}`;
    const rule = connectionStringPrefixes.find(({ prefix }) => variable.toUpperCase().startsWith(prefix));
    if (rule === undefined) {
      entries.push({ key: withSections(variable), value, origin });
      continue;
    }
    const key = `ConnectionStrings${keySeparator}${withSections(variable.slice(rule.prefix.length))}`;
    entries.push({ key, value, origin });
    if (rule.provider !== undefined) entries.push({ key: `${key}_ProviderName`, value: rule.provider, origin });
  }
  return { kind: 'environment', name: 'environment variables', entries, problems: [] };
}

/** The environment variable that sets this key. */
export function variableFor(key: string): string {
  return key.replaceAll(keySeparator, '__');
}

function withSections(variable: string): string {
  return variable.replaceAll('__', keySeparator);
}
