import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import type { ChaosWorld } from './chaos-world.ts';
import { longestWaitMs } from './form.ts';

/** What both sides came to. */
export interface Tally {
  /** Messages that senders have committed, by their ledger. */
  readonly enqueued: number;
  /** Messages that workers have accounted for in dbo.Neo4jSyncLog. */
  readonly logged: number;
  readonly synced: number;
  readonly deleted: number;
  readonly stale: number;
  readonly deadLettered: number;
  /** Messages that another one about the same entity in the same batch stood for. */
  readonly coalesced: number;
  readonly nodes: number;
  readonly edges: number;
}

/** Further options of the checker. */
export interface Expectations {
  /** @default 0 */
  readonly deadLettered?: number;
  /** Longest time until everything is done, in milliseconds. @default longestWaitMs */
  readonly timeoutMs?: number;
}

/**
 * Waits until no message is on its way, and then demands:
 * - the graph equals SQL, set-wise and one to one: every node with its properties and tenant, every edge, no
 *   placeholder, nothing besides;
 * - every message is accounted for once: enqueued = logged, dead letters included; the queue is empty, nothing is
 *   stuck in the transmission queue;
 * - none twice in effect: no entity twice in a batch, no row as two nodes or edges;
 * - SQL has kept its own foreign keys, without which there would be nothing to compare with.
 */
export async function allIsWell(world: ChaosWorld, expectations: Expectations = {}): Promise<Tally> {
  const { deadLettered = 0, timeoutMs = longestWaitMs } = expectations;
  const done = await eventually(
    async () => {
      const messages = await messageCounts(world);
      expect(messages, 'messages that are still on their way').toMatchObject({ inQueue: 0, inTransmission: 0 });
      expect(messages.logged, 'messages logged of those enqueued').toBe(messages.enqueued);
      return messages;
    },
    { timeoutMs, intervalMs: 100 },
  );
  const { inQueue: _, inTransmission: __, letters, ...counts } = done;
  expect(counts.deadLettered, 'messages dead-lettered').toBe(deadLettered);
  expect(letters, 'rows in dbo.Neo4jSyncDeadLetterQueue').toBe(deadLettered);
  const twice = await world.sql(`
    SELECT TOP (5) SyncSequence, EntityType, EntityId, TenantId FROM dbo.Neo4jSyncLog
    WHERE SyncSequence IS NOT NULL
    GROUP BY SyncSequence, EntityType, EntityId, TenantId HAVING COUNT(*) > 1;`);
  expect(twice, 'entities twice in one batch').toEqual([]);
  // Such a row has a placeholder in the graph, which would look like the worker's fault.
  const orphans = await world.sql(`
    SELECT TOP (5) p.AtomProvenanceId, p.TenantId, p.ChildAtomId, p.ParentAtomId FROM dbo.AtomProvenance AS p
    WHERE (SELECT COUNT(*) FROM dbo.Atom AS a WHERE a.TenantId = p.TenantId AND a.AtomId IN (p.ChildAtomId, p.ParentAtomId)) < 2;`);
  expect(orphans, 'edges in SQL without their atoms').toEqual([]);
  return { ...counts, ...(await graphEqualsSql(world)) };
}

async function messageCounts(world: ChaosWorld) {
  const [row] = await world.sql(`
    SELECT
      (SELECT ISNULL(SUM(Messages), 0) FROM dbo.ChaosLedger) AS enqueued,
      (SELECT COUNT(*) FROM dbo.Neo4jSyncDeadLetterQueue) AS letters,
      (SELECT COUNT(*) FROM dbo.Neo4jSyncQueue WITH (NOLOCK)) + (SELECT COUNT(*) FROM dbo.MessageRetry WITH (NOLOCK)) AS inQueue,
      (SELECT COUNT(*) FROM sys.transmission_queue) AS inTransmission,
      ISNULL(SUM(l.MessageCount), 0) AS logged,
      ISNULL(SUM(CASE WHEN l.Outcome = N'SYNCED' THEN l.MessageCount END), 0) AS synced,
      ISNULL(SUM(CASE WHEN l.Outcome = N'DELETED' THEN l.MessageCount END), 0) AS deleted,
      ISNULL(SUM(CASE WHEN l.Outcome = N'STALE' THEN l.MessageCount END), 0) AS stale,
      ISNULL(SUM(CASE WHEN l.Outcome = N'DEAD_LETTERED' THEN l.MessageCount END), 0) AS deadLettered,
      ISNULL(SUM(l.MessageCount - 1), 0) AS coalesced
    FROM dbo.Neo4jSyncLog AS l
    WHERE l.Outcome IN (N'SYNCED', N'DELETED', N'STALE', N'DEAD_LETTERED');`);
  const count = (name: string) => Number(row?.[name]);
  return {
    enqueued: count('enqueued'),
    logged: count('logged'),
    synced: count('synced'),
    deleted: count('deleted'),
    stale: count('stale'),
    deadLettered: count('deadLettered'),
    coalesced: count('coalesced'),
    letters: count('letters'),
    inQueue: count('inQueue'),
    inTransmission: count('inTransmission'),
  };
}

