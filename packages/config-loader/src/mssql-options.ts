import type { TokenCredential } from './azure/token-credential.ts';
import {
  AuthenticationUnavailableError,
  IntegratedSecurityUnavailableError,
  ServerCertificateError,
} from './errors.ts';
import { given } from './given.ts';
import type { SqlConnectionSettings } from './sql-connection-string.ts';

/** Options of an `mssql` ConnectionPool with its default driver, tedious. A plain object: mssql isn't a dependency here. */
export interface TediousPoolOptions {
  readonly driver: 'tedious';
  readonly server: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly authentication?: {
    readonly type: 'token-credential';
    readonly options: { readonly credential: TokenCredential };
  };
  /** Milliseconds. */
  readonly connectionTimeout: number;
  /** Milliseconds; 0: no limit. */
  readonly requestTimeout: number;
  readonly pool: { readonly max: number; readonly min: number };
  readonly options: {
    readonly encrypt: boolean | 'strict';
    readonly trustServerCertificate: boolean;
    readonly instanceName?: string;
    readonly appName?: string;
    readonly serverName?: string;
    readonly readOnlyIntent: boolean;
    readonly multiSubnetFailover: boolean;
    readonly packetSize?: number;
    readonly workstationId?: string;
    /** For `tls.createSecureContext`: trusts nothing but the one certificate. */
    readonly cryptoCredentialsDetails?: { readonly ca: string; readonly allowPartialTrustChain: true };
  };
}

/** Options of an `mssql/msnodesqlv8` ConnectionPool, whose ODBC driver can log in as the account of the process. */
export interface OdbcPoolOptions {
  readonly driver: 'msnodesqlv8';
  readonly server: string;
  /** In the words of ODBC. */
  readonly connectionString: string;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly pool: { readonly max: number; readonly min: number };
}

/** What {@link toMssqlOptions} can't know by itself. */
export interface MssqlOptionsContext {
  /** Whether the optional package msnodesqlv8 can be imported. @default false */
  readonly hasOdbcDriver?: boolean;
  /** Gives tokens for the Microsoft Entra kinds of authentication. */
  readonly credential?: TokenCredential;
  /** The one certificate to accept, PEM: what is in the file that `Server Certificate` names. */
  readonly serverCertificate?: string;
}

/** tedious takes 0 for "at once", so no limit is the longest time that a timer can hold. */
const noLimitMs = 2_147_483_647;

/**
 * Translates a parsed connection string to options of the `mssql` package, without the losses of its own parser
 * (Encrypt=Strict, Application Name, strict booleans, a port beside an instance name).
 *
 * @throws IntegratedSecurityUnavailableError for Integrated Security without msnodesqlv8
 * @throws AuthenticationUnavailableError for a Microsoft Entra method without a credential
 * @throws ServerCertificateError for a `Server Certificate` that the context doesn't have
 */
export function toMssqlOptions(
  settings: SqlConnectionSettings,
  context: MssqlOptionsContext = {},
): TediousPoolOptions | OdbcPoolOptions {
  const { server, login } = settings;
  const common = {
    server: server.host,
    connectionTimeout: settings.connectTimeoutSeconds === 0 ? noLimitMs : settings.connectTimeoutSeconds * 1_000,
    requestTimeout: settings.commandTimeoutSeconds * 1_000,
    pool: { max: settings.maxPoolSize ?? 100, min: settings.minPoolSize ?? 0 },
  };
  if (login.kind === 'integrated') {
    if (context.hasOdbcDriver !== true) throw new IntegratedSecurityUnavailableError(server.host);
    return { driver: 'msnodesqlv8', ...common, connectionString: odbcConnectionString(settings) };
  }
  const { serverCertificate } = context;
  if (settings.serverCertificate !== undefined && serverCertificate === undefined) {
    throw new ServerCertificateError(server.host, settings.serverCertificate, 'nothing was read of it');
  }
  return {
    driver: 'tedious',
    ...common,
    ...given('port', server.port),
    ...given('database', settings.database),
    ...loginOptions(settings, context),
    options: {
      encrypt: settings.encrypt === 'strict' ? 'strict' : settings.encrypt === 'mandatory',
      // SqlClient doesn't honour it with Strict: the certificate is always checked there.
      trustServerCertificate: settings.trustServerCertificate && settings.encrypt !== 'strict',
      readOnlyIntent: settings.readOnlyIntent,
      multiSubnetFailover: settings.multiSubnetFailover,
      ...given('instanceName', server.instance),
      ...given('appName', settings.applicationName),
      ...given('serverName', settings.hostNameInCertificate),
      ...given('packetSize', settings.packetSize),
      ...given('workstationId', settings.workstationId),
      ...(serverCertificate === undefined
        ? {}
        : { cryptoCredentialsDetails: { ca: serverCertificate, allowPartialTrustChain: true as const } }),
    },
  };
}

function loginOptions(
  { login, server }: SqlConnectionSettings,
  { credential }: MssqlOptionsContext,
): Pick<TediousPoolOptions, 'user' | 'password' | 'authentication'> {
  if (login.kind === 'sql') return { user: login.user, password: login.password.reveal() };
  const method = login.kind === 'entra' ? login.method : login.kind;
  if (credential === undefined) throw new AuthenticationUnavailableError(server.host, method);
  return { authentication: { type: 'token-credential', options: { credential } } };
}

function odbcConnectionString(settings: SqlConnectionSettings): string {
  const { server, encrypt } = settings;
  const address =
    server.instance === undefined ? `${server.host},${server.port ?? 1433}` : `${server.host}\\${server.instance}`;
  const words: [string, string | undefined][] = [
    ['Driver', 'ODBC Driver 18 for SQL Server'],
    ['Server', server.instance === undefined ? `tcp:${address}` : address],
    ['Database', settings.database],
    ['Trusted_Connection', 'yes'],
    ['Encrypt', { mandatory: 'yes', optional: 'no', strict: 'strict' }[encrypt]],
    ['TrustServerCertificate', settings.trustServerCertificate ? 'yes' : 'no'],
    ['HostNameInCertificate', settings.hostNameInCertificate],
    ['ServerCertificate', settings.serverCertificate],
    ['APP', settings.applicationName],
    ['WSID', settings.workstationId],
    ['ApplicationIntent', settings.readOnlyIntent ? 'ReadOnly' : undefined],
    ['MultiSubnetFailover', settings.multiSubnetFailover ? 'yes' : undefined],
  ];
  return words.flatMap(([word, value]) => (value === undefined ? [] : [`${word}=${odbcValue(value)}`])).join(';');
}

/** ODBC quotes with braces, doubling a closing one; `[]{}(),;?*=!@` and blanks ask for it, a comma in Server doesn't. */
function odbcValue(value: string): string {
  return /[[\]{}();?*=!@\s]/.test(value) ? `{${value.replaceAll('}', '}}')}}` : value;
}
