import { setImmediate as turn } from 'node:timers/promises';
import type { AnyEntity } from '@hartonomous/provenance-schema';
import type { GraphConnection } from './connect.ts';
import {
  type EdgeRow,
  type EntityChanges,
  lookUpValues,
  type NodeRow,
  type StatementRow,
  tombstoneKey,
} from './entity-changes.ts';
import { SequencePassedError } from './errors.ts';
import { type GraphWriterOptions, parseWriterOptions } from './options.ts';
import { type PreparedEdges, type PreparedNodes, type PreparedRows, prepareRows } from './prepare-rows.ts';
import {
  type EdgeStatements,
  type NodeState,
  type NodeStatements,
  noteSequenceStatement,
  purgeTombstonesStatement,
  staleByTombstoneStatement,
  tidyPlaceholdersStatement,
  writeTombstonesStatement,
} from './statements.ts';
import { vectorStatementsOf } from './vector-statements.ts';
import { type Answer, type RunStatement, writeTransaction } from './write-transaction.ts';
import { writeVectors } from './write-vectors.ts';

/** The outcome of the entities of one {@link EntityChanges}, by entity id. */
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
   * Nodes, edges and tombstones with a greater one are left as they are. Without changes it fences nothing, and the call
   * shows that the graph can be written to.
   * @throws SequencePassedError when tombstones with this number or a greater one have been purged; take a new number and read
   * again
   * @throws GraphSyncError (`retryable` says whether the same call may succeed later; repeating it is always safe); the
   * reason of `signal` when aborted
   */
  apply(
    changes: readonly EntityChanges[],
    sequence: bigint,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ApplyResult>;
  /**
   * Removes tombstones, and notes the greatest of their numbers: a batch whose number isn't greater is refused from then on,
   * because it could bring back what has been deleted.
   *
   * @param olderThanMs age in milliseconds, by Neo4j's clock. Younger than a batch may take, and slow batches have to read
   * again; too old costs space only. @default one hour
   * @returns how many were removed
   */
  purgeTombstones(olderThanMs?: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<number>;
}

const oneHourMs = 3_600_000;
/** Tombstones per transaction: the writer lock is held meanwhile, so a purge must not take all at once. */
const purgeAtOnce = 5000;

/**
 * Creates a writer on a connection. It keeps no state; any number may work on one graph, in any processes.
 *
 * @throws InvalidGraphOptionsError
 */
export function createGraphWriter(connection: GraphConnection, options: GraphWriterOptions = {}): GraphWriter {
  const resolved = parseWriterOptions(options);
  return {
    apply: async (changes, sequence, { signal } = {}) => {
      // Outside the transaction: other writers wait for the lock that it holds.
      const prepared = prepareRows(changes);
      const ask = { clauses: noteSequenceStatement, parameters: { sequence } };
      return writeTransaction(connection, { ...resolved, signal, ask }, async (run, locked) => {
        if (prepared.length === 0) {
          await locked;
          return nothingWritten;
        }
        const batch = new Batch(run, locked, sequence, resolved.rowsPerStatement);
        for (const entityRows of prepared) await batch.write(entityRows);
        return batch.finish();
      });
    },
    purgeTombstones: async (olderThanMs = oneHourMs, { signal } = {}) => {
      let total = 0;
      for (;;) {
        const removed = await writeTransaction(connection, { ...resolved, signal }, (run) => purge(run, olderThanMs));
        total += removed;
        if (removed < purgeAtOnce) return total;
      }
    },
  };
}

const nothingWritten: ApplyResult = { outcomes: [], written: 0, deleted: 0, stale: 0 };

interface Written<Row> {
  readonly fresh: readonly Row[];
  readonly gone: readonly bigint[];
}

/** What the graph has of rows. */
interface Found {
  /** The indexes of rows that are in a state, by state. */
  readonly states: ReadonlyMap<unknown, ReadonlySet<unknown>>;
  /** How many edges of the entity's the rows' own nodes have. */
  readonly edges: number;
  /** How many vectors they have. */
  readonly vectors: number;
}

const ownState: NodeState = 'own';

class Batch {
  readonly #run: RunStatement;
  readonly #sequence: bigint;
  readonly #rowsPerStatement: number;
  readonly #outcomes: EntityOutcome[] = [];
  readonly #laterTombstones: Promise<boolean>;
  /** Element ids of placeholders that lost an edge. */
  readonly #loosened = new Set<string>();

  /** @param locked the answer to {@link noteSequenceStatement} */
  constructor(run: RunStatement, locked: Promise<Answer | undefined>, sequence: bigint, rowsPerStatement: number) {
    this.#run = run;
    this.#sequence = sequence;
    this.#rowsPerStatement = rowsPerStatement;
    this.#laterTombstones = locked.then((answer) => {
      const purged = answer?.purged;
      if (typeof purged === 'bigint' && sequence <= purged) throw new SequencePassedError(sequence, purged);
      return answer?.found === true;
    });
    // Its awaiter sees a failure too; a batch that fails earlier must not leave the rejection unhandled.
    this.#laterTombstones.catch(() => undefined);
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
    await this.#laterTombstones;
    // Last, because an edge written later in the batch may need the end that an earlier one left.
    const ends = [...this.#loosened];
    for (const part of slices(ends, this.#rowsPerStatement)) await this.#run(tidyPlaceholdersStatement, { ends: part });
    const count = (pick: (outcome: EntityOutcome) => readonly bigint[]) =>
      this.#outcomes.reduce((sum, outcome) => sum + pick(outcome).length, 0);
    return {
      outcomes: this.#outcomes,
      written: count((outcome) => outcome.written),
      deleted: count((outcome) => outcome.deleted),
      stale: count((outcome) => outcome.stale),
    };
  }

  async #writeNodes(prepared: PreparedNodes, stale: bigint[]): Promise<Written<NodeRow>> {
    const { entity, statements, upserts, deletes } = prepared;
    // Together, which saves a round trip: the deletes are of other rows, so they change nothing of what is looked up.
    const [{ states, edges, vectors }] = await Promise.all([this.#lookUp(statements, upserts), this.#laterTombstones]);
    const gone = await this.#freshNodes(prepared, deletes, stale);
    await this.#removeNodes(prepared, gone);
    await this.#writeTombstones(entity, gone);
    const alive = await this.#claim(statements, await this.#withoutTombstone(entity, upserts, stale), stale);
    const is = (state: NodeState) => (row: NodeRow) => states.get(state)?.has(row.index) === true;
    stale.push(...alive.filter(is('late')).map(entityId));
    const fresh = alive.filter((row) => !is('late')(row));
    await this.#removeNodes(prepared, fresh.filter(is('elsewhere')));
    const absent = fresh.filter((row) => !is('own')(row));
    const present = fresh.filter(is('own'));
    const [, created] = await Promise.all([
      this.#sendAll(slices(absent, this.#rowsPerStatement), (part) => this.#writePart(statements, 'create', part)),
      this.#sendAll(slices(present, this.#rowsPerStatement), (part) => this.#writePart(statements, 'merge', part)),
    ]);
    // The rows' edges are there now, and each is of one row: a sum that is theirs leaves room for no others.
    const now = created.reduce((sum, more) => sum + more, edges);
    if (statements.sharesEdgeTypes || now !== ownEdges(present)) await this.#removeOthers(statements, present);
    await this.#writeVectors(prepared, fresh, { present, hasAny: vectors > 0 });
    return { fresh, gone: gone.map(entityId) };
  }

  async #lookUp(statements: NodeStatements, rows: readonly NodeRow[]): Promise<Found> {
    const states = new Map<unknown, Set<unknown>>();
    const found = { states, edges: 0, vectors: 0 };
    await this.#sendAll(slices(rows, this.#rowsPerStatement), async (part) => {
      const parameters = { rows: lookUpValues(part), sequence: this.#sequence };
      const { records } = await this.#run(statements.lookUp, parameters);
      for (const { state, positions, edges, vectors } of records) {
        const known = states.get(state) ?? new Set();
        states.set(state, known);
        if (Array.isArray(positions)) for (const position of positions) known.add(part[Number(position)]?.index);
        if (state !== ownState) continue;
        found.edges += Number(edges);
        found.vectors += Number(vectors);
      }
    });
    return found;
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

  /** @returns how many edges there were not before */
  async #writePart(statements: NodeStatements, how: 'create' | 'merge', part: readonly NodeRow[]): Promise<number> {
    const present = part.reduce((bits, row) => bits | row.present, 0);
    const parameters = { rows: part.map(({ values }) => values), sequence: this.#sequence };
    const { records, createdEdges } = await this.#run(statements.write(how, present), parameters);
    const written = Number(records[0]?.written ?? 0);
    if (written !== part.length) throw new Error(`Of ${part.length} rows, Neo4j wrote ${written}.`);
    return createdEdges;
  }

  /** Removes edges of nodes to ends that their rows don't name any more. */
  async #removeOthers(statements: NodeStatements, rows: readonly NodeRow[]): Promise<void> {
    await this.#sendAll(slices(rows, this.#rowsPerStatement), async (part) => {
      const [counts] = (await this.#run(statements.countEdges, { rows: lookUpValues(part) })).records;
      for (const [position, edge] of statements.edges.entries()) {
        const ends = part.map((row) => ({ id: row.id, keep: row.keep, end: row.edgeEnds[position] ?? null }));
        const own = ends.filter(({ end }) => end !== null).length;
        if (Number(counts?.[`edges${position}`]) !== own) await this.#loosen(edge.removeOthers, ends);
      }
    });
  }

  async #writeVectors(
    { entity, vectors }: PreparedNodes,
    fresh: readonly NodeRow[],
    before: { readonly present: readonly NodeRow[]; readonly hasAny: boolean },
  ): Promise<void> {
    const statements = vectorStatementsOf(entity);
    if (statements === null || vectors === null || fresh.length === 0) return;
    const each = (text: string, rows: readonly object[]) => this.#each(text, rows);
    const write = async (text: string, parameters: object) =>
      (await this.#run(text, { ...parameters, sequence: this.#sequence })).records;
    await writeVectors(
      { statements, vectors, fresh, ...before, rowsPerStatement: this.#rowsPerStatement },
      each,
      write,
    );
  }

  async #removeNodes({ entity, statements }: PreparedNodes, rows: readonly StatementRow[]): Promise<void> {
    const slim = rows.map(({ id, keep }) => ({ id, keep: keep ?? null, end: null }));
    for (const [position, edge] of statements.edges.entries()) {
      const ends = rows.map(({ id, keep, edgeEnds }) => ({
        ...{ id, keep: keep ?? null },
        end: Array.isArray(edgeEnds) ? (edgeEnds[position] ?? null) : null,
      }));
      await this.#loosen(edge.removeOthers, ends);
    }
    const vectors = vectorStatementsOf(entity);
    if (vectors !== null) await this.#each(vectors.removeAll, slim);
    for (const text of statements.remove) await this.#each(text, slim);
  }

  async #writeEdgeRows(prepared: PreparedEdges, stale: bigint[]): Promise<Written<EdgeRow>> {
    const { entity, statements, upserts, deletes } = prepared;
    const deletable = await this.#findEdges(statements, await this.#withoutTombstone(entity, deletes, stale), stale);
    for (const text of statements.remove) await this.#loosen(text, deletable.found);
    await this.#writeTombstones(entity, [...deletable.found, ...deletable.absent]);
    const writable = await this.#findEdges(statements, await this.#withoutTombstone(entity, upserts, stale), stale);
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
    { entity, statements }: PreparedNodes,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<readonly Row[]> {
    const alive = await this.#withoutTombstone(entity, rows, stale);
    return this.#leaveOut(statements.stale, alive, ({ index, id }) => ({ index, id }), stale);
  }

  /** The rows that no later batch has deleted; the others' ids go to `stale`. */
  async #withoutTombstone<Row extends StatementRow>(
    entity: AnyEntity,
    rows: readonly Row[],
    stale: bigint[],
  ): Promise<readonly Row[]> {
    if (!(await this.#laterTombstones)) return rows;
    const named = ({ index, entityId }: Row) => ({ index, tombstone: tombstoneKey(entity, entityId) });
    return this.#leaveOut(staleByTombstoneStatement, rows, named, stale);
  }

  async #leaveOut<Row extends StatementRow>(
    text: string,
    rows: readonly Row[],
    named: (row: Row) => object,
    stale: bigint[],
  ): Promise<readonly Row[]> {
    const found = new Set((await this.#each(text, rows.map(named))).map((record) => record.index));
    stale.push(...rows.filter(({ index }) => found.has(index)).map(entityId));
    return found.size === 0 ? rows : rows.filter(({ index }) => !found.has(index));
  }

  async #writeTombstones(entity: AnyEntity, gone: readonly StatementRow[]): Promise<void> {
    const rows = gone.map(({ entityId, tenantId }) => ({ tombstone: tombstoneKey(entity, entityId), tenantId }));
    await this.#each(writeTombstonesStatement, rows);
  }

  async #loosen(text: string, rows: readonly object[]): Promise<void> {
    for (const { ends } of await this.#each(text, rows)) {
      if (Array.isArray(ends)) for (const end of ends) this.#loosened.add(String(end));
    }
  }

  /**
   * Sends all parts before the first is answered: while the server works on one, the next is packed. Between two, whatever
   * else waits in this process has its turn.
   */
  async #sendAll<Row, Result>(
    parts: Iterable<readonly Row[]>,
    send: (part: readonly Row[]) => Promise<Result>,
  ): Promise<Result[]> {
    const answers: Promise<Result>[] = [];
    for (const part of parts) {
      if (answers.length > 0) await turn();
      const answer = send(part);
      // It may fail before the last part is sent; awaiting all of them reports it.
      answer.catch(() => undefined);
      answers.push(answer);
    }
    return await Promise.all(answers);
  }

  async #each(text: string, rows: readonly object[]): Promise<Readonly<Record<string, unknown>>[]> {
    const answers = await this.#sendAll(slices(rows, this.#rowsPerStatement), (part) =>
      this.#run(text, { rows: part, sequence: this.#sequence }),
    );
    return answers.flatMap(({ records }) => records);
  }
}

async function purge(run: RunStatement, olderThanMs: number): Promise<number> {
  const parameters = { olderThanMs: BigInt(olderThanMs), limit: BigInt(purgeAtOnce) };
  const { records } = await run(purgeTombstonesStatement, parameters);
  return Number(records[0]?.removed ?? 0);
}

function entityId(row: StatementRow): bigint {
  return row.entityId;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** How many edges the rows have. */
function ownEdges(rows: readonly NodeRow[]): number {
  return rows.reduce((sum, { edgeEnds }) => sum + edgeEnds.filter((end) => end !== null).length, 0);
}
