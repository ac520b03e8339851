import { unsupported } from '../unsupported.ts';
import type { AlterIndexStatement, CheckpointStatement, UpdateStatisticsStatement } from './ast/maintenance.ts';
import { skipOptionList } from './indexes.ts';
import { isIdentifier, parseColumnNames, parseIdentifier, parseInteger, parseObjectName } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** `INDEX {name | ALL} ON table {REBUILD | REORGANIZE | SET (...)}`, from behind ALTER. */
export function parseAlterIndex(t: TokenStream, line: number): AlterIndexStatement {
  t.expect('INDEX');
  const index = t.accept('ALL') ? undefined : parseIdentifier(t);
  t.expect('ON');
  const table = parseObjectName(t);
  const head = { kind: 'alterIndex', ...(index === undefined ? {} : { index }), table, line } as const;
  if (t.accept('SET')) {
    skipOptionList(t);
    return { ...head, work: 'set' };
  }
  const { key } = t.current;
  if (['DISABLE', 'RESUME', 'PAUSE', 'ABORT'].includes(key)) unsupported(`ALTER INDEX ... ${key}`, line);
  const work = t.expectOneOf('REBUILD', 'REORGANIZE') === 'REBUILD' ? 'rebuild' : 'reorganize';
  if (t.acceptAll('PARTITION', '=') && !t.accept('ALL')) unsupported('partitions of an index', line);
  if (t.is('WITH') && t.peek(1).key === '(') {
    t.advance();
    skipOptionList(t);
  }
  return { ...head, work };
}

/** `UPDATE STATISTICS table [name | (names)] [WITH options]`. */
export function parseUpdateStatistics(t: TokenStream): UpdateStatisticsStatement {
  const { line } = t.expect('UPDATE');
  t.expect('STATISTICS');
  const table = parseObjectName(t);
  const statistics = t.is('(') ? parseColumnNames(t) : isIdentifier(t.current) ? [parseIdentifier(t)] : [];
  if (t.accept('WITH')) t.commaList(skipStatisticsOption);
  return { kind: 'updateStatistics', table, statistics, line };
}

function skipStatisticsOption(t: TokenStream): void {
  const option = t.advance();
  if (option.kind !== 'word') throw t.unexpected(option);
  if (option.key === 'SAMPLE') {
    parseInteger(t);
    t.expectOneOf('PERCENT', 'ROWS');
  } else if (t.accept('=') && t.acceptOneOf('ON', 'OFF') === undefined) parseInteger(t);
}

/** `CHECKPOINT [seconds]`. */
export function parseCheckpoint(t: TokenStream): CheckpointStatement {
  const { line } = t.expect('CHECKPOINT');
  if (t.current.kind === 'integer') t.advance();
  return { kind: 'checkpoint', line };
}
