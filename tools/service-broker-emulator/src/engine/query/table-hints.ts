import { unsupported } from '../../unsupported.ts';
import { lockTimeout } from '../storage/errors.ts';
import { type ReadMode, type RowLockMode, readVersions, type StoredRow } from '../storage/table-store.ts';
import { TransactionConflict } from '../storage/transaction.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import { readpastNotAllowed, snapshotNotAllowed } from './errors/query-errors.ts';
import type { Frame } from './frame.ts';
import { type JoinNode, leavesOf } from './join-tree.ts';

/** How a table source is read, and what stays locked until the transaction ends. */
export interface TableHints {
  readonly read: ReadMode;
  /** `rows`: the rows that the query gives; `range`: the keys that are looked up, with their gaps; `table`: all of it. */
  readonly lock: 'none' | 'rows' | 'range' | 'table';
  readonly mode: RowLockMode;
  /** NOWAIT: error 1222 at once where others wait. */
  readonly noWait: boolean;
}

/** Of what belongs to one session alone, and of what no statement's hints or isolation level were asked for. */
export const noHints: TableHints = { read: readVersions, lock: 'none', mode: 'S', noWait: false };

/** SET TRANSACTION ISOLATION LEVEL, or what a client asked for when it began its transaction. */
export type IsolationLevel = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE' | 'SNAPSHOT';

/** Where a table is read. */
export interface ReadPlace {
  readonly isolation: IsolationLevel;
  readonly database: string;
  readonly readCommittedSnapshot: boolean;
  readonly allowSnapshotIsolation: boolean;
  /** `target`: the rows are to be changed, so they are read under update locks and never as versions. */
  readonly use: 'read' | 'target';
}

/** Hints that change neither what is read nor what is locked here: granularity and access paths are the engine's choice. */
const withoutEffect = new Set(['FORCESCAN', 'FORCESEEK', 'INDEX', 'NOEXPAND', 'PAGLOCK', 'ROWLOCK']);

/** The isolation level that a hint asks for in place of the transaction's. */
const levels: Readonly<Record<string, IsolationLevel | 'LOCKING' | undefined>> = {
  NOLOCK: 'READ UNCOMMITTED',
  READUNCOMMITTED: 'READ UNCOMMITTED',
  READCOMMITTED: 'READ COMMITTED',
  READCOMMITTEDLOCK: 'LOCKING',
  REPEATABLEREAD: 'REPEATABLE READ',
  HOLDLOCK: 'SERIALIZABLE',
  SERIALIZABLE: 'SERIALIZABLE',
};

const modes: Readonly<Record<string, RowLockMode | undefined>> = { UPDLOCK: 'U', XLOCK: 'X', TABLOCKX: 'X' };

/** What the words of a table source's hints ask for. */
interface HintWords {
  readonly level: IsolationLevel | 'LOCKING' | undefined;
  readonly mode: RowLockMode | undefined;
  readonly skipLocked: boolean;
  readonly wholeTable: boolean;
  readonly noWait: boolean;
}

/** Whether hints ask for locks, or for rows to be left out: what a view or CTE can't be asked for here. */
export function asksForLocks(words: readonly string[], line: number): boolean {
  const { level, mode, skipLocked, wholeTable, noWait } = understand(words, line);
  const held = level === 'REPEATABLE READ' || level === 'SERIALIZABLE';
  return noWait || held || mode !== undefined || skipLocked || wholeTable;
}

