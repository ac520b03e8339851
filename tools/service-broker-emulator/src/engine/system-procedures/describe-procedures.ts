import { parseParameterDeclarations } from '../../tsql/parse.ts';
import { compileSelect } from '../query/compile-statement.ts';
import { parsedBatch } from '../session/module-cache.ts';
import { ModuleFrame } from '../session/module-frame.ts';
import { declarationsOf } from '../session/procedure-call.ts';
import type { ResultColumn } from '../session-contract.ts';
import { formatType } from '../types/format-type.ts';
import type { SqlType } from '../types/sql-type.ts';
import { done, requiredText, textAt } from './call-arguments.ts';
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
      const { session } = run;
      const batch = parsedBatch(requiredText(values, 0, '@tsql', 'sp_describe_first_result_set'));
      const parameters = textAt(values, 1, '@params') ?? '';
      const declarations = declarationsOf(
        session,
        parameters.trim() === '' ? [] : parseParameterDeclarations(parameters),
        batch.statements,
        session.defaultSchema,
      );
      const frame = new ModuleFrame({ procedure: '', moduleId: 0, declarations, defaultSchema: session.defaultSchema });
      const select = batch.statements.find((statement) => statement.kind === 'select');
      const columns = select === undefined ? [] : compileSelect(select, session.environment(frame)).columns;
      run.sink.columns(resultSetColumns);
      for (const [index, described] of columns.entries()) {
        run.sink.row([0, index + 1, described.name, described.nullable ? 1 : 0, formatType(described.type)]);
      }
      run.sink.statementDoneInProcedure({ command: 'select', rowCount: columns.length });
      return done;
    },
  },
];
