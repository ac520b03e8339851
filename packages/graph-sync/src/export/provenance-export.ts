import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import {
  type AtomSummary,
  atomLabel,
  atomMap,
  atomSummary,
  edgeMap,
  graphTime,
  type LineageEdge,
  lineageEdge,
  tenantAtom,
  tenantNode,
} from '../lineage/atom-summary.ts';
import type { TenantQuery } from '../lineage/lineage-options.ts';
import { readRows } from '../lineage/read-transaction.ts';
import { lineageArrow } from '../lineage/walk.ts';
import { parseReaderOptions, type ReaderOptions } from '../options.ts';

/** Something that was done with atoms. What isn't known is `null`. */
export interface ProvenanceActivity {
  readonly kind: 'operation' | 'inference' | 'stream';
  readonly id: bigint;
  /** Of an operation its type, of an inference its task, of a stream its kind. */
  readonly type: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly userId: bigint | null;
  readonly modelVersionId: bigint | null;
  /** Of a stream: the inference that it belongs to. */
  readonly inferenceId: bigint | null;
  readonly inputAtomIds: readonly bigint[];
  readonly outputAtomIds: readonly bigint[];
}

/** Who did it: a person, or a version of a model. */
export interface ProvenanceAgent {
  readonly kind: 'user' | 'model-version';
  readonly id: bigint;
  readonly name: string | null;
  /** Of a model only. */
  readonly version: string | null;
}

/**
 * A tenant's whole provenance, page by page in the order of ids, each page in a transaction of its own: what changes meanwhile is
 * there or not. Nothing is kept in memory but one page.
 *
 * All methods throw LineageTimeoutError and other GraphSyncErrors; the reason of the query's `signal` when aborted.
 */
export interface ProvenanceExport {
  atoms(query: TenantQuery): AsyncGenerator<AtomSummary, void>;
  /** Edges by the atoms that they lead from. */
  edges(query: TenantQuery): AsyncGenerator<LineageEdge, void>;
  activities(query: TenantQuery): AsyncGenerator<ProvenanceActivity, void>;
  agents(query: TenantQuery): AsyncGenerator<ProvenanceAgent, void>;
}

/** Rows of a page: some 100 kB, one short transaction. */
const pageRows = 500;

/**
 * Makes an export on a connection, which stays the caller's to close.
 *
 * @throws InvalidGraphOptionsError
 */
export function createProvenanceExport(connection: GraphConnection, options: ReaderOptions = {}): ProvenanceExport {
  const context = { connection, ...parseReaderOptions(options) };
  async function* pages<Item>(
    statement: string,
    item: z.ZodType<Item>,
    { tenantId, signal }: TenantQuery,
  ): AsyncGenerator<Item, void> {
    const row = z.object({ key: z.bigint(), items: z.array(item) });
    for (let after = lowestId; ; ) {
      const parameters = { tenantId: BigInt(tenantId), after, limit: BigInt(pageRows) };
      const rows = await readRows(context, signal, row, statement, parameters);
      for (const { items } of rows) yield* items;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      after = last.key;
    }
  }
  return {
    atoms: (query) => pages(atomsStatement, atomSummary, query),
    edges: (query) => pages(edgesStatement, lineageEdge, query),
    async *activities(query) {
      for (const statement of activitiesStatement) yield* pages(statement, activity, query);
    },
    async *agents(query) {
      for (const statement of agentsStatement) yield* pages(statement, agent, query);
    },
  };
}

const lowestId = -(2n ** 63n);

const activity: z.ZodType<ProvenanceActivity> = z.object({
  kind: z.enum(['operation', 'inference', 'stream']),
  id: z.bigint(),
  type: z.string().nullable(),
  startedAt: graphTime.nullable(),
  endedAt: graphTime.nullable(),
  userId: z.bigint().nullable(),
  modelVersionId: z.bigint().nullable(),
  inferenceId: z.bigint().nullable(),
  inputAtomIds: z.array(z.bigint()),
  outputAtomIds: z.array(z.bigint()),
});

