/**
 * What gives tokens for Azure: the shape of the credentials of `@azure/identity`, as far as tedious and the SDKs need it. A type of its
 * own, so that this package's types hold where `@azure/identity` isn't installed.
 */
export interface TokenCredential {
  getToken(scopes: string | string[], options?: object): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}
