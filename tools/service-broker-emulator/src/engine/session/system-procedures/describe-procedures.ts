import type { ResultColumn } from '../../session-contract.ts';
import { typeFacts } from '../../system-views/type-ids.ts';
import { collationOf } from '../../types/collation.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlRow } from '../../types/sql-value.ts';
import { isCharacterType } from '../../types/type-info.ts';
import { done, requiredText, textAt } from './call-arguments.ts';
import { firstResultSet } from './first-result-set.ts';
import type { SystemProcedure } from './system-procedure.ts';
import { type UndeclaredParameter, undeclaredParameters } from './undeclared-parameters.ts';

const name: SqlType = { name: 'nvarchar', length: 128 };

function column(columnName: string, type: SqlType): ResultColumn {
  return { name: columnName, type, nullable: true };
}

const undeclaredColumns: readonly ResultColumn[] = [
  column('parameter_ordinal', { name: 'int' }),
  column('name', name),
  column('suggested_system_type_id', { name: 'int' }),
  column('suggested_system_type_name', name),
  column('suggested_max_length', { name: 'smallint' }),
  column('suggested_precision', { name: 'tinyint' }),
  column('suggested_scale', { name: 'tinyint' }),
  column('suggested_user_type_id', { name: 'int' }),
  column('suggested_user_type_database', name),
  column('suggested_user_type_schema', name),
  column('suggested_user_type_name', name),
  column('suggested_assembly_qualified_type_name', { name: 'nvarchar', length: 4000 }),
  column('suggested_xml_collection_id', { name: 'int' }),
  column('suggested_xml_collection_database', name),
  column('suggested_xml_collection_schema', name),
  column('suggested_xml_collection_name', name),
  column('suggested_is_xml_document', { name: 'bit' }),
  column('suggested_is_case_sensitive', { name: 'bit' }),
  column('suggested_is_fixed_length_clr_type', { name: 'bit' }),
  column('suggested_is_input', { name: 'bit' }),
  column('suggested_is_output', { name: 'bit' }),
  column('formal_parameter_name', name),
  column('suggested_tds_type_id', { name: 'int' }),
  column('suggested_tds_length', { name: 'int' }),
];

/** Length of the large-value forms on the wire. */
const unlimited = 65_535;

function undeclaredRow({ name: parameter, type }: UndeclaredParameter, index: number): SqlRow {
  const { systemTypeId, maxLength, precision, scale } = typeFacts(type);
  const ofNoUserType = [null, null, null, null, null, null, null, null, null];
  const isCaseSensitive = isCharacterType(type) && collationOf(type.collation).caseSensitive ? 1 : 0;
  return [
    index + 1,
    parameter,
    systemTypeId,
    formatType(type),
    maxLength,
    precision,
    scale,
    ...ofNoUserType,
    0,
    isCaseSensitive,
    0,
    1,
    0,
    null,
    systemTypeId,
    maxLength === -1 ? unlimited : maxLength,
  ];
}

const resultSetColumns: readonly ResultColumn[] = [
  column('is_hidden', { name: 'bit' }),
  column('column_ordinal', { name: 'int' }),
  column('name', name),
  column('is_nullable', { name: 'bit' }),
  column('system_type_name', name),
];

export const describeProcedures: readonly SystemProcedure[] = [
  {
    name: 'sp_describe_undeclared_parameters',
    call(run, values) {
      const text = requiredText(values, 0, '@tsql', 'sp_describe_undeclared_parameters');
      const found = undeclaredParameters(run.session, text, textAt(values, 1, '@params') ?? '');
      run.sink.columns(undeclaredColumns);
      for (const [index, parameter] of found.entries()) run.sink.row(undeclaredRow(parameter, index));
      run.sink.statementDoneInProcedure({ command: 'select', rowCount: found.length });
      return done;
    },
  },
  {
    name: 'sp_describe_first_result_set',
    call(run, values) {
      const text = requiredText(values, 0, '@tsql', 'sp_describe_first_result_set');
      const columns = firstResultSet(run.session, text, textAt(values, 1, '@params') ?? '');
      run.sink.columns(resultSetColumns);
      for (const [index, described] of columns.entries()) {
        run.sink.row([0, index + 1, described.name, described.nullable ? 1 : 0, formatType(described.type)]);
      }
      run.sink.statementDoneInProcedure({ command: 'select', rowCount: columns.length });
      return done;
    },
  },
];
