import type { InsertStatement } from '../../tsql/ast/data.ts';
import { nameKey } from '../catalog/name-key.ts';
import { commonType } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { compileQuery, compileTopQuery } from './compile-query.ts';
import type { CompiledData } from './compiled-data.ts';
import { changeOf } from './compiled-data.ts';
import { convertTo } from './conversion.ts';
import { bindCtes } from './cte.ts';
import { checkWritable, resolveTarget, targetColumn } from './data-target.ts';
import type { QueryEnvironment } from './environment.ts';
import {
  columnSetTwice,
  fewerSelectedThanColumns,
  fewerValuesThanColumns,
  moreSelectedThanColumns,
  moreValuesThanColumns,
  unequalValueRows,
  valueCountDiffers,
} from './errors/data-errors.ts';
import { compileExpression } from './expression.ts';
import { ForeignKeys } from './foreign-keys.ts';
import { type CompiledExpression, Frame, Run } from './frame.ts';
import { checkOutput, insteadOfTarget } from './instead-of.ts';
import { hintedPlace } from './max-recursion.ts';
import { compileOutput } from './output-clause.ts';
import type { QueryPlace } from './query-plan.ts';
import { requireIndexSettings } from './required-settings.ts';
import { insertRows, insteadRows, rowShape } from './row-insert.ts';
import { compileTop } from './row-limit.ts';
import { Scope } from './scope.ts';
import { targetHints } from './table-hints.ts';
import { TableWriter } from './table-writer.ts';
import { type UpdatableRows, updatableOrdinal, updatableView } from './updatable.ts';
import { UsedColumns } from './used-columns.ts';

/** Where the rows of an INSERT come from. */
interface InsertSource {
  readonly types: readonly SqlType[];
  rows(run: Run): readonly SqlRow[];
  /** Positions written as DEFAULT in every row. */
  readonly defaults: ReadonlySet<number>;
}

/**
 * Rows of INSERT ... SELECT up to which its foreign keys are checked by seeks. For more SQL Server may choose a merge or hash
 * join, which reads all of the other table and waits for every row of it that is locked; OPTION (LOOP JOIN) keeps it from
 * that. Where it changes over depends on statistics, so this is no more than a number that small inserts stay below.
 */
const seeksUpToRows = 100;

export function compileInsert(statement: InsertStatement, environment: QueryEnvironment): CompiledData {
  const hints = statement.source.kind === 'select' ? statement.source.query.options : statement.options;
  const place: QueryPlace = { environment, outer: undefined, ctes: new Map(), ...hintedPlace(hints) };
  const ctes = bindCtes(statement, place);
  const instead = insteadOfTarget(statement.target, 'INSERT', environment);
  const view =
    instead === undefined ? updatableView(statement.target, new Scope(environment, undefined, new Map())) : undefined;
  const table = instead ?? view?.table ?? resolveTarget(statement.target, environment, ['INSERT']);
  checkOutput(statement.output, table, 'insert', statement.line);
  const read = new UsedColumns(table.definition.columns);
  if (instead !== undefined && statement.target.kind === 'table')
    environment.relation(statement.target.name, ['INSERT']);
  view?.uses('INSERT', new UsedColumns());
  if (statement.output.length > 0) {
    // What OUTPUT shows of a view are the columns of the table behind it.
    if (view === undefined) environment.uses(table, 'SELECT', read);
    else view.uses('SELECT', new UsedColumns());
  }
  if (statement.target.kind === 'table') targetHints(table, statement.target.hints, statement.line, environment);
  requireIndexSettings(table.definition, environment, 'INSERT');
  const writer = new TableWriter(table, environment);
  const keys = ForeignKeys.compile(table, environment);
  const scope = new Scope(environment, undefined, ctes);
  const targets = targetOrdinals(statement, writer, view);
  const output = compileOutput(
    statement.output,
    table,
    { inserted: true, deleted: false, action: false },
    scope,
    environment,
    read,
  );
  const top = statement.top === undefined ? undefined : compileTop(statement.top, false, scope);

  const { source } = statement;
  if (source.kind === 'execute')
    throw new Error('the interpreter runs the procedure of INSERT ... EXECUTE and inserts its rows');
  const given: InsertSource =
    source.kind === 'defaultValues'
      ? { types: [], rows: () => [[]], defaults: new Set() }
      : source.kind === 'values'
        ? valuesSource(source.rows, targets, writer, scope, statement)
        : selectSource(source.query, { ...place, ctes }, targets, statement);
  const mayScanParents = source.kind === 'select' && !hints.includes('LOOP JOIN');
  const used = source.kind === 'defaultValues' ? [] : targets.filter((_, position) => !given.defaults.has(position));
  const shape = rowShape(
    writer,
    used,
    given.types.filter((_, position) => !given.defaults.has(position)),
  );

  const allOrdinals = writer.columns.map((_, ordinal) => ordinal);

  function store(rowsShape: typeof shape, rows: readonly SqlRow[], run: Run) {
    if (table.insteadOf?.includes('insert') === true) {
      const would = insteadRows(writer, rowsShape, rows, run);
      return { rowCount: would.length, changes: changeOf(table, 'insert', would, [], allOrdinals) };
    }
    const inserted = insertRows(writer, rowsShape, rows, run, 'INSERT');
    if (mayScanParents && inserted.length > seeksUpToRows) keys.waitForParents(run);
    keys.checkReferences(inserted, run, 'INSERT');
    const collector = output.collector();
    if (output.slots.inserted !== undefined) {
      const frame = new Frame(run, undefined);
      for (const row of inserted) {
        frame.rows[output.slots.inserted] = row;
        collector.add(frame);
      }
    }
    const rowsOut = collector.finish(run);
    return {
      rowCount: inserted.length,
      ...(rowsOut === undefined ? {} : { output: rowsOut }),
      changes: changeOf(table, 'insert', inserted, [], allOrdinals),
    };
  }

  return {
    command: 'insert',
    ...(output.columns === undefined ? {} : { outputColumns: output.columns }),
    run: (context) => {
      const run = new Run(context);
      let rows = given.rows(run);
      if (top !== undefined) {
        const count = top.count(new Frame(run, undefined));
        rows = rows.slice(0, top.percent ? Math.ceil((rows.length * count) / 100) : count);
      }
      if (context.rowLimit > 0) rows = rows.slice(0, context.rowLimit);
      return store(shape, rows, run);
    },
  };
}