/**
 * Compares every row with every node and edge. Written by hand from the tables and the graph schema, not with the
 * worker's own code, which is what is judged here.
 *
 * @throws AssertionError that names some of what differs
 */
async function graphEqualsSql(world: ChaosWorld): Promise<{ readonly nodes: number; readonly edges: number }> {
  const [sql, graph] = await Promise.all([sqlLines(world), graphLines(world)]);
  const inSql = new Set(sql);
  const inGraph = new Set(graph);
  const difference = {
    onlyInSql: sql.filter((line) => !inGraph.has(line)).slice(0, 5),
    onlyInGraph: graph.filter((line) => !inSql.has(line)).slice(0, 5),
    twiceInGraph: graph.length - inGraph.size,
  };
  expect(difference).toEqual({ onlyInSql: [], onlyInGraph: [], twiceInGraph: 0 });
  const edges = graph.filter((line) => line.startsWith('edge ')).length;
  return { nodes: graph.length - edges, edges };
}

const time = (column: string) =>
  `CONCAT(DATEDIFF_BIG(SECOND, '1970-01-01', ${column}), '.', DATEPART(NANOSECOND, ${column}))`;

async function sqlLines(world: ChaosWorld): Promise<string[]> {
  const atoms = await world.sql(
    `SELECT AtomId, TenantId, AtomType, ContentType, CONVERT(varchar(64), ContentHash, 2) AS Hash, CanonicalText, Metadata,
       Classification, ${time('CreatedAt')} AS CreatedAt FROM dbo.Atom;`,
  );
  const provenance = await world.sql(
    `SELECT AtomProvenanceId, TenantId, ChildAtomId, ParentAtomId, RelationType, DerivationType, SequenceNumber,
       ${time('CreatedAt')} AS CreatedAt FROM dbo.AtomProvenance;`,
  );
  const owners = await world.sql(`SELECT TenantId, Name, ${time('CreatedAt')} AS CreatedAt FROM dbo.Tenant;`);
  return [
    ...owners.map((row) => line('tenant', row.TenantId, row.Name, row.CreatedAt)),
    ...atoms.flatMap((row) => [
      line(
        ...['atom', row.AtomId, row.TenantId, row.AtomType, row.ContentType],
        ...[String(row.Hash ?? '').toLowerCase(), row.CanonicalText, row.Metadata, row.CreatedAt],
      ),
      line('edge BELONGS_TO_TENANT', `${row.AtomId}/${row.TenantId}`, row.TenantId),
      ...(row.Classification === null
        ? []
        : [line('edge CLASSIFIED_AS', `${row.AtomId}/${row.TenantId}`, row.Classification)]),
    ]),
    ...provenance.map((row) =>
      line(
        ...[`edge ${row.RelationType}`, row.AtomProvenanceId, `${row.ChildAtomId}/${row.TenantId}`],
        ...[`${row.ParentAtomId}/${row.TenantId}`, row.DerivationType, row.SequenceNumber, row.CreatedAt],
      ),
    ),
  ];
}

const moment = (variable: string) => `${variable}.createdAt.epochSeconds + '.' + ${variable}.createdAt.nanosecond`;

async function graphLines(world: ChaosWorld): Promise<string[]> {
  const nodes = await world.cypher(
    `MATCH (n) WHERE n:Atom OR n:Tenant
     RETURN labels(n)[0] AS label, n.placeholder AS placeholder, properties(n) AS p, ${moment('n')} AS at`,
  );
  const edges = await world.cypher(
    `MATCH (a)-[r]->(b) WHERE a:Atom OR b:Atom
     RETURN type(r) AS type, r.id AS id, a.id AS child, a.tenantId AS childTenant, b.id AS parent, b.tenantId AS parentTenant, b.level AS level,
       r.derivationType AS derivationType, r.sequenceNumber AS sequenceNumber, ${moment('r')} AS at`,
  );
  return [
    ...nodes.map(({ label, placeholder, p, at }) => {
      const of = p as Record<string, unknown>;
      if (placeholder !== null) return line('placeholder', label, of.id, of.tenantId);
      return label === 'Tenant'
        ? line('tenant', of.tenantId, of.name, at)
        : line(
            ...['atom', of.id, of.tenantId, of.atomType, of.contentType, of.contentHash],
            ...[of.canonicalText, of.metadata, at],
          );
    }),
    ...edges.map((row) => {
      const child = `${row.child}/${row.childTenant}`;
      if (row.type === 'BELONGS_TO_TENANT') return line('edge BELONGS_TO_TENANT', child, row.parentTenant);
      if (row.type === 'CLASSIFIED_AS') return line('edge CLASSIFIED_AS', child, row.level);
      const parent = `${row.parent}/${row.parentTenant}`;
      return line(`edge ${row.type}`, row.id, child, parent, row.derivationType, row.sequenceNumber, row.at);
    }),
  ];
}

function line(...parts: readonly unknown[]): string {
  return parts.map((part) => String(part ?? '')).join(' | ');
}
