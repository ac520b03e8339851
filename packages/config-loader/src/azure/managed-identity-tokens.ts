import type { EnvironmentVariables } from '../environment-source.ts';
import { given } from '../given.ts';
import type { AzureOptions } from './azure-options.ts';
import { azurePackage } from './azure-package.ts';
import { traced } from './credential.ts';

/** Which managed identity asks for tokens. */
export interface ManagedIdentityOptions extends Pick<AzureOptions, 'trace'> {
  /** Client id of a user-assigned identity. @default the machine's own, Azure Arc included */
  readonly clientId?: string | undefined;
}

/**
 * A source of tokens for services in Azure besides those that settings are read from. Tokens are kept until shortly before they
 * expire, so that it may be asked before every request.
 *
 * @returns takes a scope, for example `https://ai.azure.com/.default`; rejects with an error of `@azure/identity`, or with
 * {@link AzurePackageMissingError} where that isn't installed
 */
export function managedIdentityTokens(
  env: EnvironmentVariables,
  { clientId, trace }: ManagedIdentityOptions = {},
): (scope: string) => Promise<string> {
  const create = async () => {
    // Loaded only where a setting asks for it: it takes longer than the rest of a start.
    const { ManagedIdentityCredential } = await azurePackage('@azure/identity', () => import('@azure/identity'));
    const credential = new ManagedIdentityCredential({ ...given('clientId', clientId) });
    return await traced({ name: 'ManagedIdentityCredential', credential }, env, { ...given('trace', trace) });
  };
  let created: ReturnType<typeof create> | undefined;
  return async (scope) => {
    created ??= create();
    const { token } = (await (await created).getToken(scope)) ?? {};
    if (token === undefined) throw new TypeError(`The managed identity has no token for ${scope}.`);
    return token;
  };
}
