import { nameKey } from '../catalog/name-key.ts';
import type { ExecutionContext, TableRelation } from '../query/environment.ts';
import { invalidColumnName, undeclaredTableVariable } from '../query/errors/name-errors.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import type { TableStore } from '../storage/table-store.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { updateOutsideTrigger } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import type { SessionCore } from './session-core.ts';
import { SessionFunctions } from './session-functions.ts';

/** What the plans of one running module see of it and of its session. */
export class FrameContext implements ExecutionContext {
  readonly session: SessionCore;
  readonly frame: ModuleFrame;
  readonly functions: SessionFunctions;

  constructor(session: SessionCore, frame: ModuleFrame) {
    this.session = session;
    this.frame = frame;
    this.functions = new SessionFunctions(session, frame);
  }

  get rowLimit(): number {
    return this.session.options.rowCount;
  }

  get transaction(): Transaction | undefined {
    return this.session.transactions.current;
  }

  writeTransaction(): Transaction {
    return this.frame.ownTransaction ?? this.session.transactionForWriting();
  }

  getVariable(name: string): SqlValue {
    return this.frame.variables.read(name);
  }

  setVariable(name: string, value: SqlValue): void {
    const variable = this.frame.variables.get(name);
    if (variable !== undefined) variable.value = value;
  }

  tableVariable(name: string): TableStore {
    const key = nameKey(name);
    if (key.startsWith('#')) return this.session.tempTables.require(key);
    const { triggerRows } = this.frame;
    if (triggerRows !== undefined && (key === 'inserted' || key === 'deleted')) return triggerRows[key];
    const known = this.frame.tableVariables.get(key);
    if (known !== undefined) return known;
    const definition = this.frame.declarations.tables.get(key);
    if (definition === undefined) throw undeclaredTableVariable(name);
    const store = new MemoryTable({ definition, transactional: false });
    this.frame.tableVariables.set(key, store);
    return store;
  }

  identityInsert(table: TableRelation): boolean {
    const target = this.session.identities.insertTable;
    return (
      target !== undefined &&
      table.database === target.database &&
      nameKey(table.definition.name) === nameKey(target.name) &&
      nameKey(table.definition.schema) === nameKey(target.schema)
    );
  }

  identityInserted(_table: TableRelation, value: bigint): void {
    this.frame.scopeIdentity = value;
    this.session.identities.last = value;
  }

  isUpdated(column: string): boolean {
    const rows = this.frame.triggerRows;
    if (rows === undefined) {
      throw updateOutsideTrigger();
    }
    const ordinal = rows.inserted.definition.columns.findIndex((known) => nameKey(known.name) === column);
    if (ordinal < 0) throw invalidColumnName(column);
    return rows.updatedColumns.includes(ordinal);
  }

  nextRowVersion(): Uint8Array {
    return this.session.database.nextRowVersion();
  }
}
