import { SqlError } from '../../errors.ts';
import { permissionDenied } from '../security/permission-errors.ts';
import { typeSecurable } from '../security/securables.ts';
import type { RpcCall, TableValue } from '../session-contract.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import { compileAssignment } from '../types/convert.ts';
import type { ModuleFrame } from './module-frame.ts';
import { findType } from './name-resolution.ts';
import type { CallArgument } from './procedure-call.ts';
import type { SessionCore } from './session-core.ts';

/** EXECUTE on a table type, which declaring a variable of it takes. @throws {SqlError} 229 */
export function requireType(
  session: SessionCore,
  type: { readonly schema: string; readonly name: string },
  frame: ModuleFrame | undefined,
): void {
  const { database } = session;
  const refusal = () => permissionDenied('EXECUTE', type, database.name);
  session.authorize(
    [{ permission: 'EXECUTE', securable: typeSecurable(database, type), chain: undefined, refusal }],
    frame,
  );
}

/** Fills a table of the named table type with the rows of a table-valued parameter. @throws {SqlError} 2715 */
function tableArgument(session: SessionCore, value: TableValue): MemoryTable {
  const name = { name: value.typeName, line: 1, ...(value.schema === '' ? {} : { schema: value.schema }) };
  const type = findType(name, session.database, session.defaultSchema);
  if (type?.kind !== 'tableType') {
    throw new SqlError(`Cannot find data type ${value.schema === '' ? '' : `${value.schema}.`}${value.typeName}.`, {
      number: 2715,
      state: 3,
    });
  }
  requireType(session, type, undefined);
  const { definition } = type;
  if (value.rows.length > 0 && value.columns.length !== definition.columns.length) {
    throw new SqlError(
      `Trying to pass a table-valued parameter with ${value.columns.length} column(s) where the corresponding user-defined table type requires ${definition.columns.length} column(s).`,
      { number: 500 },
    );
  }
  const table = new MemoryTable({ definition, transactional: false });
  const convert = definition.columns.map((column, index) => {
    const from = value.columns[index];
    return from === undefined
      ? undefined
      : compileAssignment(from.type, column.type, column.name, `${definition.schema}.${definition.name}`);
  });
  const transaction = session.transactionForWriting();
  for (const row of value.rows) {
    table.insert(
      transaction,
      definition.columns.map((column, index) => {
        const converted = convert[index]?.(row[index] ?? null) ?? null;
        if (converted === null && !column.nullable) {
          throw new SqlError(
            `Cannot insert the value NULL into column '${column.name}', table '${definition.schema}.${definition.name}'; column does not allow nulls. INSERT fails.`,
            { number: 515, state: 2 },
          );
        }
        return converted;
      }),
    );
  }
  session.transactions.endStatement();
  return table;
}

/** The arguments of a procedure call from the wire. */
export function rpcArguments(session: SessionCore, call: RpcCall): CallArgument[] {
  return call.parameters.map((parameter) => {
    const { name, type, value, output, useDefault, table } = parameter;
    return {
      name,
      type,
      value,
      output,
      useDefault,
      ...(table === undefined ? {} : { table: tableArgument(session, table) }),
    };
  });
}
