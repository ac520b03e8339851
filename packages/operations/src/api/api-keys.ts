import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type ApiKey, apiKeyColumns as columns, apiKeyRow as keyRow } from './api-key-row.ts';
import { newApiKey } from './api-key-text.ts';
import type { ApiRole } from './api-role.ts';
import { ApiKeyNotFoundError, TenantNotFoundError } from './errors.ts';

/** What a key is made for. */
export interface ApiKeyChoice {
  /** For people: whose it is, or what for; up to 128 characters. */
  readonly name: string;
  readonly tenantId: number;
  readonly role: ApiRole;
  /** @default never */
  readonly expiresAt?: Date | undefined;
}

/**
 * Makes a key.
 *
 * @returns the key, which can't be read again, and what is kept of it
 * @throws TenantNotFoundError, BrokerError
 */
export async function createApiKey(
  client: BrokerClient,
  { name, tenantId, role, expiresAt }: ApiKeyChoice,
  signal: AbortSignal,
): Promise<ApiKey & { readonly key: string }> {
  await requireTenant(client, tenantId, signal);
  const { key, prefix, hash } = newApiKey();
  const [made] = await client.query(
    `INSERT INTO [dbo].[ApiKey] ([KeyPrefix], [KeyHash], [Name], [TenantId], [Role], [ExpiresAt])
     VALUES (@Prefix, @Hash, @Name, @TenantId, @Role, @ExpiresAt);
     SELECT ${columns} FROM [dbo].[ApiKey] AS k WHERE k.[ApiKeyId] = SCOPE_IDENTITY();`,
    {
      Prefix: prefix,
      Hash: sqlParameter.varbinary(hash, 32),
      ...{ Name: name, TenantId: tenantId, Role: role },
      ExpiresAt: sqlParameter.datetime2(expiresAt ?? null),
    },
    keyRow,
    { signal, context: { operation: 'making an API key' } },
  );
  if (made === undefined) throw new TypeError('The row of the new key was not there.');
  return { ...made, key };
}

/** All keys, those that are revoked or expired too, the oldest first. */
export function listApiKeys(client: BrokerClient, signal: AbortSignal): Promise<readonly ApiKey[]> {
  return client.query(`SELECT ${columns} FROM [dbo].[ApiKey] AS k ORDER BY k.[ApiKeyId];`, {}, keyRow, {
    signal,
    context: { operation: 'listing API keys' },
  });
}

/**
 * Revokes a key for good; one that is revoked stays as it is.
 *
 * @param dryRun only looks for it
 * @throws ApiKeyNotFoundError, BrokerError
 */
export async function revokeApiKey(
  client: BrokerClient,
  id: number,
  { dryRun = false }: { readonly dryRun?: boolean },
  signal: AbortSignal,
): Promise<ApiKey> {
  const revoke = `UPDATE k SET k.[RevokedAt] = SYSUTCDATETIME() FROM [dbo].[ApiKey] AS k
     WHERE k.[ApiKeyId] = @Id AND k.[RevokedAt] IS NULL;`;
  const [key] = await client.query(
    `${dryRun ? '' : revoke}
     SELECT ${columns} FROM [dbo].[ApiKey] AS k WHERE k.[ApiKeyId] = @Id;`,
    { Id: id },
    keyRow,
    { signal, context: { operation: 'revoking an API key' } },
  );
  if (key === undefined) throw new ApiKeyNotFoundError(id);
  return key;
}

async function requireTenant(client: BrokerClient, tenantId: number, signal: AbortSignal): Promise<void> {
  const found = await client.query(
    'SELECT t.[TenantId] FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId;',
    { TenantId: tenantId },
    z.object({ TenantId: z.number() }),
    { signal, context: { operation: 'looking for a tenant' } },
  );
  if (found.length === 0) throw new TenantNotFoundError(tenantId);
}
