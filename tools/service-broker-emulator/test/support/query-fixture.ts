import { buildTableDefinition } from '../../src/engine/catalog/build-table-definition.ts';
import { nameKey } from '../../src/engine/catalog/name-key.ts';
import type { ForeignKeyDefinition, TableDefinition } from '../../src/engine/catalog/table-definition.ts';
import type { FunctionContext } from '../../src/engine/functions/function-context.ts';
import {
  compileColumnExpression,
  compileData,
  compileSelect,
  type DataResult,
} from '../../src/engine/query/compile-statement.ts';
import type {
  ExecutionContext,
  QueryEnvironment,
  ReferencingKey,
  ResolvedRelation,
  ScalarUserFunction,
  SequenceReference,
  TableRelation,
  TableUserFunction,
} from '../../src/engine/query/environment.ts';
import { MemoryTable } from '../../src/engine/storage/memory-table.ts';
import { Transaction } from '../../src/engine/storage/transaction.ts';
import { defaultDateSettings } from '../../src/engine/types/date-settings.ts';
import { parseBuiltInType } from '../../src/engine/types/format-type.ts';
import type { SqlType } from '../../src/engine/types/sql-type.ts';
import type { SqlRow, SqlValue } from '../../src/engine/types/sql-value.ts';
import type { DataStatement } from '../../src/tsql/ast/data.ts';
import type { CreateViewStatement } from '../../src/tsql/ast/modules.ts';
import type { ObjectName } from '../../src/tsql/ast/nodes.ts';
import type { SelectStatement } from '../../src/tsql/ast/queries.ts';
import type { CreateTableStatement } from '../../src/tsql/ast/tables.ts';
import { parseBatch, parseExpression } from '../../src/tsql/parse.ts';
import { unsupported } from '../../src/unsupported.ts';

/** A database in memory for the tests of the query engine: tables and views, variables, one transaction. */
export class QueryFixture implements QueryEnvironment, ExecutionContext {
  readonly database = 'Test';
  readonly isolation = 'READ COMMITTED';
  readonly rowLimit = 0;
  readonly transaction = new Transaction(1n, 51);
  readonly tables = new Map<string, { readonly definition: TableDefinition; readonly store: MemoryTable }>();
  readonly views = new Map<string, CreateViewStatement>();
  readonly functionsByName = new Map<string, ScalarUserFunction | TableUserFunction>();
  readonly variables = new Map<string, { readonly type: SqlType; value: SqlValue }>();
  readonly identityInsertTables = new Set<string>();
  lastIdentity: bigint | undefined;
  #rowVersion = 0n;
  #sequence = 0n;

  constructor(sql = '') {
    if (sql !== '') this.run(sql);
  }

  /** Runs CREATE TABLE, CREATE VIEW, data changes and queries one after the other; gives the rows of the last one. */
  run(sql: string): readonly SqlRow[] {
    let rows: readonly SqlRow[] = [];
    for (const statement of parseBatch(sql).statements) {
      switch (statement.kind) {
        case 'createTable':
          this.#createTable(statement);
          break;
        case 'createView':
          this.views.set(nameKey(statement.name.name), statement);
          break;
        case 'select':
          rows = this.select(statement);
          break;
        case 'insert':
        case 'update':
        case 'delete':
        case 'merge':
        case 'truncate':
          rows = this.change(statement).output?.rows ?? [];
          break;
        default:
          unsupported(`${statement.kind} in a query test`, statement.line);
      }
    }
    return rows;
  }

  /** Column names and rows of a query, as objects. */
  query(sql: string): readonly Record<string, SqlValue>[] {
    const [statement] = parseBatch(sql).statements;
    if (statement?.kind !== 'select') throw new Error('not a SELECT');
    const plan = compileSelect(statement, this);
    return plan
      .run(this)
      .map((row) => Object.fromEntries(plan.columns.map((column, index) => [column.name, row[index] ?? null])));
  }

  select(statement: SelectStatement): readonly SqlRow[] {
    return compileSelect(statement, this).run(this);
  }

  change(statement: DataStatement): DataResult {
    const mark = this.transaction.mark();
    try {
      return compileData(statement, this).run(this);
    } catch (error) {
      this.transaction.rollbackTo(mark);
      throw error;
    }
  }

  /** Runs one data change and gives its whole result. */
  execute(sql: string): DataResult {
    const [statement] = parseBatch(sql).statements;
    if (statement === undefined || !('kind' in statement)) throw new Error('no statement');
    return this.change(statement as DataStatement);
  }

