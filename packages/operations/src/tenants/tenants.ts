import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';
import { TenantExistsError } from '../errors.ts';

/** A row of dbo.Tenant. */
export interface TenantRow {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

const tenantRow = z.object({ id: z.number(), name: z.string(), createdAt: z.date() });

/** All tenants, by their numbers. @throws BrokerError */
export async function listTenants(client: BrokerClient, signal: AbortSignal): Promise<readonly TenantRow[]> {
  return await client.query(
    'SELECT t.[TenantId] AS [id], t.[Name] AS [name], t.[CreatedAt] AS [createdAt] FROM [dbo].[Tenant] AS t ORDER BY t.[TenantId];',
    {},
    tenantRow,
    { signal, context: { operation: 'listing the tenants' } },
  );
}

/**
 * Adds a tenant and has it synced to the graph, both or neither.
 *
 * @param dryRun only checks whether there is one with that number
 * @throws TenantExistsError for a number that is taken, whatever the name
 * @throws BrokerError
 */
export async function addTenant(
  client: BrokerClient,
  { id, name }: Pick<TenantRow, 'id' | 'name'>,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  const context = { operation: `adding tenant ${id}` };
  await using transaction = await client.beginTransaction();
  const [taken] = await transaction.query(
    'SELECT t.[Name] AS [name] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, HOLDLOCK) WHERE t.[TenantId] = @id;',
    { id },
    z.object({ name: z.string() }),
    { signal, context },
  );
  if (taken !== undefined) throw new TenantExistsError(id, taken.name);
  if (!dryRun) {
    await transaction.run(
      `INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (@id, @name);
       EXEC [dbo].[sp_EnqueueNeo4jSync] @EntityType = N'Tenant', @EntityId = @id, @SyncType = N'CREATE';`,
      { id, name },
      { signal, context },
    );
    await transaction.commit();
  }
}
