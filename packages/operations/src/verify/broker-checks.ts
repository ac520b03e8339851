import type { CallOptions, SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Check, failed, passed } from './check.ts';

/** The four Service Broker objects of one kind of work. */
interface BrokerSet {
  readonly messageType: string;
  readonly contract: string;
  readonly queue: string;
  readonly service: string;
}

/** The sets that operators check for (runbook R3). */
const brokerSets: readonly BrokerSet[] = [
  {
    messageType: 'Neo4jSyncRequest',
    contract: 'Neo4jSyncContract',
    queue: 'Neo4jSyncQueue',
    service: 'Neo4jSyncService',
  },
  {
    messageType: 'IngestionRequest',
    contract: 'IngestionContract',
    queue: 'IngestionQueue',
    service: 'IngestionService',
  },
];

const unionAll = `SELECT 'MessageType' AS [ObjectType], m.[name] FROM sys.service_message_types AS m WHERE m.[name] = @MessageType
UNION ALL
SELECT 'Contract' AS [ObjectType], c.[name] FROM sys.service_contracts AS c WHERE c.[name] = @Contract
UNION ALL
SELECT 'Queue' AS [ObjectType], q.[name] FROM sys.service_queues AS q WHERE q.[name] = @Queue
UNION ALL
SELECT 'Service' AS [ObjectType], s.[name] FROM sys.services AS s WHERE s.[name] = @Service;`;

const counts = {
  messageType: 'SELECT COUNT(*) AS [count] FROM sys.service_message_types AS m WHERE m.[name] = @Name;',
  contract: 'SELECT COUNT(*) AS [count] FROM sys.service_contracts AS c WHERE c.[name] = @Name;',
  queue: 'SELECT COUNT(*) AS [count] FROM sys.service_queues AS q WHERE q.[name] = @Name;',
  service: 'SELECT COUNT(*) AS [count] FROM sys.services AS s WHERE s.[name] = @Name;',
} as const;

const foundObject = z.object({ ObjectType: z.string(), name: z.string() });
const kinds = ['messageType', 'contract', 'queue', 'service'] as const;
const redeploy = 'Run: hartonomous database deploy';

/** Runbook R3: exactly four objects by one UNION ALL query, and each of them exactly once by COUNT(*). */
export async function* brokerObjectChecks(session: SqlSession, signal?: AbortSignal): AsyncGenerator<Check> {
  const options: CallOptions = { signal, context: { operation: 'counting Service Broker objects' } };
  for (const set of brokerSets) {
    const { messageType: MessageType, contract: Contract, queue: Queue, service: Service } = set;
    const parameters = { MessageType, Contract, Queue, Service };
    const rows = await session.query(unionAll, parameters, foundObject, options);
    const id = `broker.set.${set.queue}`;
    yield rows.length === kinds.length
      ? passed(id, `the Service Broker objects around dbo.${set.queue}: ${rows.length} rows`)
      : failed(
          id,
          `the Service Broker objects around dbo.${set.queue}: ${rows.length} rows instead of ${kinds.length} ` +
            `(found: ${rows.map((row) => row.name).join(', ') || 'none'})`,
          redeploy,
        );
    for (const kind of kinds) {
      const name = set[kind];
      const [row] = await session.query(counts[kind], { Name: name }, z.object({ count: z.number() }), options);
      const count = row?.count ?? 0;
      const found = `${kind === 'messageType' ? 'message type' : kind} ${name}: ${count}`;
      yield count === 1
        ? passed(`broker.count.${name}`, found)
        : failed(`broker.count.${name}`, `${found} instead of 1`, count === 0 ? redeploy : `Drop all but dbo.${name}.`);
    }
  }
}
