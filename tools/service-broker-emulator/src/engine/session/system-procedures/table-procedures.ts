import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import type { TableDefinition } from '../../catalog/table-definition.ts';
import type { ResultColumn } from '../../session-contract.ts';
import { collationBytes, defaultCollationBytes } from '../../types/collation-bytes.ts';
import { defaultCollation, isCharacterType } from '../../types/type-info.ts';
import { databaseOf, findObject, parseObjectName } from '../name-resolution.ts';
import type { SessionCore } from '../session-core.ts';
import { done, requiredText } from './call-arguments.ts';
import { renameProcedure } from './rename-procedure.ts';
import type { SystemProcedure } from './system-procedure.ts';

const collationColumns: readonly ResultColumn[] = [
  { name: 'colid', type: { name: 'int' }, nullable: false },
  { name: 'name', type: { name: 'nvarchar', length: 128 }, nullable: true },
  { name: 'tds_collation', type: { name: 'binary', length: 5 }, nullable: true },
  { name: 'collation', type: { name: 'nvarchar', length: 128 }, nullable: true },
];

function definitionOf(session: SessionCore, name: ObjectName): TableDefinition | undefined {
  if (name.name.startsWith('#')) return session.tempTables.find(name.name)?.definition;
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, session.defaultSchema);
  return object?.kind === 'table' ? object.definition : undefined;
}

function collationsOf(procedure: string): SystemProcedure {
  return {
    name: procedure,
    call(run, values) {
      const definition = definitionOf(run.session, parseObjectName(requiredText(values, 0, '@object', procedure)));
      const columns = definition?.columns ?? [];
      run.sink.columns(collationColumns);
      for (const [ordinal, { name, type }] of columns.entries()) {
        const { collation } = type;
        const bytes = collation === undefined ? defaultCollationBytes : collationBytes(collation);
        run.sink.row(
          isCharacterType(type)
            ? [ordinal + 1, name, bytes, collation ?? defaultCollation]
            : [ordinal + 1, name, null, null],
        );
      }
      run.sink.statementDoneInProcedure({ command: 'select', rowCount: columns.length });
      return done;
    },
  };
}

/** What bulk copy asks for before it begins, and sp_rename. */
export const tableProcedures: readonly SystemProcedure[] = [
  collationsOf('sp_tablecollations_90'),
  collationsOf('sp_tablecollations_100'),
  renameProcedure,
];
