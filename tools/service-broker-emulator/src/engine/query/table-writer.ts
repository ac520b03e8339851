import type { SqlError } from '../../errors.ts';
import { parseExpression, parsePredicate } from '../../tsql/parse.ts';
import type { TableColumn } from '../catalog/table-definition.ts';
import { compileAssignment, compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import { checkConflict, nullNotAllowed } from './errors/data-errors.ts';
import { compileExpression } from './expression.ts';
import { type CompiledExpression, type CompiledPredicate, Frame, type Run } from './frame.ts';
import { compilePredicate } from './predicate.ts';
import { tableLeaf } from './row-source.ts';
import { Scope } from './scope.ts';

export type StatementName = 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | 'ALTER TABLE';

/** Name of a table as conversion and NULL errors show it. */
function qualifiedTableName(table: TableRelation): string {
  const { definition } = table;
  return definition.schema === '' ? definition.name : `${table.database}.${definition.schema}.${definition.name}`;
}

interface CompiledCheck {
  readonly name: string;
  readonly test: CompiledPredicate;
  /** Set when the condition is about one column only. */
  readonly column: string | undefined;
}

/** What every row of one table must be given and must meet: defaults, computed columns, NOT NULL, CHECK. */
export class TableWriter {
  readonly table: TableRelation;
  readonly columns: readonly TableColumn[];
  /** Ordinal of the identity column, -1 when there is none. */
  readonly identity: number;
  readonly rowVersion: number;
  readonly #environment: QueryEnvironment;
  readonly #rowScope: Scope;
  readonly #defaults = new Map<number, CompiledExpression>();
  readonly #computed: readonly { readonly ordinal: number; readonly evaluate: CompiledExpression['evaluate'] }[];
  readonly #checks: readonly CompiledCheck[];

  constructor(table: TableRelation, environment: QueryEnvironment) {
    this.table = table;
    this.columns = table.definition.columns;
    this.#environment = environment.inside(table);
    this.identity = this.columns.findIndex((column) => column.identity !== undefined);
    this.rowVersion = this.columns.findIndex((column) => column.type.name === 'rowversion');
    this.#rowScope = new Scope(this.#environment, undefined, new Map());
    const leaf = tableLeaf(table, this.#rowScope, table.definition.name, table.definition.schema);
    this.#rowScope.sources = [leaf.source];
    this.#computed = this.columns.flatMap((column, ordinal) => {
      if (column.computed === undefined) return [];
      const expression = compileExpression(parseExpression(column.computed.text), this.#rowScope);
      const convert = compileAssignment(expression.type, column.type, column.name, qualifiedTableName(table));
      return [{ ordinal, evaluate: (frame: Frame) => convert(expression.evaluate(frame)) }];
    });
    this.#checks = table.definition.checks
      .filter((check) => check.enabled)
      .map((check) => this.#compileCheck(check.name, check.text));
  }

  #compileCheck(name: string, text: string): CompiledCheck {
    const columns = new Set<string>();
    const watched = new Scope(this.#environment, undefined, new Map());
    watched.sources = this.#rowScope.sources;
    watched.slotCount = this.#rowScope.slotCount;
    watched.onResolve = (found) => columns.add(found.column.name);
    const test = compilePredicate(parsePredicate(text), watched);
    const [column] = columns;
    return { name, test, column: columns.size === 1 ? column : undefined };
  }

  /** Conversion of a value of type `from` into column `ordinal`. */
  assignment(ordinal: number, from: SqlType): (value: SqlValue) => SqlValue {
    const column = this.columns[ordinal];
    if (column === undefined) throw new Error(`table ${this.table.definition.name} has no column ${ordinal}`);
    // Without ANSI_WARNINGS what is too long is cut, and nothing is said.
    if (this.#environment.settings?.ansiWarnings === false) return compileConversion(from, column.type);
    return compileAssignment(from, column.type, column.name, qualifiedTableName(this.table));
  }

  /** The value of a column's DEFAULT, in the column's type; NULL without one. */
  defaultValue(ordinal: number): CompiledExpression {
    const known = this.#defaults.get(ordinal);
    if (known !== undefined) return known;
    const column = this.columns[ordinal];
    if (column === undefined) throw new Error(`table ${this.table.definition.name} has no column ${ordinal}`);
    let result: CompiledExpression;
    if (column.default === undefined) {
      result = { type: column.type, nullable: true, evaluate: () => null, constant: { value: null } };
    } else {
      const scope = new Scope(this.#environment, undefined, new Map());
      const expression = compileExpression(parseExpression(column.default.text), scope);
      const convert = this.assignment(ordinal, expression.type);
      result = { type: column.type, nullable: true, evaluate: (frame) => convert(expression.evaluate(frame)) };
    }
    this.#defaults.set(ordinal, result);
    return result;
  }

  /**
   * Fills in rowversion and computed columns and checks NOT NULL and CHECK.
   *
   * @throws {SqlError} 515, 547
   */
  complete(values: SqlValue[], run: Run, statement: StatementName): SqlRow {
    if (this.rowVersion !== -1) values[this.rowVersion] = run.context.nextRowVersion();
    if (this.#computed.length > 0 || this.#checks.length > 0) {
      const frame = new Frame(run, undefined);
      frame.rows = [values];
      for (const { ordinal, evaluate } of this.#computed) values[ordinal] = evaluate(frame);
      this.#checkNulls(values, statement);
      for (const check of this.#checks) if (check.test(frame) === false) throw this.#violated(check, statement);
      return values;
    }
    this.#checkNulls(values, statement);
    return values;
  }

  /** Fills in computed columns only, for a row that is not written. */
  compute(values: SqlValue[], run: Run): SqlRow {
    if (this.#computed.length === 0) return values;
    const frame = new Frame(run, undefined);
    frame.rows = [values];
    for (const { ordinal, evaluate } of this.#computed) values[ordinal] = evaluate(frame);
    return values;
  }

  /** Checks the CHECK constraints of a row. @throws {SqlError} 547 */
  check(row: SqlRow, run: Run, statement: StatementName): void {
    const frame = new Frame(run, undefined);
    frame.rows = [row];
    for (const check of this.#checks) if (check.test(frame) === false) throw this.#violated(check, statement);
  }

  /** A number in the form of the identity column's type. */
  identityValue(value: bigint): SqlValue {
    switch (this.columns[this.identity]?.type.name) {
      case 'bigint':
        return value;
      case 'decimal':
      case 'numeric':
        return { unscaled: value, scale: 0 };
      default:
        return Number(value);
    }
  }

  #checkNulls(values: readonly SqlValue[], statement: StatementName): void {
    const { columns } = this;
    for (let ordinal = 0; ordinal < columns.length; ordinal++) {
      if (values[ordinal] !== null) continue;
      const column = columns[ordinal];
      if (column === undefined || column.nullable || (column.computed !== undefined && !column.computed.persisted))
        continue;
      throw nullNotAllowed(column.name, qualifiedTableName(this.table), statement === 'MERGE' ? 'UPDATE' : statement);
    }
  }

  #violated(check: CompiledCheck, statement: StatementName): SqlError {
    const { definition, database } = this.table;
    const column = check.column === undefined ? '' : `, column '${check.column}'`;
    return checkConflict(statement, check.name, database, definition.schema, definition.name, column);
  }
}
