import type { AnyEntity } from '@hartonomous/provenance-schema';
import type { GraphConnection } from './connect.ts';
import { deletedRow, type EdgeRow, type EntityChanges, edgeRow, nodeRow, type StatementRow } from './entity-changes.ts';
import { type GraphWriterOptions, resolveWriterOptions } from './options.ts';
import {
  type EdgeStatements,
  type NodeStatements,
  statementsOf,
  TIDY_PLACEHOLDERS,
  WRITE_TOMBSTONES,
} from './statements.ts';
import { type RunStatement, writeTransaction } from './write-transaction.ts';

/** What became of the entities of one {@link EntityChanges}, by entity id. */
export interface EntityOutcome {
  readonly entity: AnyEntity;
  /** The graph has the row's state. */
  readonly written: readonly bigint[];
  /** The node or edge is gone. */
  readonly deleted: readonly bigint[];
  /** A batch with a greater number had been there; nothing was changed. */
  readonly stale: readonly bigint[];
}

/** What {@link GraphWriter.apply} did. */
export interface ApplyResult {
  readonly outcomes: readonly EntityOutcome[];
  readonly written: number;
  readonly deleted: number;
  readonly stale: number;
}

/** Brings entities in the graph to the state they have in SQL. */
export interface GraphWriter {
  /**
   * Writes all changes in one transaction: nodes first, then edges, whatever the order of `changes`.
   *
   * @param sequence the batch's fencing number, taken after its messages were received and before its rows were read.
   * Nodes, edges and tombstones with a greater one are left as they are.
   * @throws GraphSyncError (`retryable` says whether the same call may succeed later; repeating it is always safe); the
   * reason of `signal` when aborted
   */
  apply(
    changes: readonly EntityChanges[],
    sequence: bigint,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ApplyResult>;
  /**
   * Removes tombstones that are older than any batch that may still be under way.
   *
   * @param olderThanMs age in milliseconds, by Neo4j's clock. Too young lets a late writer bring back a deleted entity;
   * too old costs space only. @default one hour
   * @returns how many were removed
   */
  purgeTombstones(olderThanMs?: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<number>;
}

const ONE_HOUR_MS = 3_600_000;
/** Tombstones per transaction: the writer lock is held meanwhile, so a purge must not take all at once. */
const PURGE_AT_ONCE = 5000;

/**
 * Creates a writer on a connection. It keeps no state; any number may work on one graph, in any processes.
 *
 * @throws InvalidGraphOptionsError
 */
export function createGraphWriter(connection: GraphConnection, options: GraphWriterOptions = {}): GraphWriter {
  const resolved = resolveWriterOptions(options);
  return {
    apply: (changes, sequence, { signal } = {}) =>
      writeTransaction(connection, { ...resolved, signal }, async (run) => {
        const batch = new Batch(run, sequence, resolved.rowsPerStatement);
        const nodes = changes.filter(({ entity }) => entity.graph.kind === 'node');
        const edges = changes.filter(({ entity }) => entity.graph.kind === 'edge');
        for (const change of [...nodes, ...edges]) await batch.write(change);
        return batch.finish();
      }),
    purgeTombstones: async (olderThanMs = ONE_HOUR_MS, { signal } = {}) => {
      let total = 0;
      for (;;) {
        const removed = await writeTransaction(connection, { ...resolved, signal }, (run) => purge(run, olderThanMs));
        total += removed;
        if (removed < PURGE_AT_ONCE) return total;
      }
    },
  };
}

class Batch {
  readonly #run: RunStatement;
  readonly #sequence: bigint;
  readonly #rowsPerStatement: number;
  readonly #outcomes: EntityOutcome[] = [];
  /** Element ids of placeholders that lost an edge. */
  readonly #loosened = new Set<string>();

  constructor(run: RunStatement, sequence: bigint, rowsPerStatement: number) {
    this.#run = run;
    this.#sequence = sequence;
    this.#rowsPerStatement = rowsPerStatement;
  }

  async write({ entity, upserts, deletes }: EntityChanges): Promise<void> {
    const statements = statementsOf(entity);
    const stale: bigint[] = [];
    const gone = await this.#fresh(
      statements,
      once(deletes).map((key, index) => deletedRow(entity, key, index)),
      stale,
    );
    let written: readonly StatementRow[];
    if (statements.kind === 'node') {
      const rows = once(upserts).map((record, index) => nodeRow(entity, record, index));
      const fresh = await this.#fresh(statements, rows, stale);
      await this.#removeNodes(statements, gone);
      await this.#each(
        statements.upsert,
        fresh.map(({ index, key, properties }) => ({ index, key, properties })),
      );
      for (const [position, edge] of statements.edges.entries()) {
        const ends = fresh.map(({ index, key, edgeEnds }) => ({ index, key, end: edgeEnds[position] ?? null }));
        await this.#loosen(edge.removeOthers, ends);
        await this.#each(
          edge.merge,
          ends.filter(({ end }) => end !== null),
        );
      }
      written = fresh;
    } else {
      const rows = once(upserts).map((record, index) => edgeRow(entity, record, index));
      const fresh = await this.#fresh(statements, rows, stale);
      for (const text of statements.remove) await this.#loosen(text, gone);
      for (const text of statements.removeOthers) await this.#loosen(text, fresh);
      await this.#writeEdges(statements, fresh);
      written = fresh;
    }
    await this.#each(WRITE_TOMBSTONES, gone);
    this.#outcomes.push({ entity, written: written.map(entityId), deleted: gone.map(entityId), stale });
  }

  async finish(): Promise<ApplyResult> {
    // Last, because an edge written later in the batch may need the end that an earlier one left.
    const ends = [...this.#loosened];
    for (const part of slices(ends, this.#rowsPerStatement)) await this.#run(TIDY_PLACEHOLDERS, { ends: part });
    const count = (pick: (outcome: EntityOutcome) => readonly bigint[]) =>
      this.#outcomes.reduce((sum, outcome) => sum + pick(outcome).length, 0);
    return {
      outcomes: this.#outcomes,
      written: count((outcome) => outcome.written),
      deleted: count((outcome) => outcome.deleted),
      stale: count((outcome) => outcome.stale),
    };
  }

  async #writeEdges(statements: EdgeStatements, rows: readonly EdgeRow[]): Promise<void> {
    for (const [type, update] of statements.update) {
      const ofType = rows.filter((row) => row.type === type);
      const found = new Set((await this.#each(update, ofType)).map((record) => record.index));
      const create = statements.create.get(type);
      if (create !== undefined)
        await this.#each(
          create,
          ofType.filter(({ index }) => !found.has(index)),
        );
    }
  }

  async #removeNodes(statements: NodeStatements, rows: readonly StatementRow[]): Promise<void> {
    const withoutEnds = rows.map((row) => ({ ...row, end: null }));
    for (const edge of statements.edges) await this.#loosen(edge.removeOthers, withoutEnds);
    for (const text of statements.remove) await this.#each(text, rows);
  }

  /** The rows that no later batch has been at; the others' ids go to `stale`. */
  async #fresh<Row extends StatementRow>(
    statements: NodeStatements | EdgeStatements,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<readonly Row[]> {
    const found = new Set((await this.#each(statements.stale, rows)).map((record) => record.index));
    stale.push(...rows.filter(({ index }) => found.has(index)).map(entityId));
    return found.size === 0 ? rows : rows.filter(({ index }) => !found.has(index));
  }

  async #loosen(text: string, rows: readonly object[]): Promise<void> {
    for (const { ends } of await this.#each(text, rows)) {
      if (Array.isArray(ends)) for (const end of ends) this.#loosened.add(String(end));
    }
  }

  async #each(text: string, rows: readonly object[]): Promise<Readonly<Record<string, unknown>>[]> {
    const records: Readonly<Record<string, unknown>>[] = [];
    for (const part of slices(rows, this.#rowsPerStatement)) {
      records.push(...(await this.#run(text, { rows: part, sequence: this.#sequence })));
    }
    return records;
  }
}

async function purge(run: RunStatement, olderThanMs: number): Promise<number> {
  const [record] = await run(
    [
      'MATCH (t:SyncTombstone) WHERE t.deletedAt < datetime() - duration({milliseconds: $olderThanMs})',
      'WITH t LIMIT $limit DELETE t RETURN count(*) AS removed',
    ].join('\n'),
    { olderThanMs: BigInt(olderThanMs), limit: BigInt(PURGE_AT_ONCE) },
  );
  return Number(record?.removed ?? 0);
}

// A batch may have several messages about one row; the last thing said of it counts.
function once<T extends { readonly entityId: bigint }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.entityId, item])).values()];
}

function entityId(row: StatementRow): bigint {
  return row.entityId;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