const agent: z.ZodType<ProvenanceAgent> = z.object({
  kind: z.enum(['user', 'model-version']),
  id: z.bigint(),
  name: z.string().nullable(),
  version: z.string().nullable(),
});

function atomsPage(): string[] {
  return [
    `MATCH (a:${atomLabel}) USING INDEX SEEK a:${atomLabel}(id, tenantId)`,
    'WHERE a.id > $after AND a.tenantId = $tenantId',
    'WITH a ORDER BY a.id LIMIT $limit',
  ];
}

const atomsStatement = [...atomsPage(), `RETURN a.id AS key, [${atomMap('a')}] AS items ORDER BY key`].join('\n');

const edgesStatement = [
  ...atomsPage(),
  'CALL (a) {',
  `MATCH (a)${lineageArrow('up', '', 'r')}${tenantAtom('p')}`,
  `RETURN collect(${edgeMap('r')}) AS items`,
  '}',
  'RETURN a.id AS key, items ORDER BY key',
].join('\n');

function nodesPage(label: string, key: string): string[] {
  return [
    `MATCH (n:${label}) WHERE n.tenantId = $tenantId AND n.${key} > $after`,
    `WITH n ORDER BY n.${key} LIMIT $limit`,
  ];
}

const atomIds = (type: string) => `[(n)-[:${type}]->${tenantAtom('a')} | a.id]`;
const userId = `head([(n)-[:PERFORMED_BY]->${tenantNode('u', 'User')} | u.userId])`;

const activitiesStatement = [
  [
    ...nodesPage('Operation', 'operationId'),
    "RETURN n.operationId AS key, [{kind: 'operation', id: n.operationId, type: n.operationType,",
    '  startedAt: n.createdAt.epochMillis, endedAt: n.completedAt.epochMillis,',
    `  userId: ${userId}, modelVersionId: null, inferenceId: null,`,
    `  inputAtomIds: ${atomIds('INPUT_ATOM')}, outputAtomIds: ${atomIds('OUTPUT_ATOM')}}] AS items ORDER BY key`,
  ].join('\n'),
  [
    ...nodesPage('Inference', 'inferenceId'),
    "RETURN n.inferenceId AS key, [{kind: 'inference', id: n.inferenceId, type: n.taskType,",
    '  startedAt: n.timestamp.epochMillis, endedAt: n.timestamp.epochMillis + n.durationMs,',
    `  userId: ${userId}, modelVersionId: head([(n)-[:USED_MODEL]->${tenantNode('v', 'ModelVersion')} | v.modelVersionId]), inferenceId: null,`,
    `  inputAtomIds: ${atomIds('INPUT_ATOM')}, outputAtomIds: ${atomIds('OUTPUT_ATOM')}}] AS items ORDER BY key`,
  ].join('\n'),
  [
    ...nodesPage('GenerationStream', 'streamId'),
    "RETURN n.streamId AS key, [{kind: 'stream', id: n.streamId, type: n.streamType,",
    '  startedAt: n.createdAt.epochMillis, endedAt: n.completedAt.epochMillis, userId: null, modelVersionId: null,',
    `  inferenceId: head([(n)<-[:GENERATED]-${tenantNode('i', 'Inference')} | i.inferenceId]),`,
    `  inputAtomIds: [], outputAtomIds: ${atomIds('GENERATED')}}] AS items ORDER BY key`,
  ].join('\n'),
];

const agentsStatement = [
  [
    ...nodesPage('User', 'userId'),
    "RETURN n.userId AS key, [{kind: 'user', id: n.userId, name: n.userName, version: null}] AS items ORDER BY key",
  ].join('\n'),
  [
    ...nodesPage('ModelVersion', 'modelVersionId'),
    "RETURN n.modelVersionId AS key, [{kind: 'model-version', id: n.modelVersionId, version: n.version,",
    `  name: head([(n)<-[:HAS_VERSION]-${tenantNode('m', 'Model')} | m.name])}] AS items ORDER BY key`,
  ].join('\n'),
];
