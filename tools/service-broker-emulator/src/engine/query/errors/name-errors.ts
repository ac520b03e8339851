import { SqlError } from '../../../errors.ts';
import type { ObjectName, TypeReference } from '../../../tsql/ast/nodes.ts';

export function invalidObjectName(name: ObjectName): SqlError {
  return new SqlError(`Invalid object name '${nameText(name)}'.`, { number: 208, line: name.line });
}

export function invalidColumnName(column: string, line = 0): SqlError {
  return new SqlError(`Invalid column name '${column}'.`, { number: 207, line });
}

export function ambiguousColumnName(column: string, line: number): SqlError {
  return new SqlError(`Ambiguous column name '${column}'.`, { number: 209, line });
}

export function unboundIdentifier(parts: readonly string[], line: number): SqlError {
  return new SqlError(`The multi-part identifier "${parts.join('.')}" could not be bound.`, { number: 4104, line });
}

export function undeclaredVariable(name: string, line = 0): SqlError {
  return new SqlError(`Must declare the scalar variable "${name}".`, { number: 137, severity: 15, state: 2, line });
}

export function undeclaredTableVariable(name: string, line = 0): SqlError {
  return new SqlError(`Must declare the table variable "${name}".`, { number: 1087, severity: 15, state: 2, line });
}

export function notGrouped(
  column: string,
  clause: 'select list' | 'HAVING clause' | 'ORDER BY clause',
  line: number,
): SqlError {
  return clause === 'select list'
    ? new SqlError(
        `Column '${column}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
        { number: 8120, line },
      )
    : clause === 'HAVING clause'
      ? new SqlError(
          `Column '${column}' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause.`,
          { number: 8121, line },
        )
      : new SqlError(
          `Column "${column}" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.`,
          { number: 8127, line },
        );
}

export function moreThanOneValue(): SqlError {
  return new SqlError(
    'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
    { number: 512 },
  );
}

export function oneExpressionOnly(line: number): SqlError {
  return new SqlError(
    'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    { number: 116, line },
  );
}

export function unboundStar(qualifier: readonly string[], line: number): SqlError {
  return new SqlError(
    `The column prefix '${qualifier.join('.')}' does not match with a table name or alias name used in the query.`,
    { number: 107, severity: 15, line },
  );
}

/** 243. */
export function notASystemType({ name, line }: TypeReference): SqlError {
  return new SqlError(`Type ${nameText(name)} is not a defined system type.`, { number: 243, line });
}

/** Text of a possibly qualified name, as SQL Server repeats it in errors. */
export function nameText(name: ObjectName): string {
  const parts = [name.server, name.database, name.schema, name.name];
  const first = parts.findIndex((part) => part !== undefined);
  return parts
    .slice(first)
    .map((part) => part ?? '')
    .join('.');
}
