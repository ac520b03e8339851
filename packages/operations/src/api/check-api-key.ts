import type { BrokerClient, CallOptions } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type ApiKey, apiKeyColumns, apiKeyRow } from './api-key-row.ts';
import { apiKeyPrefix, isApiKey } from './api-key-text.ts';

/** A valid key as it was found by its prefix, which isn't secret: whether a text is that key is still to be asked. */
export interface FoundApiKey extends ApiKey {
  /** Whether a text is this key; takes as long for any other. */
  matches(text: string): boolean;
}

const isValid = 'k.[RevokedAt] IS NULL AND (k.[ExpiresAt] IS NULL OR k.[ExpiresAt] > SYSUTCDATETIME())';

/**
 * Finds a key by its prefix ({@link apiKeyPrefix}).
 *
 * @returns undefined for one that is unknown, revoked or expired
 * @throws BrokerError
 */
export async function findApiKey(
  client: BrokerClient,
  prefix: string,
  options: CallOptions,
): Promise<FoundApiKey | undefined> {
  const [row] = await client.query(
    `SELECT k.[KeyHash], ${apiKeyColumns} FROM [dbo].[ApiKey] AS k WHERE k.[KeyPrefix] = @Prefix AND ${isValid};`,
    { Prefix: prefix },
    z.looseObject({ KeyHash: z.instanceof(Uint8Array) }),
    { ...options, context: { operation: 'checking an API key' } },
  );
  if (row === undefined) return undefined;
  const { KeyHash, ...rest } = row;
  return { ...apiKeyRow.parse(rest), matches: (text) => isApiKey(text, KeyHash) };
}

/** Notes that a key was used, to the minute. @throws BrokerError */
export async function noteApiKeyUse(client: BrokerClient, id: number, options: CallOptions): Promise<void> {
  await client.execute('dbo.sp_TouchApiKey', { ApiKeyId: id }, options);
}

/**
 * Finds who a key belongs to, and notes that it was used. It asks SQL each time: a server that answers anybody should not do so
 * for keys whose prefix {@link apiKeyPrefixes} doesn't have.
 *
 * @returns undefined for what isn't a key, or one that is unknown, revoked or expired; the caller doesn't learn which
 * @throws BrokerError
 */
export async function checkApiKey(
  client: BrokerClient,
  key: string,
  options: CallOptions,
): Promise<ApiKey | undefined> {
  const prefix = apiKeyPrefix(key);
  if (prefix === undefined) return undefined;
  const found = await findApiKey(client, prefix, options);
  if (found === undefined || !found.matches(key)) return undefined;
  await noteApiKeyUse(client, found.id, options);
  const { matches: _, ...kept } = found;
  return kept;
}

const prefixRow = z.object({ KeyPrefix: z.string() });

/** The prefixes of all keys, those that are revoked or expired too: one read of a small index. @throws BrokerError */
export async function apiKeyPrefixes(client: BrokerClient, options: CallOptions): Promise<readonly string[]> {
  const rows = await client.query('SELECT k.[KeyPrefix] FROM [dbo].[ApiKey] AS k;', {}, prefixRow, {
    ...options,
    context: { operation: 'reading the prefixes of API keys' },
  });
  return rows.map(({ KeyPrefix }) => KeyPrefix);
}

const tenantRow = z.object({ TenantId: z.number() });

/** Tenants that have a valid key, at most so many of them. @throws BrokerError */
export async function tenantsWithApiKeys(
  client: BrokerClient,
  most: number,
  options: CallOptions,
): Promise<readonly number[]> {
  const rows = await client.query(
    `SELECT DISTINCT TOP (@Most) k.[TenantId] FROM [dbo].[ApiKey] AS k WHERE ${isValid};`,
    { Most: most },
    tenantRow,
    { ...options, context: { operation: 'looking which tenants have API keys' } },
  );
  return rows.map(({ TenantId }) => TenantId);
}
