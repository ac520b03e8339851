import neo4j, { type RecordShape } from 'neo4j-driver';
import type { GraphConnection } from './connect.ts';
import { translateError } from './translate-error.ts';

/** How {@link runStatement} runs a statement. */
export interface RunStatementOptions {
  /** Whether it may change the graph; otherwise the server refuses what would. @default false */
  readonly isWrite?: boolean;
  /** Most rows of the answer. */
  readonly limit: number;
  /** Milliseconds after which the server ends it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a statement answered. */
export interface StatementAnswer {
  readonly columns: readonly string[];
  /** Values as JSON has them, besides `bigint`; nodes and relationships as objects with their labels or type, and properties. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there were more rows. */
  readonly isCut: boolean;
  /** What it changed, by the server's names: `nodesCreated: 1`. Nothing else is in it. */
  readonly changes: Readonly<Record<string, number>>;
}

/**
 * Runs a statement of a person's own in a transaction of its own. For everything else there are typed functions.
 *
 * @throws GraphStatementError for what the server refuses, a write without `isWrite` for example; other GraphSyncErrors; the reason of
 * `signal` when aborted
 */
export async function runStatement(
  connection: GraphConnection,
  text: string,
  { isWrite = false, limit, timeoutMs, signal }: RunStatementOptions,
): Promise<StatementAnswer> {
  signal?.throwIfAborted();
  const defaultAccessMode = isWrite ? neo4j.session.WRITE : neo4j.session.READ;
  await using session = connection.driver.session({ database: connection.database, defaultAccessMode });
  const onAbort = () => void session.close().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const result = session.run<RecordShape>(text, {}, { timeout: timeoutMs });
    const rows: unknown[][] = [];
    let columns: readonly string[] = [];
    let isCut = false;
    for await (const record of result) {
      if (rows.length === limit) {
        isCut = true;
        break;
      }
      columns = record.keys.map(String);
      rows.push(record.map(plainValue));
    }
    if (rows.length === 0) columns = (await result.keys()).map(String);
    const { counters } = await result.summary();
    const changes = Object.entries(counters.updates()).filter(([, count]) => count !== 0);
    return { columns, rows, isCut, changes: Object.fromEntries(changes) };
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, connection);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function plainValue(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (neo4j.isNode(value)) return { labels: value.labels, properties: plainValue(value.properties) };
  if (neo4j.isRelationship(value)) return { type: value.type, properties: plainValue(value.properties) };
  if (neo4j.isPath(value)) {
    const steps = value.segments.flatMap(({ relationship, end }) => [plainValue(relationship), plainValue(end)]);
    return [plainValue(value.start), ...steps];
  }
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  // Times, durations and points have texts of their own.
  if (!isPlain) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainValue(part)]));
}
