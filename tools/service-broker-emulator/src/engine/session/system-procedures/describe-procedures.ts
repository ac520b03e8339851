import type { ResultColumn } from '../../session-contract.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { done, requiredText, textAt } from './call-arguments.ts';
import { firstResultSet } from './first-result-set.ts';
import type { SystemProcedure } from './system-procedure.ts';

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
];

const resultSetColumns: readonly ResultColumn[] = [
  column('is_hidden', { name: 'bit' }),
  column('column_ordinal', { name: 'int' }),
  column('name', name),
  column('is_nullable', { name: 'bit' }),
  column('system_type_name', name),
];

export const describeProcedures: readonly SystemProcedure[] = [
  {
    // An empty answer means "no suggestion": clients then choose a type themselves.
    name: 'sp_describe_undeclared_parameters',
    call(run) {
      run.sink.columns(undeclaredColumns);
      run.sink.statementDoneInProcedure({ command: 'select', rowCount: 0 });
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
