import type { TokenCredential } from '@azure/identity';
import type { AzureEmulator } from '../src/index.ts';

/** Takes tokens from an emulator without challenge; the SDK's own credential knows one endpoint per process only. */
export function emulatorCredential({ identityEndpoint }: AzureEmulator): TokenCredential {
  return {
    async getToken(scopes) {
      const resource = String(Array.isArray(scopes) ? scopes[0] : scopes).replace(/\/\.default$/, '');
      const url = `${identityEndpoint}?api-version=2020-06-01&resource=${encodeURIComponent(resource)}`;
      const response = await fetch(url, { headers: { Metadata: 'true' } });
      const { access_token: token, expires_on } = (await response.json()) as Record<string, string>;
      return { token: token!, expiresOnTimestamp: Number(expires_on) * 1_000 };
    },
  };
}
