import { SqlError } from '../../errors.ts';
import type { TruncateStatement } from '../../tsql/ast/data-statements.ts';
import type { CompiledData } from './compiled-data.ts';
import type { QueryEnvironment } from './environment.ts';
import { nameText } from './query-errors.ts';

export function compileTruncate(statement: TruncateStatement, environment: QueryEnvironment): CompiledData {
  const resolved = environment.relation(statement.table, ['ALTER']);
  if (resolved?.kind !== 'table') {
    throw new SqlError(
      `Cannot find the object "${nameText(statement.table)}" because it does not exist or you do not have permissions.`,
      {
        number: 4701,
        line: statement.line,
      },
    );
  }
  const others = environment.referencingKeys(resolved).filter(({ table }) => table.definition !== resolved.definition);
  if (others.length > 0) {
    throw new SqlError(
      `Cannot truncate table '${nameText(statement.table)}' because it is being referenced by a FOREIGN KEY constraint.`,
      { number: 4712, line: statement.line },
    );
  }
  return {
    command: 'other',
    run: (context) => {
      resolved.store(context).truncate(context.writeTransaction());
      return { rowCount: 0, changes: [] };
    },
  };
}