/** @throws {SqlError} 40000 for a hint that the emulator does not have */
function understand(words: readonly string[], line: number): HintWords {
  let level: HintWords['level'];
  let mode: RowLockMode | undefined;
  let skipLocked = false;
  let wholeTable = false;
  let noWait = false;
  for (const hint of words) {
    const word = hint.replace(/\(.*$/, '');
    if (word === 'READPAST') skipLocked = true;
    else if (word === 'TABLOCK') wholeTable = true;
    else if (word === 'NOWAIT') noWait = true;
    else if (levels[word] !== undefined) level = levels[word];
    else if (modes[word] !== undefined) {
      mode = mode === 'X' ? 'X' : modes[word];
      wholeTable ||= word === 'TABLOCKX';
    } else if (!withoutEffect.has(word)) throw unsupported(`the table hint ${word}`, line);
  }
  return { level, mode, skipLocked, wholeTable, noWait };
}

/**
 * How a table source is read: by its hints, and where these say nothing, by the isolation level.
 *
 * @param words its hints, upper case, as the parser gives them
 * @throws {SqlError} 650 for READPAST with a range lock or where row versions are read, 3952 for SNAPSHOT where the database
 * doesn't allow it, 40000 for a hint that the emulator does not have
 */
export function compileTableHints(words: readonly string[], line: number, place: ReadPlace): TableHints {
  const { level: hinted, mode, skipLocked, wholeTable, noWait } = understand(words, line);
  const { isolation, use } = place;
  if (noWait && use === 'target') unsupported('the table hint NOWAIT on what a statement changes', line);
  if (isolation === 'SNAPSHOT' && !place.allowSnapshotIsolation) {
    throw snapshotNotAllowed(place.database);
  }
  // Beside UPDLOCK these two are ignored: the level of the session counts.
  const isIgnored = mode === 'U' && (hinted === 'READ COMMITTED' || hinted === 'LOCKING');
  const level = isIgnored ? isolation : (hinted ?? isolation);
  // Microsoft's "Table hints" has it for every READPAST; beside a lock of its own it works on servers of the field.
  const readsVersions = level === 'READ COMMITTED' && place.readCommittedSnapshot && mode === undefined;
  if (skipLocked && (level === 'SERIALIZABLE' || level === 'SNAPSHOT' || readsVersions)) {
    throw readpastNotAllowed(line);
  }
  const held = level === 'REPEATABLE READ' || level === 'SERIALIZABLE' || mode !== undefined;
  const lock = !held
    ? 'none'
    : wholeTable
      ? 'table'
      : level === 'SERIALIZABLE'
        ? 'range'
        : use === 'target' && mode === undefined
          ? 'none'
          : 'rows';
  const lockMode: RowLockMode = mode ?? (use === 'target' ? 'U' : 'S');
  const read: ReadMode = {
    kind: kindOf(level, mode, skipLocked, wholeTable, place),
    mode: lockMode,
    skipLocked,
    wholeTable,
  };
  return { read, lock, mode: lockMode, noWait };
}

function kindOf(
  level: IsolationLevel | 'LOCKING',
  mode: RowLockMode | undefined,
  skipLocked: boolean,
  wholeTable: boolean,
  { use, readCommittedSnapshot }: ReadPlace,
): ReadMode['kind'] {
  if (level === 'SNAPSHOT') return 'snapshot';
  if (use === 'target' || mode !== undefined || skipLocked || wholeTable) return 'locking';
  if (level === 'READ UNCOMMITTED') return 'dirty';
  return level === 'READ COMMITTED' && readCommittedSnapshot ? 'versions' : 'locking';
}

/** Where a query reads a table; a session's own tables are read as they are. */
export function readPlace(table: TableRelation, environment: QueryEnvironment, use: ReadPlace['use']): ReadPlace {
  return {
    use,
    isolation: environment.isolation,
    database: table.database,
    readCommittedSnapshot: table.readCommittedSnapshot === true,
    allowSnapshotIsolation: table.local || table.allowSnapshotIsolation === true,
  };
}

/** How the rows of the target of a change are read and locked. @param words the hints that its statement gives it */
export function targetHints(
  table: TableRelation | undefined,
  words: readonly string[] | undefined,
  line: number,
  environment: QueryEnvironment,
): TableHints {
  if (table === undefined || table.local) return noHints;
  return compileTableHints(words ?? [], line, readPlace(table, environment, 'target'));
}

/** What a lock that others hold is for NOWAIT: 1222. Every other error stays. */
function notAtOnce(error: unknown): unknown {
  return error instanceof TransactionConflict ? lockTimeout() : error;
}

/** Takes a lock, with NOWAIT only one that is free. @throws {SqlError} 1222 */
export function lockAtOnce({ noWait }: TableHints, lock: () => void): void {
  if (!noWait) {
    lock();
    return;
  }
  try {
    lock();
  } catch (error) {
    throw notAtOnce(error);
  }
}

/** Rows whose reading waits for nobody. @throws {SqlError} 1222 */
export function* rowsAtOnce(scan: () => Iterable<StoredRow>): Iterable<StoredRow> {
  try {
    yield* scan();
  } catch (error) {
    throw notAtOnce(error);
  }
}

/**
 * For rows that stand in a frame: takes note of the stored rows to lock, and locks them when the row is handed on. Rows
 * that TOP cuts off are not locked. Undefined when no source of the join asks for locks.
 */
export function rowLocker(root: JoinNode | undefined): ((frame: Frame) => () => void) | undefined {
  const leaves = root === undefined ? [] : leavesOf(root);
  const locked = leaves.flatMap(({ table, idSlot, hints }) =>
    hints?.lock === 'rows' && table !== undefined && idSlot !== undefined ? [{ table, idSlot, hints }] : [],
  );
  if (locked.length === 0) return undefined;
  return (frame) => {
    const ids = locked.map(({ idSlot }) => frame.rows[idSlot]?.[0]);
    return () => {
      const { context } = frame.run;
      for (const [index, { table, hints }] of locked.entries()) {
        const id = ids[index];
        if (typeof id !== 'number') continue;
        lockAtOnce(hints, () => table.store(context).lockRow(context.writeTransaction(), id, hints.mode));
      }
    };
  };
}
