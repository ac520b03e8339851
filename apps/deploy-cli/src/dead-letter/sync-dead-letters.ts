import {
  type BrokerClient,
  type CallOptions,
  connectBroker,
  DeadLetterTable,
  type DialogPool,
  quoteName,
  type Replayer,
  type StoredDeadLetter,
  sqlParameter,
} from '@hartonomous/broker-client';
import { type SqlConnectionSettings, toMssqlOptions } from '@hartonomous/config-loader';
import { type EntityType, entityOf, isEntityType } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** The dialog that bodies are sent again on; `dbo.sp_SendNeo4jSync` uses the same services. */
export const syncDialog = {
  fromService: 'HartonomousInitiatorService',
  toService: 'Neo4jSyncService',
  contract: 'Neo4jSyncContract',
} as const;

/** What replaying a letter does. */
export type ReplayPlan =
  | {
      readonly action: 'enqueue';
      readonly entityType: EntityType;
      readonly entityId: string;
      readonly syncType: string;
      readonly tenantId: number | null;
      /** Whether SQL has the row now; if not, replaying removes the entity from the graph. */
      readonly rowExists: boolean;
    }
  | { readonly action: 'send-body'; readonly bytes: number }
  | { readonly action: 'none'; readonly reason: string };

/** Connects for work on dead letters. */
export function connectDeadLetters(settings: SqlConnectionSettings): Promise<BrokerClient> {
  return connectBroker({ sql: { ...toMssqlOptions(settings) }, maxConnections: 3 });
}

/** The dead letters of graph synchronization. */
export function syncDeadLetters(client: BrokerClient): DeadLetterTable {
  return new DeadLetterTable(client, {
    table: 'dbo.Neo4jSyncDeadLetterQueue',
    fields: ['EntityType', 'EntityId', 'TenantId', 'SyncType'],
  });
}

const fieldsSchema = z.object({
  EntityType: z.string().nullable(),
  EntityId: z.union([z.string(), z.number()]).transform(String).nullable(),
  TenantId: z.number().nullable(),
  SyncType: z.string().nullable(),
});
const syncTypes = new Set(['CREATE', 'UPDATE', 'DELETE']);

/**
 * What replaying a letter would do, by the present state of SQL: the message says which entity changed, and the row
 * decides what it becomes in the graph.
 * @param sendBody send the body as it is, whatever is known of it
 */
export async function planReplay(
  client: BrokerClient,
  letter: StoredDeadLetter,
  sendBody: boolean,
  options: CallOptions,
): Promise<ReplayPlan> {
  if (sendBody) {
    if (letter.messageBody === null) return { action: 'none', reason: 'it has no body' };
    return { action: 'send-body', bytes: letter.messageBody.length };
  }
  const { EntityType: type, EntityId: id, TenantId, SyncType } = fieldsSchema.parse(letter.fields);
  if (type === null || !isEntityType(type) || id === null) {
    return { action: 'none', reason: 'it names no known entity; --send-body sends its body as it is' };
  }
  const { table, key } = entityOf(type);
  const rows = await client.query(
    `SELECT TOP (1) 1 AS [found] FROM ${quoteName(table.schema)}.${quoteName(table.name)} AS e
     WHERE e.${quoteName(key)} = @Id;`,
    { Id: sqlParameter.bigint(BigInt(id)) },
    z.object({ found: z.number() }),
    { ...options, context: { operation: `looking for ${type} ${id}` } },
  );
  return {
    action: 'enqueue',
    entityType: type,
    entityId: id,
    syncType: SyncType !== null && syncTypes.has(SyncType) ? SyncType : 'UPDATE',
    tenantId: TenantId,
    rowExists: rows.length > 0,
  };
}

/** Does what the plans say. */
export function replayerOf(
  client: BrokerClient,
  pool: DialogPool,
  plans: ReadonlyMap<bigint, ReplayPlan>,
  options: CallOptions,
): Replayer {
  return async ({ id, messageTypeName, messageBody }, transaction) => {
    const plan = plans.get(id);
    if (plan?.action === 'enqueue') {
      const { entityType, entityId, syncType, tenantId } = plan;
      const parameters = {
        EntityType: entityType,
        EntityId: sqlParameter.bigint(BigInt(entityId)),
        SyncType: syncType,
        TenantId: sqlParameter.int(tenantId),
      };
      await client.enqueue('dbo.sp_EnqueueNeo4jSync', parameters, { ...options, transaction });
    } else if (plan?.action === 'send-body') {
      await pool.send({ messageType: messageTypeName, body: messageBody }, { ...options, transaction });
    } else {
      throw new TypeError(`Dead letter ${id} has no plan that can be carried out.`);
    }
  };
}