/** Ordinals of the columns that the source's values go to. */
function targetOrdinals(
  statement: InsertStatement,
  writer: TableWriter,
  view: UpdatableRows | undefined,
): readonly number[] {
  if (statement.columns === undefined && view !== undefined) {
    return view.columns
      .map((column) => updatableOrdinal(view, column.name, statement.line))
      .filter((ordinal) => {
        const column = writer.columns[ordinal];
        return column?.identity === undefined && column?.computed === undefined;
      });
  }
  if (statement.columns === undefined) {
    return writer.columns.flatMap((column, ordinal) =>
      column.identity !== undefined || column.computed !== undefined ? [] : [ordinal],
    );
  }
  const seen = new Set<string>();
  return statement.columns.map((name) => {
    const ordinal =
      view === undefined
        ? targetColumn(writer.table, name, statement.line)
        : updatableOrdinal(view, name, statement.line);
    const key = nameKey(name);
    if (seen.has(key)) {
      throw columnSetTwice(name, statement.line);
    }
    seen.add(key);
    return ordinal;
  });
}

/** @throws {SqlError} 109, 110, 120, 121 or 213 */
function checkCount(given: number, wanted: number, statement: InsertStatement): void {
  if (given === wanted) return;
  const { line } = statement;
  if (statement.columns === undefined) {
    throw valueCountDiffers(line);
  }
  if (statement.source.kind === 'values') {
    throw given < wanted ? fewerValuesThanColumns(line) : moreValuesThanColumns(line);
  }
  throw given < wanted ? fewerSelectedThanColumns(line) : moreSelectedThanColumns(line);
}

function valuesSource(
  rows: Extract<InsertStatement['source'], { kind: 'values' }>['rows'],
  targets: readonly number[],
  writer: TableWriter,
  scope: Scope,
  statement: InsertStatement,
): InsertSource {
  const [first] = rows;
  if (first === undefined) throw new Error('VALUES has rows');
  if (rows.some((row) => row.length !== first.length)) {
    throw unequalValueRows(statement.line);
  }
  checkCount(first.length, targets.length, statement);
  const defaults = new Set(
    first.flatMap((_, position) => (rows.every((row) => row[position]?.kind === 'default') ? [position] : [])),
  );
  for (const [position, ordinal] of targets.entries()) {
    if (!defaults.has(position)) checkWritable(writer.table, ordinal, 'insert', statement.line);
  }
  const positions = first.flatMap((_, position) => (defaults.has(position) ? [] : [position]));
  const compiled = rows.map((row) =>
    positions.map((position): CompiledExpression => {
      const node = row[position];
      if (node === undefined) throw new Error('rows of VALUES have one length');
      return node.kind === 'default' ? writer.defaultValue(targets[position] ?? 0) : compileExpression(node, scope);
    }),
  );
  for (const row of compiled) {
    for (const [index, position] of positions.entries()) {
      const column = writer.columns[targets[position] ?? -1];
      if (column !== undefined) row[index]?.wants?.(column.type);
    }
  }
  // With several rows each column first takes the common type of its values, as in a table value constructor.
  const types = positions.map((_, index) =>
    commonType(compiled.flatMap((row) => (row[index] === undefined ? [] : [row[index].type]))),
  );
  const converted =
    rows.length === 1
      ? compiled
      : compiled.map((row) =>
          row.map((value, index) => (types[index] === undefined ? value : convertTo(value, types[index]))),
        );
  const allTypes: SqlType[] = [];
  for (const [index, position] of positions.entries()) allTypes[position] = types[index] ?? { name: 'int' };
  for (const position of defaults) allTypes[position] = { name: 'int' };
  return {
    types: allTypes,
    defaults,
    rows: (run) => {
      const frame = new Frame(run, undefined);
      return converted.map((row): SqlValue[] => row.map((value) => value.evaluate(frame)));
    },
  };
}

function selectSource(
  query: Extract<InsertStatement['source'], { kind: 'select' }>['query'],
  place: QueryPlace,
  targets: readonly number[],
  statement: InsertStatement,
): InsertSource {
  const plan = query.orderBy.length > 0 ? compileTopQuery(query, place) : compileQuery(query, place);
  checkCount(plan.columns.length, targets.length, statement);
  return {
    types: plan.columns.map((column) => column.type),
    defaults: new Set(),
    rows: (run) => {
      const rows: SqlRow[] = [];
      plan.scan(run, undefined, (row) => {
        rows.push(row);
        return true;
      });
      return rows;
    },
  };
}
