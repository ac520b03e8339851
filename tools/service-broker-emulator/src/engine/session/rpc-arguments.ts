import type { ParameterDefinition } from '../../tsql/ast/modules.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { parseParameterDeclarations } from '../../tsql/parse.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedProcedure } from '../catalog/parsed-module.ts';
import { permissionDenied } from '../security/errors.ts';
import { typeSecurable } from '../security/securables.ts';
import type { RpcCall, TableValue } from '../session-contract.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import { compileAssignment } from '../types/convert.ts';
import { underDateSettings } from '../types/date-settings.ts';
import { nullInTableArgument, tableColumnsDiffer, tableTypeNotFound } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, findType, parseObjectName } from './name-resolution.ts';
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
function tableArgument(
  session: SessionCore,
  value: TableValue,
  declared: ObjectName | undefined,
  position: number,
): MemoryTable {
  const written = { name: value.typeName, line: 1, ...(value.schema === '' ? {} : { schema: value.schema }) };
  // A client may leave the type to the procedure.
  const name = value.typeName === '' ? (declared ?? written) : written;
  const type = findType(name, session.database, session.defaultSchema);
  if (type?.kind !== 'tableType') {
    throw tableTypeNotFound(value.schema === '' ? value.typeName : `${value.schema}.${value.typeName}`, position + 1);
  }
  requireType(session, type, undefined);
  const { definition } = type;
  if (value.rows.length > 0 && value.columns.length !== definition.columns.length) {
    throw tableColumnsDiffer(value.columns.length, definition.columns.length);
  }
  const table = new MemoryTable({ definition, transactional: false });
  const convert = definition.columns.map((column, index) => {
    const from = value.columns[index];
    return from === undefined
      ? undefined
      : underDateSettings(session.options.dates, () =>
          compileAssignment(from.type, column.type, column.name, `${definition.schema}.${definition.name}`),
        );
  });
  const transaction = session.transactionForWriting();
  for (const row of value.rows) {
    table.insert(
      transaction,
      definition.columns.map((column, index) => {
        const converted = convert[index]?.(row[index] ?? null) ?? null;
        if (converted === null && !column.nullable) {
          throw nullInTableArgument(column.name, definition.schema, definition.name);
        }
        return converted;
      }),
    );
  }
  session.transactions.endStatement();
  return table;
}

/** Parameters that a call's arguments belong to: those of the procedure, or those that sp_executesql declares. */
function declaredParameters(session: SessionCore, call: RpcCall): readonly ParameterDefinition[] {
  if (/^sp_executesql$/i.test(call.procedure)) {
    const text = call.parameters[1]?.value;
    return typeof text === 'string' ? parseParameterDeclarations(text) : [];
  }
  const name = parseObjectName(call.procedure);
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, session.defaultSchema);
  return object?.kind === 'procedure' ? parsedProcedure(object).parameters : [];
}

function declaredType(session: SessionCore, call: RpcCall, position: number): ObjectName | undefined {
  const name = call.parameters[position]?.name ?? '';
  const declared = declaredParameters(session, call);
  const found =
    name === '' ? declared[position] : declared.find((parameter) => nameKey(parameter.name) === nameKey(name));
  return found?.type.name;
}

/** The arguments of a procedure call from the wire. */
export function rpcArguments(session: SessionCore, call: RpcCall): CallArgument[] {
  return call.parameters.map((parameter, position) => {
    const { name, type, value, output, useDefault, table } = parameter;
    return {
      name,
      type,
      value,
      output,
      useDefault,
      ...(table === undefined
        ? {}
        : {
            table: tableArgument(
              session,
              table,
              table.typeName === '' ? declaredType(session, call, position) : undefined,
              position,
            ),
          }),
    };
  });
}