  declare(name: string, type: string, value: SqlValue = null): this {
    const [, base = type, parameters = ''] = /^(\w+)(?:\(([^)]*)\))?$/.exec(type) ?? [];
    const numbers =
      parameters === '' ? [] : parameters.split(',').map((text) => (text === 'max' ? 'max' : Number(text)));
    const known = parseBuiltInType(base, numbers);
    if (known === undefined) throw new Error(`unknown type ${type}`);
    this.variables.set(nameKey(name), { type: known, value });
    return this;
  }

  #createTable(statement: CreateTableStatement): void {
    const definition = buildTableDefinition('dbo', statement.name.name, statement.table, {
      database: this.database,
      defaultSchema: 'dbo',
      schemaOf: () => 'dbo',
      dataType: (reference) => ({ type: this.dataType(reference) }),
      computedType: (text, columns) => compileColumnExpression(parseExpression(text), columns, this),
      primaryKeyOf: (name) => {
        const found = this.tables.get(nameKey(name.name))?.definition;
        const key = found?.indexes.find((index) => index.kind === 'primaryKey');
        return key?.columns.map((column) => found?.columns[column.ordinal]?.name ?? '');
      },
    });
    this.tables.set(nameKey(statement.name.name), {
      definition,
      store: new MemoryTable({ definition, transactional: true }),
    });
  }

  #table(name: string): TableRelation | undefined {
    const found = this.tables.get(nameKey(name));
    if (found === undefined) return undefined;
    return {
      kind: 'table',
      database: this.database,
      definition: found.definition,
      local: false,
      store: () => found.store,
    };
  }

  relation(name: ObjectName): ResolvedRelation | undefined {
    const view = this.views.get(nameKey(name.name));
    if (view !== undefined) {
      return {
        kind: 'view',
        schema: 'dbo',
        name: view.name.name,
        query: view.query,
        environment: this,
        ...(view.columns === undefined ? {} : { columns: view.columns }),
      };
    }
    return this.#table(name.name);
  }

  uses(): void {}

  attempt(): () => void {
    return () => {};
  }

  inside(): this {
    return this;
  }

  tableVariable(name: string): TableRelation & MemoryTable {
    return this.#table(name) as TableRelation & MemoryTable;
  }

  tableFunction(name: ObjectName): TableUserFunction | undefined {
    const found = this.functionsByName.get(nameKey(name.name));
    return found !== undefined && 'kind' in found ? found : undefined;
  }

  scalarFunction(name: ObjectName): ScalarUserFunction | undefined {
    const found = this.functionsByName.get(nameKey(name.name));
    return found !== undefined && 'call' in found ? found : undefined;
  }

  variable(name: string): SqlType | undefined {
    return this.variables.get(nameKey(name))?.type;
  }

  dataType(reference: Parameters<QueryEnvironment['dataType']>[0]): SqlType {
    return parseBuiltInType(reference.name.name, reference.parameters) ?? unsupported(`type ${reference.name.name}`);
  }

  sequence(name: ObjectName): SequenceReference | undefined {
    return name.name === 's' ? { type: { name: 'bigint' }, next: () => ++this.#sequence } : undefined;
  }

  referencingKeys(table: TableRelation): readonly ReferencingKey[] {
    return [...this.tables.values()].flatMap(({ definition }) =>
      definition.foreignKeys
        .filter((key) => nameKey(key.referencedTable) === nameKey(table.definition.name))
        .flatMap((key) => {
          const child = this.#table(definition.name);
          return child === undefined ? [] : [{ table: child, key }];
        }),
    );
  }

  referencedTable(_table: TableRelation, key: ForeignKeyDefinition): TableRelation | undefined {
    return this.#table(key.referencedTable);
  }

  writeTransaction(): Transaction {
    return this.transaction;
  }

  /** Only what the tests' expressions ask of a session. */
  get functions(): FunctionContext {
    return {
      now: { utcTicks: 638_000_000_000_000_000n, offsetMinutes: 0 },
      scopeIdentity: this.lastIdentity ?? null,
      dates: defaultDateSettings,
      dateFirst: 7,
      rowCount: 0n,
    } as FunctionContext;
  }

  getVariable(name: string): SqlValue {
    return this.variables.get(name)?.value ?? null;
  }

  setVariable(name: string, value: SqlValue): void {
    const found = this.variables.get(name);
    if (found === undefined) throw new Error(`variable ${name} is not declared`);
    found.value = value;
  }

  identityInsert(table: TableRelation): boolean {
    return this.identityInsertTables.has(nameKey(table.definition.name));
  }

  identityInserted(_table: TableRelation, value: bigint): void {
    this.lastIdentity = value;
  }

  isUpdated(): boolean {
    throw new Error('the fixture has no trigger');
  }

  nextRowVersion(): Uint8Array {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(++this.#rowVersion);
    return bytes;
  }
}
