import type { TruncateStatement } from '../../tsql/ast/data.ts';
import type { CompiledData } from './compiled-data.ts';
import type { QueryEnvironment } from './environment.ts';
import { truncatesReferenced, truncateTargetNotFound } from './errors/data-errors.ts';
import { nameText } from './errors/name-errors.ts';

export function compileTruncate(statement: TruncateStatement, environment: QueryEnvironment): CompiledData {
  const resolved = environment.relation(statement.table, ['ALTER']);
  if (resolved?.kind !== 'table') {
    throw truncateTargetNotFound(nameText(statement.table), statement.line);
  }
  const others = environment.referencingKeys(resolved).filter(({ table }) => table.definition !== resolved.definition);
  if (others.length > 0) {
    throw truncatesReferenced(nameText(statement.table), statement.line);
  }
  return {
    command: 'other',
    run: (context) => {
      resolved.store(context).truncate(context.writeTransaction());
      return { rowCount: 0, changes: [] };
    },
  };
}
