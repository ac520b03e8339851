import type { AzureOptions } from './azure/azure-options.ts';
import { sqlCredential } from './azure/sql-credential.ts';
import type { EnvironmentVariables } from './environment-source.ts';
import { type OdbcPoolOptions, type TediousPoolOptions, toMssqlOptions } from './mssql-options.ts';
import type { SqlConnectionSettings } from './sql-connection-string.ts';

/** What {@link resolveMssqlOptions} looks at besides the connection string. */
export interface ResolveMssqlOptions extends Pick<AzureOptions, 'trace'> {
  /** Whether msnodesqlv8 can be loaded; asked only where a connection string says Integrated Security. */
  readonly hasOdbcDriver: () => Promise<boolean>;
  /** @default process.env */
  readonly env?: EnvironmentVariables;
}

/**
 * {@link toMssqlOptions} with what a login needs: the ODBC driver for Integrated Security, and for a Microsoft Entra
 * login the credential that `Authentication` names.
 *
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError when the login can't be made here
 */
export async function resolveMssqlOptions(
  settings: SqlConnectionSettings,
  { hasOdbcDriver, env = process.env, ...options }: ResolveMssqlOptions,
): Promise<TediousPoolOptions | OdbcPoolOptions> {
  const credential = await sqlCredential(settings, env, options);
  return toMssqlOptions(settings, {
    hasOdbcDriver: settings.login.kind === 'integrated' && (await hasOdbcDriver()),
    ...(credential === undefined ? {} : { credential }),
  });
}
