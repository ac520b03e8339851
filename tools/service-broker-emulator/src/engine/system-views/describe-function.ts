import { SqlError } from '../../errors.ts';
import type { ExecutionContext, RelationColumn, TableUserFunction } from '../query/environment.ts';
import { firstResultSet } from '../session/system-procedures/first-result-set.ts';
import { formatType } from '../types/format-type.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { defaultCollation, isCharacterType } from '../types/type-info.ts';
import { sessionOf, viewColumns } from './define-view.ts';
import { typeFacts } from './type-ids.ts';

const columns: readonly RelationColumn[] = viewColumns({
  is_hidden: 'bit',
  column_ordinal: 'int',
  name: 'name',
  is_nullable: 'bit',
  system_type_id: 'int',
  system_type_name: 'name',
  max_length: 'smallint',
  precision: 'tinyint',
  scale: 'tinyint',
  collation_name: 'name',
  is_identity_column: 'bit',
  error_number: 'int',
  error_message: 'text',
});

function rowsOf(context: ExecutionContext, text: string, parameters: string): SqlRow[] {
  try {
    return firstResultSet(sessionOf(context), text, parameters).map((column, index): SqlRow => {
      const { type } = column;
      const { systemTypeId, maxLength, precision, scale } = typeFacts(type);
      const collation = isCharacterType(type) ? (type.collation ?? defaultCollation) : null;
      return [
        0,
        index + 1,
        column.name,
        column.nullable ? 1 : 0,
        systemTypeId,
        formatType(type),
        maxLength,
        precision,
        scale,
        collation,
        column.identity === true ? 1 : 0,
        null,
        null,
      ];
    });
  } catch (error) {
    // A batch that doesn't compile is a row with its error here, not an error.
    if (!(error instanceof SqlError)) throw error;
    return [[0, 0, null, null, null, null, null, null, null, null, null, error.number, error.message]];
  }
}

const text = { name: 'nvarchar', length: 'max' } as const;

/** `sys.dm_exec_describe_first_result_set`: what a batch would answer with. */
export const describeFunction: TableUserFunction = {
  kind: 'rows',
  name: 'dm_exec_describe_first_result_set',
  parameters: [
    { name: '@tsql', type: text },
    { name: '@params', type: text, defaultValue: null },
    { name: '@browse_information_mode', type: { name: 'tinyint' }, defaultValue: 0 },
  ],
  columns,
  rows: (context, [statement, parameters]) =>
    typeof statement === 'string' ? rowsOf(context, statement, typeof parameters === 'string' ? parameters : '') : [],
};
