import { atom, type GraphRecord, type NodeRecord, toGraphRecord } from '@hartonomous/provenance-schema';
import mssql from 'mssql';
import { WorkMissingError } from '../errors.ts';
import type { BenchServers } from './bench-servers.ts';

/** Tenants that the atoms are spread over: with one, its node would be what all sessions of the plain work wait for. */
const tenants = 100;
const firstTenant = 1_000;
/** The tenant of an atom. */
export function atomsTenant(atomId: number): number {
  return firstTenant + ((atomId - 1) % tenants);
}

/** Rows per statement while a backlog is made. */
const rowsAtOnce = 10_000;

/** Tables and graph without anything of an earlier measurement; the queue must be empty. */
export async function clearWork({ sql, graph }: BenchServers): Promise<void> {
  await sql.request().batch('DELETE FROM dbo.Neo4jSyncLog; DELETE FROM dbo.Neo4jSyncDeadLetterQueue;');
  for (const label of ['Atom', 'Tenant']) {
    await using session = graph.session();
    await session.run(`MATCH (n:${label}) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`);
  }
}

/** Makes sure that there are atoms 1 to `count`, without messages about them. */
export async function ensureAtoms({ sql }: BenchServers, count: number, signal: AbortSignal): Promise<void> {
  const { recordset } = await sql.request().query<{ present: number }>('SELECT COUNT(*) AS present FROM dbo.Atom;');
  let present = recordset[0]?.present ?? 0;
  if (present === 0) await sql.request().batch(createTenants);
  while (present < count) {
    signal.throwIfAborted();
    const rows = Math.min(rowsAtOnce, count - present);
    await sql.request().input('first', mssql.Int, present).input('rows', mssql.Int, rows).query(createAtoms);
    present += rows;
  }
}

const createTenants = `
  DECLARE @n INT = 0;
  WHILE @n < ${tenants}
  BEGIN
    INSERT INTO dbo.Tenant (TenantId, Name) VALUES (${firstTenant} + @n, CONCAT(N'tenant ', @n));
    SET @n = @n + 1;
  END;`;

const createAtoms = `
  SET NOCOUNT ON;
  DECLARE @n INT = @first, @last INT = @first + @rows;
  BEGIN TRANSACTION;
  WHILE @n < @last
  BEGIN
    INSERT INTO dbo.Atom (TenantId, AtomType, ContentType, ContentHash, CanonicalText, Metadata)
    VALUES (${firstTenant} + @n % ${tenants}, N'text', N'text/plain', HASHBYTES('SHA2_256', CONCAT(N'atom ', @n)),
      CONCAT(N'The text of atom ', @n, N', a short sentence.'), N'{"source":"benchmark"}');
    SET @n = @n + 1;
  END;
  COMMIT TRANSACTION;`;

/** Gives back their texts to atoms 1 to `count`, without messages about it. */
export async function restoreTexts({ sql }: BenchServers, count: number): Promise<void> {
  await sql
    .request()
    .input('count', mssql.BigInt, count)
    .query(`
    UPDATE dbo.Atom SET CanonicalText = CONCAT(N'The text of atom ', AtomId - 1, N', a short sentence.')
    WHERE AtomId <= @count;`);
}

/** Enqueues one message for each of the atoms `first` to `last`, with the set-based procedure. */
export async function enqueueAtoms(
  { sql }: BenchServers,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<void> {
  for (let from = first; from <= last; from += rowsAtOnce) {
    signal.throwIfAborted();
    await sql
      .request()
      .input('from', mssql.BigInt, from)
      .input('to', mssql.BigInt, Math.min(last, from + rowsAtOnce - 1))
      .query(`
        DECLARE @Requests dbo.Neo4jSyncRequestList;
        INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId)
        SELECT N'Atom', a.AtomId, N'CREATE', a.TenantId FROM dbo.Atom AS a WHERE a.AtomId BETWEEN @from AND @to;
        EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;`);
  }
}

/** The atoms 1 to `count` as the worker would write them. */
export async function readAtoms({ sql }: BenchServers, count: number): Promise<readonly NodeRecord[]> {
  const { recordset } = await sql
    .request()
    .input('count', mssql.BigInt, count)
    .query<Readonly<Record<string, unknown>>>('SELECT * FROM dbo.Atom WHERE AtomId <= @count ORDER BY AtomId;');
  return recordset.map((row) => toGraphRecord(atom, row)).filter(isNode);
}

function isNode(record: GraphRecord): record is NodeRecord {
  return record.kind === 'node';
}

/**
 * Looks that the graph has the atoms 1 to `count`, each with its properties and its one edge, to its tenant.
 *
 * @throws {WorkMissingError}
 */
export async function checkGraph({ graph }: BenchServers, count: number): Promise<void> {
  const { records } = await graph.executeQuery(
    `MATCH (a:Atom)-[:BELONGS_TO_TENANT]->(t:Tenant)
     WHERE t.tenantId = a.tenantId AND a.createdAt IS NOT NULL AND size(a.contentHash) = 64
       AND a.canonicalText = 'The text of atom ' + (a.id - 1) + ', a short sentence.'
     RETURN count(DISTINCT a.id) AS atoms, count(*) AS edges`,
  );
  for (const what of ['atoms', 'edges']) {
    const found = Number(records[0]?.get(what) ?? 0);
    if (found !== count) throw new WorkMissingError(`${what} in the graph`, count, found);
  }
}

/**
 * Looks that SQL Server has a log of `count` messages about atoms that were synced, no dead letter, and an empty queue.
 *
 * @throws {WorkMissingError}
 */
export async function checkSql(servers: BenchServers, count: number): Promise<void> {
  const { recordset } = await servers.sql.request().query<Record<'synced' | 'letters', number | null>>(`
    SELECT (SELECT SUM(MessageCount) FROM dbo.Neo4jSyncLog WHERE Outcome = N'SYNCED' AND EntityType = N'Atom') AS synced,
      (SELECT COUNT(*) FROM dbo.Neo4jSyncDeadLetterQueue) AS letters;`);
  const { synced, letters } = recordset[0] ?? { synced: null, letters: null };
  if (synced !== count) throw new WorkMissingError('messages that dbo.Neo4jSyncLog calls synced', count, synced ?? 0);
  if (letters !== 0) throw new WorkMissingError('dead letters', 0, letters ?? Number.NaN);
  await checkQueueIsEmpty(servers);
}

/** @throws {WorkMissingError} when requests are left in the queue */
export async function checkQueueIsEmpty({ sql }: BenchServers): Promise<void> {
  const { recordset } = await sql
    .request()
    .query<{ requests: number }>(
      "SELECT COUNT(*) AS requests FROM dbo.Neo4jSyncQueue WITH (NOLOCK) WHERE message_type_name = N'Neo4jSyncRequest';",
    );
  const left = recordset[0]?.requests ?? Number.NaN;
  if (left !== 0) throw new WorkMissingError('messages left in the queue', 0, left);
}
