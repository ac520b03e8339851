import type { CallOptions, SqlSession } from '@hartonomous/broker-client';
import { objectName, workerQueues } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type Check, failed, passed } from './check.ts';

// Names of message types, contracts and services have a binary collation of their own, that of queues the database's:
// without COLLATE the columns have none in common (451).
const unionAll = `SELECT 'MessageType' AS [ObjectType], m.[name] COLLATE DATABASE_DEFAULT AS [name] FROM sys.service_message_types AS m WHERE m.[name] = @MessageType
UNION ALL
SELECT 'Contract' AS [ObjectType], c.[name] COLLATE DATABASE_DEFAULT AS [name] FROM sys.service_contracts AS c WHERE c.[name] = @Contract
UNION ALL
SELECT 'Queue' AS [ObjectType], q.[name] COLLATE DATABASE_DEFAULT AS [name] FROM sys.service_queues AS q WHERE q.[name] = @Queue
UNION ALL
SELECT 'Service' AS [ObjectType], s.[name] COLLATE DATABASE_DEFAULT AS [name] FROM sys.services AS s WHERE s.[name] = @Service;`;

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
  for (const { messageType, contract, queue: qualified, service } of workerQueues) {
    const { name: queue } = objectName(qualified);
    const names = { messageType, contract, queue, service };
    const parameters = { MessageType: messageType, Contract: contract, Queue: queue, Service: service };
    const rows = await session.query(unionAll, parameters, foundObject, options);
    const id = `broker.set.${queue}`;
    yield rows.length === kinds.length
      ? passed(id, `the Service Broker objects around ${qualified}: ${rows.length} rows`)
      : failed(
          id,
          `the Service Broker objects around ${qualified}: ${rows.length} rows instead of ${kinds.length} ` +
            `(found: ${rows.map((row) => row.name).join(', ') || 'none'})`,
          redeploy,
        );
    for (const kind of kinds) {
      const name = names[kind];
      const [row] = await session.query(counts[kind], { Name: name }, z.object({ count: z.number() }), options);
      const count = row?.count ?? 0;
      const found = `${kind === 'messageType' ? 'message type' : kind} ${name}: ${count}`;
      yield count === 1
        ? passed(`broker.count.${name}`, found)
        : failed(`broker.count.${name}`, `${found} instead of 1`, count === 0 ? redeploy : `Drop all but dbo.${name}.`);
    }
  }
}
