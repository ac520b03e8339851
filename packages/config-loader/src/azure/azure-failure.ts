import {
  AzureAccessError,
  type AzureConfigurationService,
  AzureIdentityError,
  AzureUnavailableError,
  ConfigLoaderError,
} from '../errors.ts';

/** Names of the errors that `@azure/identity` throws when it can't get a token. */
const identityErrors: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
]);

/** Where a call to Azure went, and how. */
export interface AzureTarget {
  readonly service: AzureConfigurationService;
  readonly address: string;
  readonly useManagedIdentity: boolean;
}

/** HTTP status and error code of an error of the Azure SDKs, as far as it has them. */
export function restErrorOf(error: unknown): { readonly status?: number; readonly code?: string } {
  if (!(error instanceof Error)) return {};
  return {
    ...('statusCode' in error && typeof error.statusCode === 'number' ? { status: error.statusCode } : {}),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
  };
}

/** Translates an error of the Azure SDKs to one of this package; others are given back as they are. */
export function azureFailure(error: unknown, { service, address, useManagedIdentity }: AzureTarget): unknown {
  if (!(error instanceof Error) || error instanceof ConfigLoaderError) return error;
  if (identityErrors.has(error.name)) {
    return new AzureIdentityError(service, firstLine(error), useManagedIdentity, error);
  }
  const { status, code } = restErrorOf(error);
  if (status === 401 || status === 403) return new AzureAccessError(service, address, `HTTP ${status}`, error);
  if (status !== undefined) return new AzureUnavailableError(service, address, `it answers with HTTP ${status}`, error);
  return code === undefined ? error : new AzureUnavailableError(service, address, code, error);
}

/** The SDK's messages continue with advice and stack-like lists; the first line has what happened. */
function firstLine({ message }: Error): string {
  return (message.split('\n')[0] ?? '').replace(/\.$/, '');
}
