import { SqlError } from '../../errors.ts';
import { unsupported } from '../../unsupported.ts';
import type { Frame } from './frame.ts';
import { type JoinNode, leavesOf } from './join-tree.ts';

/** What the hints of a table source ask for. */
export interface TableHints {
  /**
   * `rows`: the rows that the query gives are locked until the transaction ends. `table`: all writers of the table wait,
   * which is how ranges of keys are locked here (SQL Server locks the range only, so it lets more through).
   */
  readonly lock: 'none' | 'rows' | 'table';
  /** READPAST: rows that another transaction has locked are left out. */
  readonly skipLocked: boolean;
}

export const noHints: TableHints = { lock: 'none', skipLocked: false };

/**
 * Hints that change neither what is read nor what is locked here. Readers see committed rows and never wait, so NOLOCK
 * reads committed data; row and page granularity and access paths are the engine's own choice.
 */
const withoutEffect = new Set([
  'FORCESCAN',
  'FORCESEEK',
  'NOEXPAND',
  'NOLOCK',
  'PAGLOCK',
  'READCOMMITTED',
  'READCOMMITTEDLOCK',
  'READUNCOMMITTED',
  'ROWLOCK',
  'TABLOCK',
]);

/** Hints that take a table out of a stricter isolation level. */
const readWithoutLocks = new Set(['NOLOCK', 'READUNCOMMITTED', 'READCOMMITTED', 'READCOMMITTEDLOCK']);

const rowLocks = new Set(['REPEATABLEREAD', 'UPDLOCK', 'XLOCK']);
const tableLocks = new Set(['HOLDLOCK', 'SERIALIZABLE', 'TABLOCKX']);

/**
 * Understands the hints of one table source.
 *
 * @param hints upper case, as the parser gives them
 * @throws {SqlError} 650 for READPAST with a range lock, 40000 for a hint that the emulator does not have
 */
export function compileTableHints(hints: readonly string[], line: number): TableHints {
  if (hints.length === 0) return noHints;
  let lock: TableHints['lock'] = 'none';
  let skipLocked = false;
  for (const hint of hints) {
    const word = hint.replace(/\(.*$/, '');
    if (tableLocks.has(word)) lock = 'table';
    else if (rowLocks.has(word)) lock = lock === 'table' ? lock : 'rows';
    else if (word === 'READPAST') skipLocked = true;
    else if (!withoutEffect.has(word) && word !== 'INDEX') throw unsupported(`the table hint ${word}`, line);
  }
  if (skipLocked && lock === 'table') {
    throw new SqlError(
      'You can only specify the READPAST lock in the READ COMMITTED or REPEATABLE READ isolation levels.',
      { number: 650, line },
    );
  }
  return { lock, skipLocked };
}

/** SET TRANSACTION ISOLATION LEVEL, or what a client asked for when it began its transaction. */
export type IsolationLevel = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE' | 'SNAPSHOT';

/**
 * The hints of a read under an isolation level: REPEATABLE READ locks the rows that are read, SERIALIZABLE their ranges.
 * Where the table's own hints ask for another way of reading, they win.
 *
 * @param words the table's own hints, as the parser gives them
 * @throws {SqlError} 3952 under SNAPSHOT, which no database of the emulator allows
 */
export function underIsolation(
  hints: TableHints,
  words: readonly string[],
  isolation: IsolationLevel,
  database: string,
): TableHints {
  if (isolation === 'SNAPSHOT') {
    throw new SqlError(
      `Snapshot isolation transaction failed accessing database '${database}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.`,
      { number: 3952 },
    );
  }
  if (hints.lock === 'table' || hints.skipLocked || words.some((word) => readWithoutLocks.has(word))) return hints;
  if (isolation === 'SERIALIZABLE') return { ...hints, lock: 'table' };
  return isolation === 'REPEATABLE READ' ? { ...hints, lock: 'rows' } : hints;
}

/**
 * For rows that stand in a frame: takes note of the stored rows to lock, and locks them when the row is handed on. Rows
 * that TOP cuts off are not locked. Undefined when no source of the join asks for locks.
 */
export function rowLocker(root: JoinNode | undefined): ((frame: Frame) => () => void) | undefined {
  const leaves = root === undefined ? [] : leavesOf(root);
  const locked = leaves.flatMap(({ table, idSlot, hints }) =>
    hints?.lock === 'rows' && table !== undefined && idSlot !== undefined ? [{ table, idSlot }] : [],
  );
  if (locked.length === 0) return undefined;
  return (frame) => {
    const ids = locked.map(({ idSlot }) => frame.rows[idSlot]?.[0]);
    return () => {
      const { context } = frame.run;
      for (const [index, { table }] of locked.entries()) {
        const id = ids[index];
        if (typeof id === 'number') table.store(context).lockRow(context.writeTransaction(), id);
      }
    };
  };
}
