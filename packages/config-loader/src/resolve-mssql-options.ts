import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AzureOptions } from './azure/azure-options.ts';
import { sqlCredential } from './azure/sql-credential.ts';
import type { EnvironmentVariables } from './environment-source.ts';
import { ServerCertificateError } from './errors.ts';
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
 * login the credential that `Authentication` names; and the certificate that `Server Certificate` pins.
 *
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError when the login can't be made here
 * @throws ServerCertificateError for a file without a certificate
 */
export async function resolveMssqlOptions(
  settings: SqlConnectionSettings,
  { hasOdbcDriver, env = process.env, ...options }: ResolveMssqlOptions,
): Promise<TediousPoolOptions | OdbcPoolOptions> {
  const credential = await sqlCredential(settings, env, options);
  return toMssqlOptions(settings, {
    hasOdbcDriver: settings.login.kind === 'integrated' && (await hasOdbcDriver()),
    ...(credential === undefined ? {} : { credential }),
    ...(await pinnedCertificate(settings)),
  });
}

/** ODBC reads the file itself. */
async function pinnedCertificate({
  server,
  login,
  serverCertificate: path,
}: SqlConnectionSettings): Promise<{ readonly serverCertificate?: string }> {
  if (path === undefined || login.kind === 'integrated') return {};
  try {
    return { serverCertificate: new X509Certificate(await readFile(path)).toString() };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : 'it holds none';
    throw new ServerCertificateError(server.host, path, why, cause);
  }
}
