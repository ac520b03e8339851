import type { EnvironmentVariables } from '../environment-source.ts';
import { AuthenticationUnavailableError } from '../errors.ts';
import { given } from '../given.ts';
import type { SqlConnectionSettings } from '../sql-connection-string.ts';
import type { AzureOptions } from './azure-options.ts';
import { azurePackage } from './azure-package.ts';
import { type NamedCredential, traced } from './credential.ts';
import type { TokenCredential } from './token-credential.ts';

type EntraLogin = Extract<SqlConnectionSettings['login'], { readonly kind: 'entra' }>;

/**
 * The credential that a connection string's `Authentication` asks for; `undefined` for logins that need none. As in
 * SqlClient, `User Id` is the client id of a user-assigned identity, of a workload or of a service principal.
 *
 * @throws AuthenticationUnavailableError for methods that need a person or a Windows account, and for a service
 * principal whose tenant isn't known
 * @throws AzurePackageMissingError where @azure/identity isn't installed
 */
export async function sqlCredential(
  { login, server }: SqlConnectionSettings,
  env: EnvironmentVariables,
  options: Pick<AzureOptions, 'trace'> = {},
): Promise<TokenCredential | undefined> {
  if (login.kind !== 'entra') return undefined;
  return await traced(await entraCredential(login, server.host, env), env, options);
}

async function entraCredential(login: EntraLogin, host: string, env: EnvironmentVariables): Promise<NamedCredential> {
  const { method, user, password } = login;
  const {
    ClientSecretCredential,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
    // Loaded only where a connection string needs it: it takes longer than the rest of a start.
  } = await azurePackage('@azure/identity', () => import('@azure/identity'));
  switch (method) {
    case 'activedirectorymanagedidentity':
    case 'activedirectorymsi':
      return {
        name: 'ManagedIdentityCredential',
        credential: new ManagedIdentityCredential({ ...given('clientId', user) }),
      };
    case 'activedirectorydefault':
      return {
        name: 'DefaultAzureCredential',
        credential: new DefaultAzureCredential({ ...given('managedIdentityClientId', user) }),
      };
    case 'activedirectoryworkloadidentity':
      return {
        name: 'WorkloadIdentityCredential',
        credential: new WorkloadIdentityCredential({ ...given('clientId', user) }),
      };
    case 'activedirectoryserviceprincipal': {
      const tenant = env.AZURE_TENANT_ID?.trim() ?? '';
      if (tenant === '' || user === undefined || password === undefined) {
        throw new AuthenticationUnavailableError(
          host,
          method,
          'which needs the client id as User Id, its secret as Password, and the tenant in the variable AZURE_TENANT_ID',
        );
      }
      return {
        name: 'ClientSecretCredential',
        credential: new ClientSecretCredential(tenant, user, password.reveal()),
      };
    }
    default:
      throw new AuthenticationUnavailableError(
        host,
        method,
        'which asks for a person or a Windows account. A service uses Active Directory Managed Identity, Active ' +
          'Directory Workload Identity, Active Directory Service Principal, Active Directory Default, or a SQL login',
      );
  }
}
