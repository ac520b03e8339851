import type { AnyEntity } from '@hartonomous/provenance-schema';
import type { GraphConnection } from './connect.ts';
import type { EdgeRow, EntityChanges, NodeRow, StatementRow } from './entity-changes.ts';
import { type GraphWriterOptions, resolveWriterOptions } from './options.ts';
import { type PreparedEdges, type PreparedNodes, type PreparedRows, prepareRows } from './prepare-rows.ts';
import {
  type EdgeStatements,
  LATER_TOMBSTONES,
  type NodeStatements,
  STALE_BY_TOMBSTONE,
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
    apply: async (changes, sequence, { signal } = {}) => {
      // Outside the transaction: other writers wait for the lock that it holds.
      const prepared = prepareRows(changes);
      return writeTransaction(connection, { ...resolved, signal }, async (run) => {
        const batch = new Batch(run, sequence, resolved.rowsPerStatement);
        await batch.begin();
        for (const entityRows of prepared) await batch.write(entityRows);
        return batch.finish();
      });
    },
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

/** What an upsert statement did: rows written, and how many edges of each kind their nodes have now. */
interface UpsertResult {
  readonly written: number;
  readonly edges: readonly number[];
}

interface Written<Row> {
  readonly fresh: readonly Row[];
  readonly gone: readonly bigint[];
}

class Batch {
  readonly #run: RunStatement;
  readonly #sequence: bigint;
  readonly #rowsPerStatement: number;
  readonly #outcomes: EntityOutcome[] = [];
  #laterTombstones = true;
  /** Element ids of placeholders that lost an edge. */
  readonly #loosened = new Set<string>();

  constructor(run: RunStatement, sequence: bigint, rowsPerStatement: number) {
    this.#run = run;
    this.#sequence = sequence;
    this.#rowsPerStatement = rowsPerStatement;
  }

  /** To be called first, under the writer lock. */
  async begin(): Promise<void> {
    const [record] = await this.#run(LATER_TOMBSTONES, { sequence: this.#sequence });
    this.#laterTombstones = record?.found === true;
  }

  async write(prepared: PreparedRows): Promise<void> {
    const { entity } = prepared;
    const stale: bigint[] = [];
    const written =
      prepared.kind === 'node' ? await this.#writeNodes(prepared, stale) : await this.#writeEdgeRows(prepared, stale);
    const deleted = [...written.gone, ...prepared.left.filter((id) => !stale.includes(id))];
    this.#outcomes.push({ entity, written: written.fresh.map(entityId), deleted, stale });
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

  async #writeNodes({ statements, upserts, deletes }: PreparedNodes, stale: bigint[]): Promise<Written<NodeRow>> {
    const gone = await this.#freshNodes(statements, deletes, stale);
    await this.#removeNodes(statements, gone);
    await this.#each(WRITE_TOMBSTONES, gone);
    const alive = await this.#claim(statements, await this.#withoutTombstone(upserts, stale), stale);
    const parts = [...slices(alive, this.#rowsPerStatement)];
    // All are sent before the first is answered, so the server never waits for the next.
    const results = await Promise.all(parts.map((part) => this.#upsert(statements, part)));
    const fresh: NodeRow[] = [];
    for (const [position, part] of parts.entries()) {
      const result = results[position];
      if (result !== undefined && result.written === part.length) {
        await this.#removeOtherEnds(statements, part, result);
        fresh.push(...part);
      } else fresh.push(...(await this.#upsertOneByOne(statements, part, stale)));
    }
    return { fresh, gone: gone.map(entityId) };
  }

  /**
   * Makes way for the rows' values of properties that are unique besides the key. Rows whose values a later batch has
   * given to another node are left out: theirs have changed since.
   */
  async #claim(statements: NodeStatements, rows: readonly NodeRow[], stale: bigint[]): Promise<readonly NodeRow[]> {
    let free = rows;
    for (const [position, { taken, release }] of statements.claims.entries()) {
      const claims = (of: readonly NodeRow[]) =>
        of.flatMap(({ index, id, claims: all }) => (all[position] ? [{ index, id, claim: all[position] }] : []));
      const late = new Set((await this.#each(taken, claims(free))).map((record) => record.index));
      stale.push(...free.filter(({ index }) => late.has(index)).map(entityId));
      free = free.filter(({ index }) => !late.has(index));
      await this.#each(release, claims(free));
    }
    return free;
  }

  /** Some rows were left out: because of a later batch, or because their node is in another tenant still. */
  async #upsertOneByOne(
    statements: NodeStatements,
    part: readonly NodeRow[],
    stale: bigint[],
  ): Promise<readonly NodeRow[]> {
    const fresh = await this.#freshNodes(statements, part, stale);
    if (fresh.length === 0) return fresh;
    const moved = fresh.filter(({ keep }) => keep !== null);
    await this.#removeNodes(statements, moved);
    const result = await this.#upsert(statements, fresh);
    if (result.written !== fresh.length) {
      throw new Error(`Of ${fresh.length} rows that no later batch had been at, Neo4j wrote ${result.written}.`);
    }
    await this.#removeOtherEnds(statements, fresh, result);
    return fresh;
  }

  async #upsert(statements: NodeStatements, rows: readonly NodeRow[]): Promise<UpsertResult> {
    const parameters = { rows: rows.map(({ values }) => values), sequence: this.#sequence };
    const [record] = await this.#run(statements.upsert, parameters);
    const edges = statements.edges.map((_, position) => Number(record?.[`edges${position}`] ?? 0));
    return { written: Number(record?.written ?? 0), edges };
  }

  /** Edges to ends that the rows don't name any more; there are none where each has no more than its own. */
  async #removeOtherEnds(statements: NodeStatements, rows: readonly NodeRow[], result: UpsertResult): Promise<void> {
    for (const [position, edge] of statements.edges.entries()) {
      const ends = rows.map((row) => ({ id: row.id, keep: row.keep, end: row.edgeEnds[position] ?? null }));
      const own = ends.filter(({ end }) => end !== null).length;
      if (result.edges[position] !== own) await this.#loosen(edge.removeOthers, ends);
    }
  }

  async #removeNodes(statements: NodeStatements, rows: readonly StatementRow[]): Promise<void> {
    const slim = rows.map(({ id, keep }) => ({ id, keep: keep ?? null, end: null }));
    for (const [position, edge] of statements.edges.entries()) {
      const ends = rows.map(({ id, keep, edgeEnds }) => ({
        ...{ id, keep: keep ?? null },
        end: Array.isArray(edgeEnds) ? (edgeEnds[position] ?? null) : null,
      }));
      await this.#loosen(edge.removeOthers, ends);
    }
    for (const text of statements.remove) await this.#each(text, slim);
  }

  async #writeEdgeRows({ statements, upserts, deletes }: PreparedEdges, stale: bigint[]): Promise<Written<EdgeRow>> {
    const deletable = await this.#findEdges(statements, await this.#withoutTombstone(deletes, stale), stale);
    for (const text of statements.remove) await this.#loosen(text, deletable.found);
    await this.#each(WRITE_TOMBSTONES, [...deletable.found, ...deletable.absent]);
    const writable = await this.#findEdges(statements, await this.#withoutTombstone(upserts, stale), stale);
    for (const text of statements.removeOthers) await this.#loosen(text, writable.found);
    for (const [type, update] of statements.update) {
      const ofType = writable.found.filter((row) => row.type === type);
      const updated = new Set((await this.#each(update, ofType)).map((record) => record.index));
      const absent = writable.absent.filter((row) => row.type === type);
      const missing = [...absent, ...ofType.filter(({ index }) => !updated.has(index))];
      const create = statements.create.get(type);
      if (create !== undefined) await this.#each(create, missing);
    }
    return {
      fresh: [...writable.found, ...writable.absent],
      gone: [...deletable.found, ...deletable.absent].map(entityId),
    };
  }

  /** Rows that have an edge and rows that have none; those whose edge a later batch wrote go to `stale`. */
  async #findEdges<Row extends StatementRow>(
    statements: EdgeStatements,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<{ readonly found: readonly Row[]; readonly absent: readonly Row[] }> {
    const slim = rows.map(({ index, id }) => ({ index, id }));
    const records = await this.#each(statements.find, slim);
    const late = new Set(records.filter((record) => record.stale === true).map((record) => record.index));
    const known = new Set(records.map((record) => record.index));
    stale.push(...rows.filter(({ index }) => late.has(index)).map(entityId));
    return {
      found: rows.filter(({ index }) => known.has(index) && !late.has(index)),
      absent: rows.filter(({ index }) => !known.has(index)),
    };
  }

  /** The rows whose nodes no later batch has written or deleted; the others' ids go to `stale`. */
  async #freshNodes<Row extends StatementRow>(
    statements: NodeStatements,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<readonly Row[]> {
    const alive = await this.#withoutTombstone(rows, stale);
    return this.#leaveOut(statements.stale, alive, stale);
  }

  /** The rows that no later batch has deleted; the others' ids go to `stale`. */
  async #withoutTombstone<Row extends StatementRow>(rows: readonly Row[], stale: bigint[]): Promise<readonly Row[]> {
    return this.#laterTombstones ? this.#leaveOut(STALE_BY_TOMBSTONE, rows, stale) : rows;
  }

  async #leaveOut<Row extends StatementRow>(
    text: string,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<readonly Row[]> {
    const slim = rows.map(({ index, id, tombstone }) => ({ index, id, tombstone }));
    const found = new Set((await this.#each(text, slim)).map((record) => record.index));
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

function entityId(row: StatementRow): bigint {
  return row.entityId;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
