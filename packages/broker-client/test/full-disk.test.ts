import { startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { expect, test } from 'vitest';
import { connectBroker } from '../src/index.ts';

const saPassword = 'Broker-client!1';

test('a commit that the server refuses and rolls back is an error, the connection is whole, and room is used again', async () => {
  await using emulator = await startServiceBrokerEmulator({ port: 0, maxDataMb: 4, saPassword });
  await using client = await connectBroker({
    sql: {
      ...{ server: '127.0.0.1', port: emulator.port, user: 'sa', password: saPassword },
      options: { encrypt: true, trustServerCertificate: true },
    },
    maxConnections: 2,
  });
  await client.run('CREATE TABLE dbo.Filler (Filling nvarchar(max) NOT NULL);');
  const fill = async () => {
    await using transaction = await client.beginTransaction();
    await transaction.run("INSERT INTO dbo.Filler VALUES (REPLICATE(CAST(N'x' AS nvarchar(max)), 8000000));");
    await transaction.commit();
  };
  // More often than there are connections: each must have come back.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(fill()).rejects.toMatchObject({ code: 'SQL_STORAGE_FULL', number: 1105, retryable: true });
  }
  await using transaction = await client.beginTransaction();
  await transaction.run("INSERT INTO dbo.Filler VALUES (N'small');");
  await transaction.commit();
  expect(transaction.state).toBe('committed');
});
