import { decodeSyncRequest } from '@hartonomous/provenance-schema';
import type { Driver } from 'neo4j-driver';
import { Connection, Request, TYPES } from 'tedious';
import type { Benchmark } from '../benchmark.ts';
import { databaseName, password } from '../emulator/emulator-process.ts';
import { WorkMissingError } from '../errors.ts';
import { checkGraph, checkQueueIsEmpty, clearWork, enqueueAtoms, ensureAtoms } from './atoms.ts';

/** Messages that are drained the old way. */
const messages = 1_000;

// The row's values as the replaced system wrote them: one node and its edge per statement.
const mergeOneStatement = `
  MERGE (a:Atom {id: $id, tenantId: $tenantId})
  SET a.atomType = $atomType, a.contentType = $contentType, a.contentHash = $contentHash,
    a.canonicalText = $canonicalText, a.metadata = $metadata, a.createdAt = datetime($createdAt)
  MERGE (t:Tenant {tenantId: $tenantId})
  MERGE (a)-[:BELONGS_TO_TENANT]->(t)`;

const receiveOneStatement =
  'RECEIVE TOP (1) conversation_handle, message_type_name, message_body FROM dbo.Neo4jSyncQueue';
const readOneStatement = `
  SELECT AtomType AS atomType, ContentType AS contentType, LOWER(CONVERT(NVARCHAR(64), ContentHash, 2)) AS contentHash,
    CanonicalText AS canonicalText, Metadata AS metadata, CONVERT(NVARCHAR(30), CreatedAt, 126) + N'Z' AS createdAt
  FROM dbo.Atom WHERE AtomId = @id AND TenantId = @tenantId`;

type Row = Readonly<Record<string, unknown>>;

/** The way the replaced system worked, in TypeScript: one connection, one RECEIVE, one MERGE, one commit per message. */
export const replacedAlgorithmBenchmark: Benchmark = {
  results: [
    {
      name: 'replaced-algorithm',
      unit: 'messages/s',
      ratioTo: 'ceiling',
      about: `${messages} of the same messages, one after the other: a new SQL connection (one login, no TLS), RECEIVE TOP (1), one SELECT of the row, one MERGE of node and edge, commit`,
    },
  ],
  async run(scale) {
    const servers = await scale.servers();
    const samples: number[] = [];
    for (let run = 0; run < (scale.quick ? 1 : 3); run += 1) {
      await ensureAtoms(servers, messages, scale.signal);
      await clearWork(servers);
      await enqueueAtoms(servers, 1, messages, scale.signal);
      scale.onProgress(`  the replaced algorithm takes ${messages} messages`);
      const start = performance.now();
      let synced = 0;
      // EndDialog messages of recycled dialogs come between.
      for (let look = 0; synced < messages && look < 2 * messages; look += 1) {
        scale.signal.throwIfAborted();
        if (await syncOne(servers.emulatorPort, servers.graph)) synced += 1;
      }
      const seconds = (performance.now() - start) / 1000;
      if (synced < messages) throw new WorkMissingError('messages received one by one', messages, synced);
      await checkGraph(servers, messages);
      await checkQueueIsEmpty(servers);
      samples.push(messages / seconds);
    }
    return [{ name: 'replaced-algorithm', samples }];
  },
};

/** Receives and syncs one message; false when it was none of the application's. */
async function syncOne(port: number, graph: Driver): Promise<boolean> {
  const connection = await connect(port);
  try {
    await new Promise<void>((resolve, reject) =>
      connection.beginTransaction((error) => (error == null ? resolve() : reject(error))),
    );
    const [message] = await query(connection, new Request(receiveOneStatement, ignore));
    let isRequest = false;
    if (message?.message_type_name === 'Neo4jSyncRequest' && Buffer.isBuffer(message.message_body)) {
      const decoded = decodeSyncRequest(message.message_body);
      if (!decoded.ok) throw decoded.error;
      const { entityId, tenantId } = decoded.request;
      const read = new Request(readOneStatement, ignore);
      read.addParameter('id', TYPES.BigInt, entityId.toString());
      read.addParameter('tenantId', TYPES.Int, tenantId);
      const [row] = await query(connection, read);
      await using session = graph.session();
      const parameters = { ...row, id: entityId, tenantId: BigInt(tenantId) };
      await session.executeWrite((transaction) => transaction.run(mergeOneStatement, parameters));
      isRequest = true;
    }
    await new Promise<void>((resolve, reject) =>
      connection.commitTransaction((error) => (error == null ? resolve() : reject(error))),
    );
    return isRequest;
  } finally {
    connection.close();
  }
}

// tedious and not mssql: a pool of mssql logs in twice before its first statement, and one login is what the old way had.
async function connect(port: number): Promise<Connection> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'sa', password } },
    options: { port, database: databaseName, encrypt: false, trustServerCertificate: true, rowCollectionOnDone: false },
  });
  // What breaks during a request is the request's error. Without a listener, a server that hangs up while the connection is
  // being closed would end the process.
  connection.on('error', ignore);
  await new Promise<void>((resolve, reject) =>
    connection.connect((error) => (error == null ? resolve() : reject(error))),
  );
  return connection;
}

function ignore(): void {}

function query(connection: Connection, request: Request): Promise<readonly Row[]> {
  const rows: Row[] = [];
  return new Promise((resolve, reject) => {
    request.on(
      'row',
      (columns: readonly { readonly metadata: { readonly colName: string }; readonly value: unknown }[]) =>
        rows.push(Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value]))),
    );
    request.on('error', reject);
    request.on('requestCompleted', () => resolve(rows));
    connection.execSql(request);
  });
}
