import { SqlError } from '../../../../errors.ts';

/** 2501. */
export function tableForDbccNotFound(name: string): SqlError {
  return new SqlError(`Cannot find a table or object with the name "${name}". Check the system catalog.`, {
    number: 2501,
    state: 45,
  });
}

/** 2557. */
export function dbccDenied(user: string, command: string, table: string): SqlError {
  return new SqlError(`User '${user}' does not have permission to run DBCC ${command} for object '${table}'.`, {
    number: 2557,
    severity: 14,
    state: 5,
  });
}

/** 2560. */
export function dbccParameterIncorrect(position: number): SqlError {
  return new SqlError(`Parameter ${position} is incorrect for this DBCC statement.`, { number: 2560, state: 14 });
}

/** 7997. */
export function withoutIdentityColumn(table: string): SqlError {
  return new SqlError(`'${table}' does not contain an identity column.`, { number: 7997 });
}
